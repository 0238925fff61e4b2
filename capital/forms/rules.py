"""A counting rule as a form for a clerk: every condition has its own field, and the document is made of them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from capital.choices import Basis, EntryKind, Level
from capital.models import CountingRule, SignalTerms
from capital.rulebook import problem_text
from common import clock
from common.forms import ActorForm, RowForm, offer, pick
from common.pickers import PickerField
from leads.forms.fields import DAY, WanField
from ledger.choices import FundSource, Mode, Zone
from organizations.models import Unit
from projects.models import Project
from reference.choices import Sector
from rules.counting import Problem, read
from rules.trace import decimal_text

LINES = (0, 1, 2)
LEVELS = (
    ("city", _("city")),
    ("county", _("county or district")),
    ("park", _("park")),
    ("town", _("township")),
)
PLACES = (("park", _("in a park")), ("elsewhere", pgettext_lazy("place", "elsewhere")))
OF = (("counted", _("what counts")), ("contract", _("the contract amount")))
OVER = (("year", _("the year")), ("life", _("the project's whole life")))
SINCE = (("signed", _("its signing")), ("started", _("its start of construction")))
USD = "USD"


def several(label: Any, choices: Any, help_text: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=help_text,
    )


def percent(label: Any, help_text: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_digits=7, decimal_places=3, help_text=help_text
    )


def codes_field(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=300, help_text=help_text)


class CountingRuleForm(ActorForm):
    """`document()` is what was chosen; a problem of the document stands beside the field that it came from."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    code = forms.SlugField(label=_("Code"), max_length=40, help_text=_("Small letters and hyphens."))
    name = forms.CharField(label=_("Name"), max_length=100)
    source = forms.CharField(
        label=_("Source"), max_length=300, required=False, help_text=_("Document and clause.")
    )
    since = forms.DateField(label=_("In force from"), widget=DAY)
    until = forms.DateField(label=_("until"), widget=DAY, required=False)
    basis = forms.ChoiceField(
        label=_("Basis"), required=False, choices=[("", _("as the measure says")), *Basis.choices]
    )
    state = forms.ChoiceField(label=_("State counted"), choices=Level.choices, initial=Level.FINAL)
    sectors = several(_("Sectors"), Sector.choices, _("None chosen: all."))
    industries = codes_field(
        _("Only these industries"), _("Codes of GB/T 4754, such as 39, 2710. Empty: all.")
    )
    never = codes_field(_("Never these industries"))
    fund_sources = several(_("Sources of funds"), FundSource.choices, _("None chosen: all."))
    modes = several(_("Modes"), Mode.choices, _("None chosen: all."))
    of = forms.ChoiceField(label=_("The line is held against"), choices=OF, required=False)
    over = forms.ChoiceField(label=_("Reckoned over"), choices=OVER, required=False)
    scaled = forms.BooleanField(label=_("After percentages and factors"), required=False)
    re_industries = codes_field(_("Real estate: industries"), _("70 is real estate. Empty: no such rule."))
    re_factor = forms.DecimalField(
        label=_("Net tax times"), required=False, min_value=0, max_digits=8, decimal_places=3
    )
    re_retained = percent(_("Of the tax, per cent that stay here"), _("Empty: 100."))
    kept_days = forms.IntegerField(
        label=_("Counts after so many days"),
        required=False,
        min_value=1,
        max_value=3660,
        help_text=_("Money that leaves again before never counts. Empty: at once."),
    )
    window_years = forms.IntegerField(
        label=_("Counts for so many years"), required=False, min_value=1, max_value=50
    )
    window_since = forms.ChoiceField(label=_("after"), choices=SINCE, required=False)
    example_unit = forms.ModelChoiceField(Unit._base_manager.none(), label=_("Unit"), required=False)
    example_year = forms.IntegerField(label=_("Year"), required=False, min_value=2000, max_value=2100)

    def __init__(self, *args: Any, row: CountingRule | None = None, **kwargs: Any) -> None:
        if row is not None:
            kwargs["initial"] = {**initial(row.document), **_head(row), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.row = row
        offer(
            self,
            "example_unit",
            Unit.objects.visible_to(self.actor).filter(archived_at=None).order_by("path"),
        )
        pick(self, "example_unit", "unit_pick")
        for kind, label in EntryKind.choices:
            self.fields[f"kind_{kind}"] = percent(label)
        for zone, label in Zone.choices:
            self.fields[f"zone_{zone}"] = percent(label)
        for level, label in LEVELS:
            self.fields[f"zones_{level}"] = several(_now("%(level)s: zones") % {"level": label}, Zone.choices)
            self.fields[f"funds_{level}"] = several(
                _now("%(level)s: sources of funds") % {"level": label}, FundSource.choices
            )
        for number in LINES:
            which = {"n": number + 1}
            self.fields[f"line{number}_amount"] = WanField(
                label=_now("Line %(n)s, ten thousand yuan") % which
            )
            self.fields[f"line{number}_own"] = WanField(label=_("or ten thousand US dollars"))
            self.fields[f"line{number}_sectors"] = several(_("for sectors"), Sector.choices)
            self.fields[f"line{number}_places"] = several(_("for projects"), PLACES)
        self.fields["example_year"].initial = clock.today().year
        if row is not None:
            del self.fields["code"]
        if row is not None and not self.is_bound:
            self.mark(read(row.document)[1])

    def mark(self, problems: tuple[Problem, ...]) -> None:
        """Put what is still wrong with a stored draft beside its fields, before anything is typed."""
        found: dict[str, Any] = {}
        for problem in problems:
            found.setdefault(field_of(problem.path, self.fields), []).append(problem_text(problem))
        self._errors = forms.utils.ErrorDict({name: self.error_class(texts) for name, texts in found.items()})

    def values(self) -> dict[str, Any]:
        names = ("code", "name", "source", "since", "until")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}

    def document(self) -> dict[str, Any]:
        """The document, without what was left at "all". Half-filled conditions stay in it, so that they are seen as
        problems and aren't lost."""
        given = self.cleaned_data
        found: dict[str, Any] = {"schema": 1, "state": given["state"]}
        if given["basis"]:
            found["basis"] = given["basis"]
        for name in ("sectors", "fund_sources", "modes"):
            if given[name]:
                found[name] = given[name]
        for name in ("industries", "never"):
            if given[name]:
                found[name] = _codes(given[name])
        for name, prefix in (("kinds", "kind_"), ("zone_percent", "zone_")):
            if amounts := self._amounts(prefix):
                found[name] = amounts
        levels = {level: limits for level, _label in LEVELS if (limits := self._limits(level))}
        found |= {"levels": levels} if levels else {}
        if lines := [line for number in LINES if (line := self._line(number))]:
            found["threshold"] = {
                "of": given["of"] or "counted",
                "over": given["over"] or "year",
                "scaled": given["scaled"],
                "lines": lines,
            }
        if given["re_industries"] or given["re_factor"] is not None:
            found["real_estate"] = {
                "industries": _codes(given["re_industries"]),
                "factor": _text(given["re_factor"]),
            }
            if given["re_retained"] is not None:
                found["real_estate"]["retained"] = _text(given["re_retained"])
        if given["kept_days"]:
            found["kept_days"] = given["kept_days"]
        if given["window_years"]:
            found["window"] = {"years": given["window_years"], "since": given["window_since"] or "signed"}
        return found

    def _amounts(self, prefix: str) -> dict[str, str]:
        return {
            name.removeprefix(prefix): _text(value)
            for name, value in self.cleaned_data.items()
            if name.startswith(prefix) and value is not None
        }

    def _limits(self, level: str) -> dict[str, Any]:
        names = {"zones": f"zones_{level}", "fund_sources": f"funds_{level}"}
        return {key: self.cleaned_data[name] for key, name in names.items() if self.cleaned_data[name]}

    def _line(self, number: int) -> dict[str, Any]:
        amount, own, sectors, places = (
            self.cleaned_data[f"line{number}_{part}"] for part in ("amount", "own", "sectors", "places")
        )
        if amount is None and own is None and not sectors and not places:
            return {}
        found: dict[str, Any] = {"amount": _text(amount)}
        if own is not None:
            found["own"] = {USD: _text(own)}
        return {
            **found,
            **({"sectors": sectors} if sectors else {}),
            **({"places": places} if places else {}),
        }

    def fieldsets(self) -> list[dict[str, Any]]:
        """Groups for the page, in the order in which the rule is applied."""

        def group(title: Any, *names: str, hint: Any = "", folded: bool | None = None) -> dict[str, Any]:
            fields = [self[name] for name in names if name in self.fields]
            found = {"title": title, "hint": hint, "fields": fields}
            closed = folded and not any(field.errors or field.value() for field in fields)
            return found if folded is None else {**found, "folded": closed}

        kinds = [name for name in self.fields if name.startswith("kind_")]
        zones = [name for name in self.fields if name.startswith("zone_")]
        levels = [f"{part}_{level}" for level, _label in LEVELS for part in ("zones", "funds")]
        lines = [f"line{n}_{part}" for n in LINES for part in ("amount", "own", "sectors", "places")]
        return [
            group(_("Rule"), "code", "name", "source", "since", "until", "basis", "state"),
            group(
                _("Which projects"), "sectors", "industries", "never", "modes", "window_years", "window_since"
            ),
            group(
                _("Which capital"),
                "fund_sources",
                "kept_days",
                *kinds,
                hint=_(
                    "Per cent of each kind that count. All empty: every kind in full; else an empty one counts nothing."
                ),
            ),
            group(
                _("Percentages by zone"), *zones, hint=_("120 counts a fifth more. Empty: 100."), folded=True
            ),
            group(
                _("What counts at which level"),
                *levels,
                hint=_(
                    "Money from a sister county counts for the county and not for the city. None chosen: all."
                ),
                folded=True,
            ),
            group(
                _("Smallest size"),
                *lines,
                "of",
                "over",
                "scaled",
                hint=_(
                    "The first line that fits a project is its own; it is held against the whole project."
                ),
            ),
            group(_("Real estate by its tax"), "re_industries", "re_factor", "re_retained", folded=True),
            group(
                _("Worked example"),
                "example_unit",
                "example_year",
                hint=_("What the rule as it stands above would count for a unit, with its own rows."),
            ),
        ]


