"""What a file is: by its first bytes and by whether it decodes, never by what its sender calls it."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps

from bedside.kernel.errors import Invalid

from .terms import EXTENSIONS, IMAGE_PIXELS_MOST, IMAGE_SIDE_MOST, MAGIC, NAME_MOST, TEXT_BYTES_MOST

_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}


class FileKindNotTaken(Invalid):
    """We can take photos, PDF and plain text files. Choose one of these, or take a photo of the paper."""


class FileBroken(Invalid):
    """This file seems to be damaged. Try to open it on your device, then add it again."""


class ImageTooLarge(Invalid):
    """This picture is too large. Make it smaller, or take a new one, and add it again."""


def cleaned(content: bytes) -> tuple[bytes, str]:
    """Return what to store and its media type.

    A picture is decoded and written again, upright and without what the camera noted (place, time, device);
    colour profiles stay, since skin colour matters. PDF and plain text stay as they are.

    Raises: FileKindNotTaken, FileBroken, ImageTooLarge.
    """
    kind = _kind(content)
    if kind in _FORMATS:
        return _picture(content, kind)
    if kind == "application/pdf":
        if b"%%EOF" not in content[-2048:]:
            raise FileBroken()
        return content, kind
    return content, "text/plain"


def _kind(content: bytes) -> str:
    for offset, magic, kind in MAGIC:
        if content[offset : offset + len(magic)] == magic and (kind != "image/webp" or content[:4] == b"RIFF"):
            return kind
    if _is_text(content):
        return "text/plain"
    raise FileKindNotTaken()


def _is_text(content: bytes) -> bool:
    if not content.strip() or len(content) > TEXT_BYTES_MOST:
        return False
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(c.isprintable() or c in "\n\r\t\u200b\ufeff" for c in text)


def _picture(content: bytes, kind: str) -> tuple[bytes, str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[_FORMATS[kind]]) as image:
                if image.width * image.height > IMAGE_PIXELS_MOST:
                    raise ImageTooLarge()
                image.load()
                return _written_again(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageTooLarge() from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise FileBroken() from error


def _written_again(image: Image.Image) -> tuple[bytes, str]:
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((IMAGE_SIDE_MOST, IMAGE_SIDE_MOST))
    is_clear = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    out = io.BytesIO()
    if is_clear or image.format == "PNG":
        plain = upright.convert("RGBA" if is_clear else "RGB")
        plain.info.clear()
        plain.save(out, "PNG", optimize=False, icc_profile=profile)
        return out.getvalue(), "image/png"
    plain = upright.convert("RGB")
    plain.info.clear()
    plain.save(out, "JPEG", quality=88, icc_profile=profile)
    return out.getvalue(), "image/jpeg"


def safe_name(name: str, media_type: str) -> str:
    """Return a name that is safe to offer for saving: no path, no control characters, the true ending."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    stem = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(". ")
    stem = stem.rsplit(".", 1)[0] if "." in stem else stem
    ending = EXTENSIONS[media_type]
    return (stem[: NAME_MOST - len(ending)] or "file") + ending
