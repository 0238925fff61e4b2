from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import clock
from common.access import Action
from common.actors import may
from common.forms import ActorForm, PersonForm, RowForm, offer, pick
from organizations.models import (
    CompetitionGroup,
    GroupMembership,
    Officer,
    Post,
    RoleGrant,
    ServiceRecord,
    Unit,
    User,
)

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class UnitForm(RowForm):
    class Meta:
        model = Unit
        fields = (
            "parent",
            "name",
            "short_name",
            "code",
            "kind",
            "sort",
            "valid_from",
            "valid_to",
            "successor",
        )
        widgets = {"valid_from": DAY, "valid_to": DAY}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parents = Unit.objects.allowed_to(self.actor, Action.CHANGE).filter(archived_at=None)
        if self.instance.parent_id:
            parents = parents | Unit.objects.visible_to(self.actor).filter(pk=self.instance.parent_id)
        offer(self, "parent", parents.order_by("path"))
        self.fields["parent"].required = self.instance.parent_id is not None or not self.instance.pk
        pick(self, "parent", "unit_pick")


class AliasForm(ActorForm):
    name = forms.CharField(label=_("Other name"), max_length=100)


class GroupForm(RowForm):
    class Meta:
        model = CompetitionGroup
        fields = ("owner", "name", "code", "sort")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "owner", Unit.objects.allowed_to(self.actor, Action.CHANGE).filter(archived_at=None))
        pick(self, "owner", "unit_pick")


class MembershipForm(ActorForm):
    unit = forms.ModelChoiceField(Unit._base_manager.none(), label=_("Unit"))
    begins = forms.DateField(label=_("From"), widget=DAY)
    ends = forms.DateField(label=_("To"), widget=DAY, required=False)
    ranked = forms.BooleanField(label=_("Ranked"), required=False, initial=True)
    in_total = forms.BooleanField(label=_("Counts in the group's sum"), required=False, initial=True)
    sort = forms.IntegerField(label=_("Order"), min_value=0, initial=0)
    unit_type = forms.SlugField(
        label=_("Type in this group"),
        max_length=40,
        required=False,
        help_text=_("Class of units that a scheme's settings name. Empty: the kind of the unit."),
    )
    counts_in = forms.ModelChoiceField(
        Unit._base_manager.none(),
        label=_("Scored as part of"),
        required=False,
        help_text=_("A composite of several units, which is ranked instead of them."),
    )

    def __init__(self, *args: Any, group: CompetitionGroup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Unit.objects.visible_to(self.actor).below(group.owner.path).filter(archived_at=None)
        for name in ("unit", "counts_in"):
            offer(self, name, rows.order_by("path"))
            pick(self, name, "unit_pick")
        self.fields["begins"].initial = clock.today().replace(month=1, day=1)


class MembershipChangeForm(MembershipForm):
    """What may change while a unit stays in the group."""

    def __init__(self, *args: Any, member: GroupMembership, **kwargs: Any) -> None:
        super().__init__(*args, group=member.group, **kwargs)
        for name in ("unit", "begins", "ends"):
            del self.fields[name]
        for name, field in self.fields.items():
            field.initial = getattr(member, name)


class MembershipEndForm(ActorForm):
    last_day = forms.DateField(label=_("Last day in the group"), widget=DAY)


class PostForm(RowForm):
    class Meta:
        model = Post
        fields = ("unit", "name", "is_head", "sort")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_units(self, "post")


class OfficerForm(PersonForm):
    class Meta:
        model = Officer
        fields = ("unit", "name", "phone", "post", "joined_on", "left_on")
        widgets = {"joined_on": DAY, "left_on": DAY}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_units(self, "officer")


class ServiceForm(forms.ModelForm):
    class Meta:
        model = ServiceRecord
        fields = ("kind", "begins", "ends", "note")
        widgets = {"begins": DAY, "ends": DAY}

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class UserForm(RowForm):
    class Meta:
        model = User
        fields = ("username", "name", "unit", "phone", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_units(self, "user")


class UserCreateForm(UserForm):
    password = forms.CharField(
        label=_("First password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
        help_text=password_validation.password_validators_help_text_html,
        strip=False,
    )


class RoleForm(RowForm):
    class Meta:
        model = RoleGrant
        fields = ("user", "role", "unit", "valid_from", "valid_to")
        widgets = {"valid_from": DAY, "valid_to": DAY}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].initial = clock.today()
        limit_units(self, "role_grant")


class OwnPasswordForm(ActorForm):
    old = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validation.password_validators_help_text_html,
    )
    again = forms.CharField(
        label=_("New password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_old(self) -> str:
        if not self.actor.check_password(self.cleaned_data["old"]):  # type: ignore[attr-defined]
            raise forms.ValidationError(_("This is not your present password."))
        return self.cleaned_data["old"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("new") and given.get("again") and given["new"] != given["again"]:
            self.add_error("again", _("The two entries differ."))
        if given.get("new") and given.get("new") == given.get("old"):
            self.add_error("new", _("The new password must differ from the present one."))
        return given


class ApiTokenForm(ActorForm):
    """A name, how long it holds, and once more the password: a session left open gives nobody a token."""

    name = forms.CharField(
        label=pgettext_lazy("token", "Name"),
        max_length=60,
        help_text=_("What it is for, for example: the month's sheet on my computer."),
    )
    days = forms.ChoiceField(
        label=_("Valid for"),
        choices=[(30, _("30 days")), (90, _("90 days")), (180, _("half a year")), (365, _("a year"))],
        initial=90,
    )
    password = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def limit_units(form: Any, kind: str, action: Action = Action.CREATE) -> None:
    """Offer the units in which the actor may keep records of this kind, or do something else with them."""
    field = form.fields["unit"]
    units = field.queryset
    allowed = [u.pk for u in units.only("pk", "path") if may(form.actor, action, kind, path=u.path)]
    field.queryset = units.filter(pk__in=allowed).order_by("path")
    pick(form, "unit", "unit_pick")
