"""A stale save of a form whose fields come from data: both sides beside each other, as `UpdatePage` does it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from common.errors import Stale
from common.views.forms import FormPage, shown, typed


class BothSides(FormPage):
    """`bare(row)` makes the form of a row as it stands, with nothing typed."""

    unsent: tuple[str, ...] = ()  # fields that have no other side: files

    def bare(self, row: Any) -> Any:
        raise NotImplementedError

    def settled(self, data: Any, row: Any) -> Any:
        """After a conflict: the present value in every field where theirs was chosen."""
        if data is None or not any(key.startswith("take_") for key in data):
            return data
        data, current = data.copy(), self.bare(row)
        for name in current.fields:
            if data.get(f"take_{name}") == "theirs":
                data[name] = typed(current[name].value())
        return data

    def conflict(self, form: Any, stale: Stale) -> HttpResponse:
        current = self.bare(stale.current)
        differing = [
            {
                "label": field.label,
                "name": field.name,
                "mine": shown(field, field.data),
                "theirs": shown(field, current[field.name].value()),
            }
            for field in form.visible_fields()
            if field.name in current.fields
            and field.name not in self.unsent
            and typed(field.data) != typed(current[field.name].value())
        ]
        form.data = form.data.copy()
        form.data["version"] = stale.current.version
        form.add_error(None, str(stale))
        return self.render_to_response(self.get_context_data(form=form, conflict=differing), status=409)