def initial(document: dict[str, Any]) -> dict[str, Any]:
    """What the fields show for a document."""
    found: dict[str, Any] = {
        name: document.get(name)
        for name in ("basis", "state", "sectors", "fund_sources", "modes", "kept_days")
    }
    found |= {name: ", ".join(document.get(name) or []) for name in ("industries", "never")}
    found |= {f"kind_{kind}": value for kind, value in (document.get("kinds") or {}).items()}
    found |= {f"zone_{zone}": value for zone, value in (document.get("zone_percent") or {}).items()}
    for level, limits in (document.get("levels") or {}).items():
        found |= {f"zones_{level}": limits.get("zones"), f"funds_{level}": limits.get("fund_sources")}
    threshold = document.get("threshold") or {}
    found |= {name: threshold.get(name) for name in ("of", "over", "scaled")}
    for number, line in enumerate((threshold.get("lines") or [])[: len(LINES)]):
        found[f"line{number}_amount"] = _number(line.get("amount"))
        found[f"line{number}_own"] = _number((line.get("own") or {}).get(USD))
        found |= {f"line{number}_{part}": line.get(part) for part in ("sectors", "places")}
    estate = document.get("real_estate") or {}
    found["re_industries"] = ", ".join(estate.get("industries") or [])
    found |= {"re_factor": estate.get("factor"), "re_retained": estate.get("retained")}
    window = document.get("window") or {}
    return {**found, "window_years": window.get("years"), "window_since": window.get("since")}


