"""Files that people hand in as evidence: checked, kept once, served after the caller has checked who may read."""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.utils.translation import gettext as _

from common.errors import Refused
from common.file_types import ENDINGS, SHOWN_INLINE, Active, media_type
from common.models import StoredFile

FOLDER = "files"  # below MEDIA_ROOT
NAME_LENGTH = 200
# A picture can't do anything in a sandbox. Chromium shows no PDF in one (its viewer is blocked), and runs what a
# PDF carries apart from the page anyway: it gets the viewer's own needs and nothing else.
_PICTURE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
_DOCUMENT = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


class NotTaken(Refused):
    """This file isn't taken, and why; a form says it beside the box of the file."""

    code = "file"


def store(upload: UploadedFile) -> StoredFile:
    """Keep an uploaded file; the same content again gives the row that is there.

    Raises Refused, each time with what to do: empty, larger than `FILES_MAX_BYTES`, of a type that is not taken,
    with macros, or with a name that says something else than the content.
    """
    name, most = clean_name(upload.name or ""), settings.FILES_MAX_BYTES
    if (upload.size or 0) > most:
        size = _("%(megabytes)d MB") % {"megabytes": most // (1024 * 1024)}
        raise NotTaken(
            _("%(name)s is larger than %(size)s. Make it smaller or split it.") % {"name": name, "size": size}
        )
    upload.seek(0)
    data = upload.read(most + 1)
    if not data:
        raise NotTaken(_("%(name)s is empty.") % {"name": name})
    kind = _checked(data, name)
    sha = hashlib.sha256(data).hexdigest()
    _write(place(sha), data)
    values = {"size": len(data), "media_type": kind}
    return StoredFile.objects.get_or_create(sha256=sha, defaults=values)[0]


def _checked(data: bytes, name: str) -> str:
    try:
        kind = media_type(data)
    except Active:
        raise NotTaken(
            _("%(name)s contains macros or controls. Save it without them, or as PDF.") % {"name": name}
        ) from None
    if kind is None:
        raise NotTaken(
            _(
                "%(name)s is of a type that is not taken. PDF, pictures (PNG, JPEG, WebP, HEIC), Word and Excel are."
            )
            % {"name": name}
        )
    if Path(name).suffix.lower().lstrip(".") not in ENDINGS[kind]:
        raise NotTaken(
            _(
                "The content of %(name)s is %(ending)s, its name says something else. Name it rightly and try again."
            )
            % {"name": name, "ending": f".{ENDINGS[kind][0]}"}
        )
    return kind


def clean_name(name: str) -> str:
    """The last part of a sender's file name, without control characters, at most 200 characters with its ending."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(c for c in last if c.isprintable()).strip()
    stem, ending = os.path.splitext(plain)
    return (stem[: NAME_LENGTH - len(ending)] + ending)[:NAME_LENGTH]


def place(sha: str) -> Path:
    """Where the content of this hash lies: no sender chooses a path."""
    return Path(settings.MEDIA_ROOT) / FOLDER / sha[:2] / sha


def _write(target: Path, data: bytes) -> None:
    """Whole or not at all, also when two people send the same file at once."""
    if target.exists() and target.stat().st_size == len(data):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=target.parent, prefix=".draft-")  # readable by us alone (0600)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(draft, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(draft)
        raise


def open_file(stored: StoredFile) -> BinaryIO:
    """The content for reading. Raises Refused when it is not on the disk (a restore without the files)."""
    try:
        return place(stored.sha256).open("rb")
    except FileNotFoundError:
        raise Refused(_("The file is not on the server's disk. Tell your administrator.")) from None


def respond(stored: StoredFile, name: str, *, inline: bool = False) -> Any:
    """The file as an answer; the view has checked who may read. `inline` shows PDF and pictures in the browser,
    everything else is a download under `name`."""
    show = inline and stored.media_type in SHOWN_INLINE
    response = FileResponse(
        open_file(stored), as_attachment=not show, filename=clean_name(name), content_type=stored.media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    if show:
        is_pdf = stored.media_type == "application/pdf"
        response["Content-Security-Policy"] = _DOCUMENT if is_pdf else _PICTURE
        response["X-Frame-Options"] = "SAMEORIGIN"
    return response
