"""What may be stored, and how much of it.

Source: our own choice, unless a line names another.
"""

from __future__ import annotations

#: Units: bytes.
FILE_BYTES_MOST = 20 * 1024 * 1024
TEXT_BYTES_MOST = 1024 * 1024
#: Units: pixels. Source: ours, against pixel floods.
IMAGE_PIXELS_MOST = 50_000_000
#: The longer side an image keeps after it is stored again. Units: pixels.
IMAGE_SIDE_MOST = 4096
NAME_MOST = 120

#: First bytes of each kind that may be stored. Source: the formats' own specifications.
MAGIC: list[tuple[int, bytes, str]] = [
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (8, b"WEBP", "image/webp"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"%PDF-", "application/pdf"),
]
EXTENSIONS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
}
