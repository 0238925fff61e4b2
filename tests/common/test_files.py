"""Files as evidence: what is taken by its content, kept once, written whole, and served as what it is."""

import hashlib
import io
import os
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from openpyxl import Workbook

from common import file_types, files
from common.errors import Refused
from common.files import clean_name, open_file, respond, store
from common.models import StoredFile

pytestmark = pytest.mark.django_db
# Signatures: PDF ISO 32000-1 §7.5.2, PNG W3C §5.2, JPEG ITU-T T.81 B.1, WebP RFC 9649 §2.4, HEIF ISO 23008-12 §10.2.
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 "
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def upload(data, name):
    return SimpleUploadedFile(name, data, content_type="text/html")  # what the browser says is not believed


def xlsx(**parts):
    out = io.BytesIO()
    Workbook().save(out)
    with zipfile.ZipFile(out, "a") as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_bin", ".bin"), data)
    return out.getvalue()


def docx(
    types=b"wordprocessingml.document.main+xml", prefix=b"application/vnd.openxmlformats-officedocument."
):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        part = b'<Override PartName="/word/document.xml" ContentType="' + prefix + types + b'"/>'
        archive.writestr("[Content_Types].xml", b"<Types>" + part + b"</Types>")
    return out.getvalue()


def ole(*streams):
    return (
        file_types._OLE
        + b"\0" * 500
        + b"".join((s + "\0").encode("utf-16-le").ljust(128, b"\0") for s in streams)
    )


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (PDF, "批复.pdf", "application/pdf"),
        (PNG, "a.PNG", "image/png"),
        (JPEG, "a.jpeg", "image/jpeg"),
        (WEBP, "a.webp", "image/webp"),
        (HEIC, "a.heic", "image/heic"),
        (xlsx(), "a.xlsx", file_types.XLSX),
        (docx(), "a.docx", file_types.DOCX),
        (ole("WordDocument"), "a.doc", "application/msword"),
        (ole("Workbook"), "a.xls", "application/vnd.ms-excel"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_taken(data, name, kind):
    stored = store(upload(data, name))
    assert (stored.media_type, stored.size) == (kind, len(data))
    assert stored.sha256 == hashlib.sha256(data).hexdigest()
    with open_file(stored) as content:
        assert content.read() == data


def test_a_real_old_workbook_is_known():
    data = (Path(settings.BASE_DIR) / "tests" / "data" / "danfeng.xls").read_bytes()
    assert file_types.media_type(data) == file_types.XLS


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<html><script>alert(1)</script>", "a.html"),
        (b"<html><script>alert(1)</script>", "a.pdf"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "a.svg"),
        (b"plain text", "a.txt"),
        (b"MZ\x90\x00", "a.pdf"),
        (b"", "a.pdf"),
        (PDF, "a.html"),
        (PDF, "a.pdf.exe"),
        (PNG, "a.jpg"),
        (PDF, "pdf"),
        (b"PK\x03\x04 broken", "a.docx"),
        (docx(b"ms-other+xml"), "a.docx"),
        (docx(b"word.document.macroEnabled.main+xml", b"application/vnd.ms-"), "a.docx"),
        (xlsx(xl__vbaProject_bin=b"x"), "a.xlsx"),
        (xlsx(xl__activeX__activeX1_bin=b"x"), "a.xlsx"),
        (ole("WordDocument", "_VBA_PROJECT"), "a.doc"),
        (ole("EncryptedPackage"), "a.docx"),
        (b"%PDF-" + b"x" * 2000, "large.pdf"),
    ],
)
def test_refused_and_nothing_kept(data, name, media, settings):
    settings.FILES_MAX_BYTES = 10_000 if len(data) < 1900 or data[:2] == b"PK" else 1900
    with pytest.raises(Refused) as refusal:
        store(upload(data, name))
    assert name.rpartition("/")[2] in str(refusal.value)
    assert not StoredFile.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_kept_once_and_nothing_half_written(media, monkeypatch):
    first = store(upload(PDF, "a.pdf"))
    assert store(upload(PDF, "another name.pdf")).pk == first.pk
    (kept,) = [path for path in media.rglob("*") if path.is_file()]
    assert kept.relative_to(media).parts == ("files", first.sha256[:2], first.sha256)
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.unlink()
    store(upload(PDF, "a.pdf"))  # handing it in again mends a disk that lost it
    assert kept.read_bytes() == PDF

    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="space"):
        store(upload(PNG, "a.png"))
    assert [path for path in media.rglob("*") if path.is_file()] == [kept]
    assert StoredFile.objects.count() == 1


def test_rows_are_written_once(app_role):
    stored = store(upload(PDF, "a.pdf"))
    with pytest.raises(DatabaseError), transaction.atomic():
        app_role.execute("UPDATE com_stored_file SET media_type = 'text/html' WHERE id = %s", [stored.pk])


def test_served_as_a_download_unless_asked_for_and_harmless():
    pdf, sheet, png = (store(upload(d, n)) for d, n in ((PDF, "a.pdf"), (xlsx(), "a.xlsx"), (PNG, "a.png")))
    plain = respond(pdf, "批复.pdf")
    assert plain["Content-Disposition"].startswith("attachment; filename*=utf-8''%E6%89%B9")
    assert "Content-Security-Policy" not in plain  # the middleware's strict one
    shown = respond(png, "a.png", inline=True)
    assert shown["Content-Disposition"] == 'inline; filename="a.png"'
    assert shown["Content-Security-Policy"].endswith("sandbox")
    assert (shown["X-Content-Type-Options"], shown["Content-Type"]) == ("nosniff", "image/png")
    assert "script-src" not in respond(pdf, "a.pdf", inline=True)["Content-Security-Policy"]
    assert respond(sheet, "a.xlsx", inline=True)["Content-Disposition"].startswith("attachment")
    files.place(pdf.sha256).unlink()
    with pytest.raises(Refused):
        respond(pdf, "a.pdf")


def test_names():
    assert clean_name("C:\\fakepath\\合同\r\n.pdf") == "合同.pdf"
    assert clean_name("../../etc/passwd.pdf") == "passwd.pdf"
    long = clean_name("长" * 300 + ".pdf")
    assert (len(long), long[-4:]) == (200, ".pdf")
