"""How entries look: a shape and a word for each state."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from capital.choices import EntryState
from capital.opening import mark
from common.templatetags.ip import glyph

SHAPES = {
    EntryState.DRAFT: "todo",
    EntryState.REPORTED: "waiting",
    EntryState.QUERIED: "soon",
    EntryState.PRELIMINARY: "progress",
    EntryState.FINAL: "done",
    EntryState.REFUSED: "wrong",
    EntryState.WITHDRAWN: "wrong",
}


def state_mark(entry: Any) -> SafeString:
    """The state of an entry: its shape and its word, and the mark of an opening balance."""
    found = format_html(
        '<span class="ip-st">{}{}</span>', glyph(SHAPES[entry.state]), entry.get_state_display()
    )
    return format_html('{}<span class="sub wrap">{}</span>', found, mark()) if entry.is_opening else found
