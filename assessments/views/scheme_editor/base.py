"""What all pages of the editor share: the draft, its outline, its problems, saving."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments import services
from assessments.choices import VersionState
from assessments.models import SchemeVersion
from assessments.schemes.editing.desk import Desk
from assessments.schemes.editing.measures import offered
from assessments.schemes.editing.outline import outline, said_of
from assessments.schemes.editing.places import Document
from assessments.schemes.editing.troubles import troubles
from common import services as common_services
from common.access import Action
from common.errors import Archived, Refused
from common.views import Crumbs
from common.views.rows import RowPage

SHOWN = 8  # problems named at once


class EditorPage(RowPage):
    """A page of a draft's editor."""

    model = SchemeVersion
    kind = "scheme"
    needs = Action.CHANGE
    url_prefix = "schemeversion"
    crumbs: Crumbs = ((_("Schemes"), "scheme_list"),)

    def check(self) -> None:
        super().check()
        row = self.get_object()
        common_services.authorize(self.actor, Action.CHANGE, row)
        if row.archived_at is not None:
            raise Archived
        if row.state == VersionState.PUBLISHED:
            said = _(
                "A published version is never changed: results were reckoned by it. Draw up the next version."
            )
            raise Refused(said, code="published")

    @cached_property
    def desk(self) -> Desk:
        return Desk.of(self.get_object(), offered(self.actor))

    def url(self, address: str = "") -> str:
        return part_url(self.kwargs["pk"], address)

    def save(self, document: Document, version: int | None) -> SchemeVersion:
        """Raises what schemeversion_change raises."""
        return services.schemeversion_change(
            actor=self.actor, pk=self.kwargs["pk"], version=version, document=document
        )

    def surroundings(self, document: Document, here: str) -> dict[str, Any]:
        """Outline and problems of the document."""
        said = said_of(document, troubles(document))
        return {
            "groups": outline(document, here, said),
            "here": here,
            "said": said[:SHOWN],
            "more_said": max(len(said) - SHOWN, 0),
            "head_problems": sum(1 for one in said if not one.address),
            "input_count": len(document.get("inputs") or {}),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.get_object()
        kwargs.setdefault("row", row)
        kwargs.setdefault("version_pk", row.pk)
        kwargs.setdefault("sub", f"{row.scheme.name} · {row.get_state_display()} {row.number}")
        kwargs.setdefault("version_url", self.detail_url())
        kwargs.setdefault("edit_url", self.url())
        kwargs.setdefault("undo", previous(row) is not None)
        return super().get_context_data(**kwargs)


def part_url(pk: int, address: str = "") -> str:
    if not address:
        return reverse("schemeversion_edit", args=[pk])
    return reverse("schemeversion_edit_part", args=[pk, address])


def previous(row: SchemeVersion) -> Any:
    """The document before the last change of it, from the change log; None when there was no other."""
    events = SchemeVersion.pgh_event_model.objects.filter(pgh_obj_id=row.pk).order_by("-pgh_id")  # type: ignore[attr-defined]
    for document in events.values_list("document", flat=True)[:50]:
        if document != row.document:
            return document
    return None


def document_of(row: SchemeVersion, version: int | None) -> Any:
    """The document as it was when the draft had that version, from the change log; None when it isn't known."""
    events = SchemeVersion.pgh_event_model.objects.filter(pgh_obj_id=row.pk, version=version)  # type: ignore[attr-defined]
    return events.order_by("-pgh_id").values_list("document", flat=True).first()
