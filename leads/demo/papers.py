"""Small PDF files to put into a dossier: one page with a heading and a line, made here."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from common.files import store
from common.models import StoredFile

STAMP = "演示材料，非真实文件"


def paper(title: str, about: str) -> StoredFile:
    """A stored PDF that says what it is. The same words give the same file."""
    return store(SimpleUploadedFile(f"{title}.pdf", pdf((title, about, STAMP)), "application/pdf"))


def pdf(lines: tuple[str, ...]) -> bytes:
    """One A4 page, 14 pt, in a Chinese font that the viewer has (PDF 32000-1, 9.7.5.2: UniGB-UCS2-H)."""
    shown = " ".join(f"<{line.encode('utf-16-be').hex()}> Tj 0 -28 Td" for line in lines)
    content = f"BT /F1 14 Tf 72 760 Td {shown} ET"
    objects = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(content)}>>\nstream\n{content}\nendstream",
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[6 0 R]>>",
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/FontDescriptor 7 0 R"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>>>",
        "<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/ItalicAngle 0/Ascent 880/Descent -120"
        "/CapHeight 880/StemV 93/FontBBox[-25 -254 1000 880]>>",
    )
    out = b"%PDF-1.4\n"
    places = []
    for number, one in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{one}\nendobj\n".encode("ascii")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    trailer = f"trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + f"xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode("ascii")
