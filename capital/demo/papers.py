"""Small invented vouchers: a PDF page that says what it is, or a picture with a grid that no bank prints."""

from __future__ import annotations

import struct
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile

from common.files import store
from common.models import StoredFile
from leads.demo.papers import pdf

WIDTH, HEIGHT = 240, 150


def pdf_voucher(lines: tuple[str, ...]) -> StoredFile:
    return store(SimpleUploadedFile("voucher.pdf", pdf(lines), "application/pdf"))


def png_voucher(number: int) -> StoredFile:
    """A striped picture; the stripes are the bits of its number, so each is another file (PNG, ISO 15948)."""
    bits = [number >> n & 1 for n in range(16)]
    row = bytes(
        90 if 20 <= x < WIDTH - 20 and bits[(x - 20) * 16 // (WIDTH - 40)] else 240 for x in range(WIDTH)
    )
    blank = bytes([250]) * WIDTH
    lines = b"".join(b"\0" + (row if 40 <= y < 110 else blank) for y in range(HEIGHT))
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)),
            _chunk(b"IDAT", zlib.compress(lines)),
            _chunk(b"IEND", b""),
        )
    )
    return store(SimpleUploadedFile("voucher.png", data, "image/png"))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
