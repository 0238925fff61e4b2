"""Gives form controls the classes of the design system, whichever form they come from."""

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
    """The field's control with its class added; Django adds aria-invalid and aria-describedby itself."""
    own = field.field.widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": f"{own} {control_class(field.field.widget)}".strip()})
