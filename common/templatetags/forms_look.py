"""Gives form controls the classes of the design system, whichever form they come from."""

from copy import copy

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

register = template.Library()

_CHECKS = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)


def control_class(widget: forms.Widget) -> str:
    """form-check for boxes and radios, form-select for selects, form-control for what one types into."""
    if isinstance(widget, _CHECKS):
        return "form-check"
    if isinstance(widget, forms.Select):
        return "form-select"
    return "form-control"


@register.filter
def look(field: BoundField) -> SafeString:
    """The field's control with its class added; Django adds aria-invalid and aria-describedby itself.

    Numbers are typed into a text box: a browser empties a number box that holds "9,468.0O", and what was
    entered must be kept.
    """
    widget = field.field.widget
    classes = [widget.attrs.get("class", ""), control_class(widget)]
    attrs: dict[str, str | bool] = {}
    if isinstance(widget, forms.NumberInput) and widget.input_type == "number":
        widget = copy(widget)
        widget.input_type = "text"
        widget.attrs = {k: v for k, v in widget.attrs.items() if k not in ("min", "max", "step")}
        attrs["inputmode"] = "decimal"
        classes.append("ip-num")
    attrs["class"] = " ".join(c for c in classes if c)
    return field.as_widget(widget=widget, attrs=attrs)
