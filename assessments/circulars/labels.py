"""Words of the circular that are put together from several."""

from __future__ import annotations

from collections.abc import Mapping

from .document import Block, CircularDocument, Column


def column_label(column: Column, words: Mapping[str, str]) -> str:
    """What a column is called: its own label, or the word for its kind."""
    return column.label or words[f"column.{column.kind.value}"]


def header_label(column: Column, block: Block, words: Mapping[str, str]) -> str:
    """The header of a column, its unit behind it where it isn't the one above the table."""
    label = column_label(column, words)
    if column.unit and column.unit != block.unit:
        return words["column.with_unit"].format(label=label, unit=column.unit)
    return label


def period_text(doc: CircularDocument, words: Mapping[str, str]) -> str:
    """（2023年1—6月）, with the data's last month where that is another one."""
    through = doc.through or (doc.year, doc.month)
    if through != (doc.year, doc.month):
        key = "period.through"
    else:
        key = "period.one" if doc.month == 1 else "period.many"
    return words[key].format(
        year=doc.year, month=doc.month, through_year=through[0], through_month=through[1]
    )
