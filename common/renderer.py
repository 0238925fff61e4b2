"""Form controls drawn without templates where that says the same.

A list page draws up to twenty selects for its filters. Django renders each option and each set of attributes through
a template of its own: a tenth of the page's time. What is drawn here is, character for character, what Django's
templates give (`django/forms/templates`); everything else goes through them as before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.formats import localize
from django.utils.html import conditional_escape

WIDGETS = "django/forms/widgets/"
SELECT, OPTION = f"{WIDGETS}select.html", f"{WIDGETS}select_option.html"
INPUTS = {f"{WIDGETS}{name}.html" for name in ("date", "hidden", "input", "number", "text")}
ERRORS = "django/forms/errors/list/default.html"


class Renderer(TemplatesSetting):
    """FORM_RENDERER of the project."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if template_name in INPUTS:
            return _input(context["widget"])
        if template_name == SELECT and (drawn := _select(context["widget"])):
            return drawn
        if template_name == ERRORS and not context["errors"]:
            return ""
        return str(super().render(template_name, context, request))


def _attrs(attrs: Mapping[str, Any]) -> str:
    return "".join(
        f" {conditional_escape(name)}" + ("" if value is True else f'="{conditional_escape(value)}"')
        for name, value in attrs.items()
        if value is not False
    )


def _input(widget: Mapping[str, Any]) -> str:
    kind, name, value = widget["type"], widget["name"], widget["value"]
    given = "" if value is None else f' value="{conditional_escape(value)}"'
    return f'<input type="{conditional_escape(kind)}" name="{conditional_escape(name)}"{given}{_attrs(widget["attrs"])}>'


def _select(widget: Mapping[str, Any]) -> str:
    """Empty for a widget with options of its own kind."""
    lines = [f'<select name="{conditional_escape(widget["name"])}"{_attrs(widget["attrs"])}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            lines.append(f'\n  <optgroup label="{conditional_escape(localize(group))}">')
        for one in options:
            if one["template_name"] != OPTION:
                return ""
            value, label = conditional_escape(one["value"]), conditional_escape(localize(one["label"]))
            lines.append(f'\n  <option value="{value}"{_attrs(one["attrs"])}>{label}</option>\n')
        if group:
            lines.append("\n  </optgroup>")
    return "".join(lines) + "\n</select>"
