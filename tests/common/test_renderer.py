"""What is drawn without a template is what Django's own templates give."""

from datetime import date

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from common.renderer import Renderer

NASTY = "<b>\"'&"
CHOICES = [
    ("", "---"),
    (NASTY, NASTY),
    (1, 2026),
    (None, mark_safe("<i>safe</i>")),  # noqa: S308 - the point of it
    ("z", _("State")),
    (NASTY, [("a", "A"), (2, 1234567)]),
]
ATTRS = {
    "class": "wide",
    "required": True,
    "disabled": False,
    "data-x": NASTY,
    "maxlength": 1200,
    "min": None,
}


class Odd(forms.Select):
    option_template_name = "django/forms/widgets/radio_option.html"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    ("widget", "values"),
    [
        (forms.Select(choices=CHOICES), [None, "", NASTY, 1, "2", "none"]),
        (forms.SelectMultiple(choices=CHOICES), [None, [], ["a", NASTY]]),
        (forms.Select, ["a"]),
        (Odd(choices=CHOICES), ["a"]),
        (forms.NullBooleanSelect, [True, None]),
        (forms.RadioSelect(choices=CHOICES), [1]),
        (forms.TextInput, [None, "", NASTY, 1234567.5, mark_safe("&amp;")]),  # noqa: S308
        (forms.HiddenInput, ["7", None]),
        (forms.NumberInput, ["9,468.0O", 1234.5]),
        (forms.DateInput, [date(2026, 11, 20), "20.11."]),
        (forms.Textarea, [NASTY]),
        (forms.CheckboxInput, [True, None]),
    ],
    ids=lambda given: getattr(given, "__name__", type(given).__name__),
)
def test_the_same_as_by_template(widget, values, language, settings):
    settings.LANGUAGE_CODE = language
    settings.USE_THOUSAND_SEPARATOR = True
    widget = widget() if isinstance(widget, type) else widget
    for value in values:
        drawn = widget.render("x" + NASTY, value, ATTRS, Renderer())
        assert drawn == widget.render("x" + NASTY, value, ATTRS, TemplatesSetting())


def test_errors_too():
    class Form(forms.Form):
        name = forms.CharField()

    for sent in ({}, {"name": "A"}):
        form = Form(sent, renderer=Renderer())
        by_template = Form(sent, renderer=TemplatesSetting())
        assert str(form["name"].errors) == str(by_template["name"].errors)
        assert form.as_p() == by_template.as_p()
    assert "errorlist" in Form({}, renderer=Renderer()).as_p()
