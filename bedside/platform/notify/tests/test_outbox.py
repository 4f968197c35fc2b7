"""The outbox: a mail is owed once, sent once, and never carries a header it was not meant to."""

from datetime import timedelta

import pytest
from django.db import transaction

from bedside.kernel.errors import NotAllowed, NotFound
from bedside.platform.access import system_actor
from bedside.platform.notify.backends import CannotSend, FileBackend
from bedside.platform.notify.commands import BadAddress, deliver_emails, drop_emails, send_email, sweep_outbox
from bedside.platform.notify.letters import one_line, write_letter
from bedside.platform.notify.models import OutboxMail
from bedside.platform.notify.terms import ATTEMPTS_MOST

POST = system_actor("notify.deliver_emails")
pytestmark = pytest.mark.django_db


class Post:
    """A mail server in the hand: keeps letters, or fails so many times first."""

    def __init__(self, failures=0):
        self.kept, self.failures = [], failures

    def send(self, letter, *, reference):
        if self.failures:
            self.failures -= 1
            raise CannotSend("ConnectionRefusedError")
        self.kept.append((reference, letter))


def owe(now, key="k", **more):
    facts = {"to": "ada@example.org", "template": "scheduling/mail/booked", "language": "en", **more}
    context = {"starts_at": now.isoformat(), "path": "/appointments/1/"}
    return send_email(now=now, dedupe_key=key, context=context, **facts)


def test_a_mail_is_owed_once_and_sent_once(now):
    assert owe(now) is True
    assert owe(now) is False
    post = Post()
    assert deliver_emails(actor=POST, now=now, through=post) == 1
    assert deliver_emails(actor=POST, now=now + timedelta(days=1), through=post) == 0
    assert len(post.kept) == 1


def test_what_is_rolled_back_is_not_owed(now):
    with transaction.atomic():
        owe(now)
        transaction.set_rollback(True)
    assert not OutboxMail.objects.exists()


def test_a_mail_taken_back_is_not_sent(now):
    owe(now)
    assert drop_emails(dedupe_keys=["k"], now=now) == 1
    assert deliver_emails(actor=POST, now=now, through=Post()) == 0


def test_a_failure_waits_longer_each_time_and_then_gives_up(now):
    owe(now)
    post, at, waits = Post(failures=99), now, []
    for _ in range(ATTEMPTS_MOST):
        deliver_emails(actor=POST, now=at, through=post)
        mail = OutboxMail.objects.get()
        assert deliver_emails(actor=POST, now=at, through=post) == 0
        assert OutboxMail.objects.get().attempts == mail.attempts
        waits.append(mail.next_try_at - at)
        at = mail.next_try_at
    assert waits == sorted(waits)
    assert mail.failed_at is not None
    assert deliver_emails(actor=POST, now=at + timedelta(days=9), through=post) == 0


def test_a_mail_is_sent_after_a_failure(now):
    owe(now)
    post = Post(failures=1)
    assert deliver_emails(actor=POST, now=now, through=post) == 0
    assert deliver_emails(actor=POST, now=now + timedelta(minutes=1), through=post) == 1


def test_a_stalled_sender_cannot_undo_another_ones_work(now):
    """The lease is a fence: whoever took the mail later decides what became of it."""
    owe(now)

    class Slow(Post):
        def send(self, letter, *, reference):
            OutboxMail.objects.update(leased_until=now)
            deliver_emails(actor=POST, now=now + timedelta(minutes=3), through=quick)
            raise CannotSend("TimeoutError")

    quick = Post()
    deliver_emails(actor=POST, now=now, through=Slow())
    assert len(quick.kept) == 1
    assert OutboxMail.objects.get().sent_at == now + timedelta(minutes=3)


def test_a_leased_mail_is_left_alone_until_the_lease_ends(now):
    owe(now)
    OutboxMail.objects.update(leased_until=now + timedelta(minutes=1))
    assert deliver_emails(actor=POST, now=now, through=Post()) == 0
    assert deliver_emails(actor=POST, now=now + timedelta(minutes=1), through=Post()) == 1


def test_only_the_house_sends(cast, now):
    with pytest.raises((NotAllowed, NotFound)):
        deliver_emails(actor=cast.actor("hal"), now=now, through=Post())


@pytest.mark.parametrize(
    "to",
    [
        "",
        "ada",
        "ada@",
        "a b@example.org",
        "ada@example.org\nBcc: eve@example.org",
        "x" * 300 + "@example.org",
        "\x00@a.b",
    ],
)
def test_an_address_that_is_none_is_refused(now, to):
    with pytest.raises(BadAddress):
        owe(now, to=to)


def test_nothing_can_add_a_header(now, settings):
    settings.MAIL_FROM = "Bedside <no-reply@example.org>\r\nBcc: eve@example.org"
    owe(now)
    letter = write_letter(OutboxMail.objects.get())
    assert letter["Bcc"] is None
    assert b"\nBcc:" not in letter.as_bytes()
    assert one_line("a\r\nBcc: b\u2028c\x00d") == "a Bcc: b c d"


def test_a_letter_says_that_a_machine_wrote_it(now):
    owe(now)
    letter = write_letter(OutboxMail.objects.get())
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["X-Auto-Response-Suppress"] == "All"
    assert letter["Content-Language"] == "en"
    assert letter["Message-ID"].startswith(f"<{OutboxMail.objects.get().id}@")


def test_the_file_backend_writes_one_file_however_often(now, tmp_path):
    owe(now)
    mail = OutboxMail.objects.get()
    for _ in range(3):
        FileBackend(tmp_path / "outbox").send(write_letter(mail), reference=str(mail.id))
    files = list((tmp_path / "outbox").iterdir())
    assert [file.name for file in files] == [f"{mail.id}.eml"]
    assert b"Your visit is booked" in files[0].read_bytes()


def test_a_full_disk_is_a_failure_that_waits(now, tmp_path):
    (tmp_path / "outbox").write_text("in the way")
    owe(now)
    assert deliver_emails(actor=POST, now=now, through=FileBackend(tmp_path / "outbox")) == 0
    assert OutboxMail.objects.get().last_error == "FileExistsError"


def test_old_mails_are_swept(now):
    owe(now)
    deliver_emails(actor=POST, now=now, through=Post())
    owe(now, key="still owed")
    assert sweep_outbox(actor=POST, now=now + timedelta(days=31), keep=timedelta(days=30)) == 1
    assert OutboxMail.objects.get().dedupe_key == "still owed"


def test_a_mail_goes_through_a_real_smtp_server(now):
    """A small SMTP server on loopback takes the letter as it is."""
    import socketserver
    import threading

    got = []

    class Server(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline():
                verb = line[:4].upper()
                if verb == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    body = b""
                    while (part := self.rfile.readline()) != b".\r\n":
                        body += part
                    got.append(body)
                self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
                if verb == b"QUIT":
                    return

    from bedside.platform.notify.backends import SmtpBackend

    with socketserver.TCPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        owe(now)
        url = f"smtp://127.0.0.1:{server.server_address[1]}"
        assert deliver_emails(actor=POST, now=now, through=SmtpBackend(url)) == 1
        server.shutdown()
    assert b"Auto-Submitted: auto-generated" in got[0]