def field_of(path: str, fields: Any) -> str:
    """The field in which a path of the document was entered; "__all__" when none was."""
    head, _dot, rest = path.partition(".")
    names = {
        "kinds": f"kind_{rest}",
        "zone_percent": f"zone_{rest}",
        "real_estate": f"re_{rest}",
        "window": f"window_{rest}",
        "threshold": rest if rest in ("of", "over", "scaled") else "line0_amount",
    }
    found = names.get(head, head)
    if match := re.fullmatch(r"lines\.(\d+)\.?(\w*).*", rest) if head == "threshold" else None:
        found = f"line{match[1]}_{match[2] or 'amount'}"
    if head == "levels":
        level, _dot, part = rest.partition(".")
        found = f"{'zones' if part == 'zones' else 'funds'}_{level}"
    return found if found in fields else "__all__"


def _head(row: CountingRule) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("version", "name", "source", "since", "until")}


def _codes(text: str) -> list[str]:
    return [code for code in re.split(r"[,，、;；\s]+", text) if code]


def _text(value: Decimal | None) -> str:
    """A number as the document keeps it, without needless zeros; "" for none: a problem, not a zero."""
    if value is None:
        return ""
    text = decimal_text(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _number(text: str | None) -> Decimal | None:
    return Decimal(text) if text and re.fullmatch(r"\d+(\.\d+)?", text) else None


class ExcludedForm(ActorForm):
    project = PickerField(Project.objects.none(), picker="entry_project_pick", label=_("Project"))
    since = forms.DateField(label=_("From"), widget=DAY)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class EndForm(ActorForm):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class SignalTermsForm(RowForm):
    class Meta:
        model = SignalTerms
        fields = (
            "since",
            "year_end_months",
            "year_end_percent",
            "round_step",
            "round_count",
            "round_percent",
            "contract_percent",
            "reversed_days",
            "reversed_percent",
            "source",
        )
        widgets = {"since": DAY}


class FalseAlarmForm(ActorForm):
    reason = forms.CharField(
        label=_("Why it is a false alarm"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class NoFalseAlarmForm(ActorForm):
    reason = forms.CharField(
        label=_("Why it is no false alarm"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
