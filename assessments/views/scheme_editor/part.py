"""A part of a draft as a form, with the outline and the worked example beside it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from assessments.schemes.editing import patterns, typed
from assessments.schemes.editing.desk import mark
from assessments.schemes.editing.example import work
from assessments.schemes.editing.known import known_of
from assessments.schemes.editing.nodes import Group, unfold
from assessments.schemes.editing.places import Document, Place, drop, duplicate, get, move, place_at
from assessments.schemes.editing.saying import words_of
from assessments.schemes.editing.sides import differing
from assessments.schemes.editing.troubles import troubles
from common import clock
from common.errors import Denied, NotVisible, ServiceError, Stale
from common.numbers import whole

from .base import EditorPage, document_of, part_url


class SchemeEditor(EditorPage):
    """GET: the part's form. POST saves it, or with `_do` shows it with one row more, moves or deletes the part, or
    reckons the example: what is typed stays typed."""

    template_name = "assessments/editor/page.html"

    @cached_property
    def place(self) -> Place:
        found = place_at(self.desk.document, self.kwargs.get("address", ""))
        if found is None:
            raise Http404(_("The scheme has no such part. It may have been moved or deleted."))
        return found

    @cached_property
    def pattern(self) -> patterns.Pattern | None:
        """The questions that a new indicator is made by; None for the whole form."""
        wanted = self.request.GET.get("pattern", "")
        return patterns.pattern(self.place.kind, wanted) if self.place.fresh and wanted else None

    @property
    def choosing(self) -> bool:
        """A new indicator, before it is said what it is like."""
        offered = bool(patterns.patterns_for(self.place.kind))
        return self.place.fresh and offered and "pattern" not in self.request.GET

    # -- requests

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        groups = self.groups()
        rest = mark(groups, troubles(self.desk.document), self.place) if not self.place.fresh else []
        return self.shown(groups, self.desk.document, rest=rest)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        what, _colon, address = request.POST.get("_do", "").partition(":")
        if what in ("example", "redraw", "add", "drop", "up"):
            return self.redrawn(what, address)
        if what in ("earlier", "later", "again", "delete"):
            return self.arranged(what)
        value = self.value()
        try:
            document = self.stored(value)
        except Stale as stale:
            return self.conflict(value, stale)
        except (NotVisible, Denied):
            raise
        except (ServiceError, ValidationError) as problem:
            messages.error(request, str(problem))
            return self.shown(self.groups(value), self.desk.document, status=422)
        messages.success(request, self.told(document))
        return HttpResponseRedirect(self.after(document))

    def stored(self, value: dict[str, Any]) -> Document:
        """Save the part. What somebody else changed elsewhere in the meantime stays; Stale when it is this part."""
        document = self.desk.with_part(self.place, value)
        try:
            self.save(document, self.version())
        except Stale:
            before = document_of(self.get_object(), self.version())
            self.again()
            untouched = self.place.fresh or (
                before is not None
                and get(before, self.place.path) == get(self.desk.document, self.place.path)
            )
            if not untouched or not self.place.path:
                raise
            document = self.desk.with_part(self.place, value)
            self.save(document, self.get_object().version)
        return document

    def again(self) -> None:
        """Read the draft as it is now."""
        for name in ("object", "desk", "place"):
            self.__dict__.pop(name, None)

    def redrawn(self, what: str, address: str) -> HttpResponseBase:
        """The form or the example anew, from what is typed."""
        value = self.value()
        if what in ("add", "drop", "up") and address and self.pattern is None:
            value = typed.apply(value, what, address)
        document = self.desk.with_part(self.place, value)
        groups = self.groups(value)
        unfold(groups, address or self.request.htmx.trigger_name or "")  # type: ignore[attr-defined]
        rest = mark(groups, troubles(document), self.place, blanks=False) if self.pattern is None else []
        fragment = bool(self.request.htmx and not self.request.htmx.boosted)  # type: ignore[attr-defined]
        name = ("_example_swap.html" if what == "example" else "_form.html") if fragment else ""
        answer = self.shown(groups, document, rest=rest, fragment=name)
        if fragment and what != "example":
            trigger_client_event(answer, "ed:redrawn", {})
        return answer

    def arranged(self, what: str) -> HttpResponseBase:
        """Move, copy or delete the part as it is stored."""
        document, place = self.desk.document, self.place
        row = place.row
        if place.fresh or (row is None and (what != "delete" or not place.single)):
            raise Http404
        if what == "delete":
            document, target = self.desk.tidied(drop(document, place)), _parent(place)
        elif what == "again":
            document, row = duplicate(document, place)
            target = _sibling(place, row)
            document = self.desk.coded(document, place_at(document, target))
        else:
            document, row = move(document, place, -1 if what == "earlier" else 1)
            target = _sibling(place, row)
        try:
            self.save(document, self.version())
        except Stale:
            messages.error(
                self.request,
                _("Somebody else saved this draft in between. Look at it as it is now, then do it again."),
            )
            target = place.address
        except (NotVisible, Denied):
            raise
        except (ServiceError, ValidationError) as problem:
            messages.error(self.request, str(problem))
            target = place.address
        else:
            messages.success(
                self.request, _("Deleted. “Undo” brings it back.") if what == "delete" else _("Saved.")
            )
        return HttpResponseRedirect(self.url(target))

    def conflict(self, value: dict[str, Any], stale: Stale) -> HttpResponseBase:
        """Both sides of the part beside each other; saving again takes what stands in the form."""
        mine = self.desk
        self.again()
        now = self.desk.draw(self.place) if place_at(self.desk.document, self.place.address) else []
        rows = differing(mine.draw(self.place, value), now)
        self.stale_version = stale.current.version
        return self.shown(self.groups(value), self.desk.document, conflict=rows, status=409)

    # -- what the pages show

    def value(self) -> dict[str, Any]:
        """The part as typed."""
        data = self.request.POST
        if self.pattern is not None:
            inputs = self.desk.document.get("inputs") or {}
            return patterns.made(self.pattern, data, inputs, self.desk.offers)
        return self.desk.read(self.place, data)

    def groups(self, value: dict[str, Any] | None = None) -> list[Group]:
        if self.choosing:
            return []
        if self.pattern is not None:
            return patterns.draw(self.pattern, None if value is None else self.request.POST)
        return self.desk.draw(self.place, {} if value is None and self.place.fresh else value)

    def version(self) -> int | None:
        return whole(self.request.POST.get("version", ""))

    def told(self, document: Document) -> str:
        count = len(troubles(document))
        if not count:
            return _("Saved. The scheme has no problems.")
        return _("Saved. Things to mend before it can be checked: %(n)s.") % {"n": count}

    def after(self, document: Document) -> str:
        """Where one goes on after saving."""
        if "again" in self.request.POST and self.place.fresh:
            return self.request.get_full_path()
        if self.place.fresh and self.place.row is not None:
            return part_url(self.kwargs["pk"], _sibling(self.place, self.place.row))
        if place_at(document, self.place.address) is None:
            return self.url(f"inputs/{self.request.POST.get('code', '').strip()}")
        return self.url(self.place.address)

    def shown(
        self, groups: list[Group], document: Document, *, status: int = 200, fragment: str = "", **more: Any
    ) -> TemplateResponse:
        context = self.get_context_data(groups_of_form=groups, document=document, **more)
        name = f"assessments/editor/{fragment}" if fragment else self.template_name
        return TemplateResponse(self.request, name, context, status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        document = kwargs.pop("document")
        place, row = self.place, self.get_object()
        content = get(document, place.path)
        title = content.get("title") if isinstance(content, dict) and not place.fresh else ""
        address = "/".join(str(step) for step in place.path) if place.path else ""
        here = place.address if not place.fresh else address
        data = self.request.POST if self.request.method == "POST" else {}
        known = known_of(row, document, place, self.actor)
        query = f"?{self.request.GET.urlencode()}" if self.request.GET else ""
        return super().get_context_data(
            **self.surroundings(document, here),
            title=(title if place.path else "")
            or (
                _("New: %(what)s") % {"what": place.noun}
                if place.fresh and place.row is not None
                else place.noun
            ),
            place=place,
            place_url=self.url(place.address) + query,
            patterns=patterns.patterns_for(place.kind) if self.choosing else [],
            pattern=self.pattern,
            example=work(document, place, known, data, clock.today()),
            words=words_of(document, place),
            form_version=getattr(self, "stale_version", row.version),
            measures=self.desk.offers,
            input_titles=_titles(document),
            last=self._last(),
            **kwargs,
        )

    def _last(self) -> bool:
        rows = get(self.desk.document, self.place.list_path) if self.place.row is not None else ()
        return self.place.row is not None and self.place.row >= len(rows or ()) - 1


def _titles(document: Document) -> list[str]:
    inputs = document.get("inputs") or {}
    return [str(row.get("title")) for row in inputs.values() if isinstance(row, dict) and row.get("title")]


def _parent(place: Place) -> str:
    return "/".join(map(str, place.path[:2])) if len(place.path) > 2 else ""


def _sibling(place: Place, row: int) -> str:
    return "/".join(map(str, (*place.list_path, row)))
