"""Form controls in the design system's classes."""

from django import forms
from django.test import SimpleTestCase

from common.templatetags.forms_look import control_class, look


class Sample(forms.Form):
    name = forms.CharField(help_text="in full")
    amount = forms.DecimalField(widget=forms.NumberInput(attrs={"class": "wide"}))
    kind = forms.ChoiceField(choices=[("a", "A")])
    agreed = forms.BooleanField()


class Look(SimpleTestCase):
    def test_classes_by_kind_of_control(self):
        form = Sample()
        assert 'class="form-control"' in look(form["name"])
        assert 'class="form-select"' in look(form["kind"])
        assert 'class="form-check"' in look(form["agreed"])
        assert control_class(forms.RadioSelect()) == "form-check"

    def test_a_wrong_number_is_kept_as_it_was_typed(self):
        html = look(Sample({"amount": "9,468.0O"})["amount"])
        assert 'value="9,468.0O"' in html
        assert 'type="text"' in html
        assert 'inputmode="decimal"' in html
        assert 'class="wide form-control ip-num"' in html
        assert Sample().fields["amount"].widget.input_type == "number"  # the form's own widget is untouched

    def test_errors_and_hints_are_tied_to_the_control(self):
        form = Sample({})
        html = look(form["name"])
        assert 'aria-invalid="true"' in html
        assert "id_name_helptext" in html
        assert "id_name_error" in html
