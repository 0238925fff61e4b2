from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language

from common import memo
from common.access import Action
from common.actors import may_somewhere
from investpro.navigation import menu
from organizations.reminders import unread


def shell(request: HttpRequest) -> dict[str, Any]:
    """What base.html draws around every page: bureau, navigation, person, language, theme."""
    return {"shell": memo.seen("shell", lambda: _shell(request))}  # a table on the page asks again


def _shell(request: HttpRequest) -> dict[str, Any]:
    found: dict[str, Any] = {
        "bureau": settings.BUREAU_NAME,
        "language": get_language(),
        "languages": settings.LANGUAGES,
        "theme": request.COOKIES.get("theme") if request.COOKIES.get("theme") in {"light", "dark"} else "",
        "nav": [],
        "tabs": [],
        "user": None,
    }
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        found["nav"] = menu(request)
        # Drawn once: it stands in every page twice, at the side and in the phone's sheet.
        found["nav_drawn"] = cache(lambda: render_to_string("_nav.html", {"shell": found}))
        links = [link for group in found["nav"] for link in group["items"]]
        found["tabs"] = [link for link in links if link["tab"]][:4]
        roles = sorted({g.role for g in user.grants()})
        labels = dict(user.role_grants.model.role.field.choices)
        found["user"] = {
            "name": user.actor_name,
            "initial": user.actor_name[:1].upper(),
            "role_line": f"{user.unit.label} {'、'.join(str(labels[r]) for r in roles)}".strip(),
            "has_tokens": may_somewhere(user, Action.CREATE, "api_token"),
        }
        if may_somewhere(user, Action.VIEW, "reminder"):
            found["unread_url"] = reverse("reminder_list")
            found["unread"] = cache(lambda: unread(user).count())  # asked by whole pages only
    return found
