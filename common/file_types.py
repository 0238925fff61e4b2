"""What a file is, by its content and never by its name: a short list of types that evidence comes in.

Everything else is refused, and so is what can act: macros, embedded controls. No file library is used: eight
signatures and the two container formats of office files are all there is to know.
"""

from __future__ import annotations

import io
import zipfile

PDF, PNG, JPEG, WEBP, HEIC = "application/pdf", "image/png", "image/jpeg", "image/webp", "image/heic"
_OOXML = "application/vnd.openxmlformats-officedocument"
DOCX, XLSX = f"{_OOXML}.wordprocessingml.document", f"{_OOXML}.spreadsheetml.sheet"
DOC, XLS = "application/msword", "application/vnd.ms-excel"

# Type -> the endings under which it may come. WPS writes .wps and .et in the old Office formats.
ENDINGS: dict[str, tuple[str, ...]] = {
    PDF: ("pdf",),
    PNG: ("png",),
    JPEG: ("jpg", "jpeg"),
    WEBP: ("webp",),
    HEIC: ("heic", "heif"),
    DOCX: ("docx",),
    XLSX: ("xlsx",),
    DOC: ("doc", "wps"),
    XLS: ("xls", "et"),
}
SHOWN_INLINE = frozenset({PDF, PNG, JPEG, WEBP})

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"}
_MAIN_PARTS = {f"{DOCX}.main+xml".encode(): DOCX, f"{XLSX}.main+xml".encode(): XLSX}
_TYPES_LIST = "[Content_Types].xml"
_LONGEST_LIST = 1_000_000  # bytes; the list of an honest file has some kilobytes


class Active(ValueError):
    """An office file that carries macros or controls."""


def media_type(data: bytes) -> str | None:
    """One of ENDINGS, or None for everything that is not on the list. Raises Active."""
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return HEIC
    if data.startswith(b"PK\x03\x04"):
        return _office_zip(data)
    if data.startswith(_OLE):
        return _old_office(data)
    return None


def _office_zip(data: bytes) -> str | None:
    """ISO/IEC 29500-2: the list of content types names the main part; macros have types of their own."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if archive.getinfo(_TYPES_LIST).file_size > _LONGEST_LIST:
                return None
            names = [name.lower() for name in archive.namelist()]
            with archive.open(_TYPES_LIST) as part:
                types = part.read(_LONGEST_LIST)
    except (KeyError, zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return None
    acting = any(name.endswith("vbaproject.bin") or "/activex/" in name for name in names)
    if acting or b"macroenabled" in types.lower():
        raise Active
    return next((found for main, found in _MAIN_PARTS.items() if main in types), None)


def _old_office(data: bytes) -> str | None:
    """MS-CFB: names of streams stand in the directory as UTF-16; a VBA project has streams of its own."""

    def has(*names: str) -> bool:
        return any((name + "\0").encode("utf-16-le") in data for name in names)

    if has("_VBA_PROJECT", "_VBA_PROJECT_CUR", "VBA"):
        raise Active
    if has("WordDocument"):
        return DOC
    return XLS if has("Workbook", "Book") else None
