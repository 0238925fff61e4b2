"""What a part says as it is typed, in sentences beside the form."""

from __future__ import annotations

from assessments.schemes.telling import indicator_words
from rules.scheme.document import Indicator

from .example import complete
from .places import Document, Place, get


def words_of(document: Document, place: Place) -> tuple[str, ...]:
    """The sentences of an indicator, as they stand on the version's page; () while it is unfinished, and for other
    parts."""
    part = get(document, place.path)
    if place.model is not Indicator or not isinstance(part, dict):
        return ()
    scheme, _left = complete(document, place.group or 0)
    if scheme is None:
        return ()
    group = scheme.groups[0]
    rows: tuple[Indicator, ...] = getattr(group, place.kind)
    mine = next((row for row in rows if row.code == part.get("code")), None)
    return (
        ()
        if mine is None
        else indicator_words(mine, scheme, "unscored" if place.kind == "indicators" else "zero")
    )
