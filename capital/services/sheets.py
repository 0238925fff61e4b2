"""Score sheets: what is asked on an inspection, kept by the bureau in versions (docs/algorithms/rounds.md)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from capital.choices import RoundState
from capital.models import EvaluationRound, ScoreSheet
from common import services
from common.access import Action
from common.actors import Actor
from common.errors import Refused
from rules.inspection import Item, document_of, validate

WORDS = {
    "no_items": _("A sheet needs one item at least."),
    "code_taken": _("The same item stands twice on the sheet."),
    "label_missing": _("Write what is asked."),
    "weight": _("A weight is zero or more, and only what scores has one."),
    "full_mark": _("Points need a full mark above zero."),
    "options": _("A choice needs two different answers at least."),
    "share": _("What an answer is worth lies between 0 and 100 per cent."),
}


def scoresheet_create(*, actor: Actor, code: str, name: str, items: Sequence[Item]) -> ScoreSheet:
    """The first version of a sheet. Raises Denied, ValidationError, Refused (the sheet is wrong, its code is taken)."""
    _sound(items)
    if ScoreSheet.objects.unscoped(reason="codes are unique").filter(code=code).exists():
        raise Refused(
            _("There is a sheet with this code. Make a new version of it."), code="taken", fields={"code": []}
        )
    return services.create(
        ScoreSheet, actor=actor, values={"code": code, "name": name, "document": document_of(items)}
    )


def scoresheet_update(
    *, actor: Actor, pk: int, version: int | None, name: str, items: Sequence[Item]
) -> ScoreSheet:
    """Change a sheet that no round has begun with. Raises as `common.services.update`, and Refused."""
    _sound(items)
    with transaction.atomic():
        row = services.get_visible(ScoreSheet, pk, actor, lock=True)
        services.authorize(actor, Action.CHANGE, row)
        if in_use(row):
            raise Refused(
                _("A round has begun with this sheet, so it stays as it is. Make a new version."),
                code="in_use",
            )
        values = {"name": name, "document": document_of(items)}
        return services.update(ScoreSheet, actor=actor, pk=pk, version=version, values=values)


@transaction.atomic
def scoresheet_renew(*, actor: Actor, pk: int) -> ScoreSheet:
    """The next version of a sheet, a copy to be changed. Raises NotVisible, Denied."""
    row = services.get_visible(ScoreSheet, pk, actor, lock=True)
    every = ScoreSheet.objects.unscoped(reason="the next number").filter(code=row.code)
    number = every.aggregate(last=Max("number"))["last"] + 1
    values = {"code": row.code, "name": row.name, "number": number, "document": row.document}
    return services.create(ScoreSheet, actor=actor, values=values)


def scoresheet_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> ScoreSheet:
    """Rounds that use it keep it. Raises as `common.services.archive`."""
    return services.archive(ScoreSheet, actor=actor, pk=pk, version=version, reason=reason)


def in_use(sheet: ScoreSheet) -> bool:
    """Has a round begun with this version?"""
    rows = EvaluationRound.objects.unscoped(reason="is the sheet in use").filter(sheet=sheet)
    return rows.exclude(state=RoundState.PREPARED).exists()


def _sound(items: Sequence[Item]) -> None:
    if wrong := validate(items):
        first = wrong[0]
        labels = {item.code: item.label for item in items}
        about = labels.get(first.item, "")
        text = str(WORDS[first.code])
        raise Refused(f"{about}: {text}" if about else text, code=first.code)
