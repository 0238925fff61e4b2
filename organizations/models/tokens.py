"""Personal API tokens: a person's own script works with his rights, without his password."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import clock, scope
from common.changelog import track
from common.models import ScopedModel

from .users import User

LONGEST = timedelta(days=366)


@track("org_api_token_event", exclude=("digest", "last_used_at"))
class ApiToken(ScopedModel):
    """A token of one person. Only its digest is kept; `hint` is its beginning, to tell tokens apart. Revoked: archived, with
    the reason in the change log."""

    user = models.ForeignKey(User, models.PROTECT, related_name="api_tokens", verbose_name=_("account"))
    name = models.CharField(
        pgettext_lazy("token", "name"),
        max_length=60,
        help_text=_("What it is for, for example: the month's sheet on my computer."),
    )
    hint = models.CharField(_("begins with"), max_length=12, editable=False)
    digest = models.CharField(max_length=128, unique=True, editable=False)
    expires_at = models.DateTimeField(_("valid until"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)

    class Scope(scope.Scope):
        kind = "api_token"
        path = "user__unit__path"
        owner = "user_id"

    class Meta:
        db_table = "org_api_token"
        ordering = ("-id",)
        verbose_name = _("API token")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                condition=Q(archived_at=None),
                name="org_api_token_name_uq",
                violation_error_message=_(
                    "You have a token of this name. Revoke it first, or choose another."
                ),
            ),
            models.CheckConstraint(
                condition=Q(expires_at__lte=F("created_at") + LONGEST), name="org_api_token_expiry_ck"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        return self.archived_at is None and self.expires_at > clock.now()
