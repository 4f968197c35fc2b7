"""Files people add: typed by what they are, cleaned, kept once, handed out as something to save."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from PIL import Image

from bedside.kernel.errors import NotFound
from bedside.platform.audit.models import AuditEvent
from bedside.platform.files.commands import FileEmpty, FileTooLarge, store_file
from bedside.platform.files.models import StoredFile
from bedside.platform.files.queries import open_file
from bedside.platform.files.sniff import FileBroken, FileKindNotTaken, ImageTooLarge, cleaned, safe_name
from bedside.platform.files.store import folder

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def picture(kind="JPEG", size=(60, 40), **more):
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **more)
    return out.getvalue()


def store(cast, now, content, name="a.bin", who="ada"):
    return store_file(actor=cast.actor(who), now=now, stream=io.BytesIO(content), name=name, patient_id=cast.id("ada"))


def test_a_photo_is_written_again_upright_without_what_the_camera_noted():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "A camera that knows where you live"
    exif.get_ifd(0x8825)[1] = "N"
    kept, kind = cleaned(picture(exif=exif))
    assert kind == "image/jpeg"
    with Image.open(io.BytesIO(kept)) as image:
        assert image.size == (40, 60)
        assert not image.getexif()
    assert b"where you live" not in kept


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (picture("PNG"), "image/png"),
        (picture("WEBP"), "image/jpeg"),
        (picture("GIF"), "image/jpeg"),
        (PDF, "application/pdf"),
        ("Tablette à 8 h — שלום 🌻\n".encode(), "text/plain"),
    ],
)
def test_a_file_is_what_its_bytes_are(content, kind):
    assert cleaned(content)[1] == kind


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"MZ\x90\x00", FileKindNotTaken),
        (b"PK\x03\x04", FileKindNotTaken),
        (b"\x00" * 40, FileKindNotTaken),
        (b"   \n", FileKindNotTaken),
        (b"text with a null \x00 byte", FileKindNotTaken),
        (b"\xff\xd8\xff\xe0 not a picture", FileBroken),
        (picture("PNG")[:60], FileBroken),
        (b"%PDF-1.7 cut off", FileBroken),
    ],
)
def test_what_cannot_be_taken_is_refused(content, refusal):
    with pytest.raises(refusal):
        cleaned(content)


def test_a_picture_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr("bedside.platform.files.sniff.IMAGE_PIXELS_MOST", 1000)
    with pytest.raises(ImageTooLarge):
        cleaned(picture(size=(100, 100)))


def test_a_page_of_html_is_kept_as_plain_text(cast, now):
    stored = store(cast, now, b"<script>alert(1)</script>", "page.html")
    assert (stored.media_type, stored.name) == ("text/plain", "page.txt")


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\x\\report.exe", "report.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        ('a"b\r\nc.pdf', "abc.pdf"),
        ("x" * 500 + ".pdf", "x" * 116 + ".pdf"),
        ("résumé.PDF", "résumé.pdf"),
    ],
)
def test_a_name_is_safe_to_save_under(given_name, kept):
    assert safe_name(given_name, "application/pdf") == kept


def test_the_same_bytes_are_kept_once(cast, now):
    first, second = store(cast, now, PDF), store(cast, now, PDF, who="eve")
    assert first.sha256 == second.sha256
    assert sum(1 for path in folder().rglob("*") if path.is_file()) == 1
    assert StoredFile.objects.count() == 2


def test_empty_and_too_large_are_refused_and_leave_nothing(cast, now, monkeypatch):
    monkeypatch.setattr("bedside.platform.files.commands.FILE_BYTES_MOST", 100)
    for content, refusal in ((b"", FileEmpty), (b"x" * 101, FileTooLarge)):
        with pytest.raises(refusal):
            store(cast, now, content)
    assert not StoredFile.objects.exists()
    assert not folder().exists()


def test_only_its_owner_opens_a_file_that_belongs_to_nothing(cast, now):
    stored = store(cast, now, PDF)
    with open_file(actor=cast.actor("ada"), now=now, file_id=stored.id).stream as stream:
        assert stream.read() == PDF
    assert AuditEvent.objects.filter(action="files.open_file", kind="view").count() == 1
    for who in ("eve", "chen", "femi", "hal", "iris"):
        with pytest.raises(NotFound):
            open_file(actor=cast.actor(who), now=now, file_id=stored.id)


def test_a_file_is_handed_out_so_that_no_browser_runs_it(cast, now):
    stored = store(cast, now, b"<script>alert(1)</script>", "x.html")
    client = Client()
    client.force_login(cast.ada.user)
    answer = client.get(f"/files/{stored.id}/")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert answer["Content-Disposition"] == 'attachment; filename="x.txt"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Type"] == "text/plain"
    other = Client()
    other.force_login(cast.eve.user)
    assert other.get(f"/files/{stored.id}/").status_code == 404
