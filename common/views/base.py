"""Base of every page: sign-in, rights, and one place where refusals become pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import FileField
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.generic import View
from django.views.generic.base import ContextMixin, TemplateResponseMixin

from common.access import Action
from common.actors import Actor, may_somewhere
from common.errors import Denied, NotVisible, ServiceError
from common.files import NotTaken

Crumbs = tuple[tuple[Any, str], ...]


def action(
    label: Any,
    url: str,
    *,
    icon: str = "",
    primary: bool = False,
    post: bool = False,
    why_not: Any = "",
    panel: bool = False,
) -> dict[str, Any]:
    """A button in a page's head. `why_not` draws it disabled with what is missing; `panel` opens its page
    beside this one (the page has `panel = True`)."""
    return {
        "label": label,
        "url": url,
        "icon": icon,
        "primary": primary,
        "post": post,
        "missing": why_not,
        "panel": panel,
    }


class Page(LoginRequiredMixin, TemplateResponseMixin, ContextMixin, View):
    """`kind` and `needs` say which right opens the page at all; services check the row itself."""

    kind = ""
    needs = Action.VIEW
    title: Any = ""
    sub: Any = ""
    crumbs: Crumbs = ()  # (label, url name) from the navigation down to here

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        try:
            self.check()
            return super().dispatch(request, *args, **kwargs)
        except NotVisible as gone:
            raise Http404(str(gone)) from gone
        except Denied as denied:
            raise PermissionDenied(str(denied)) from denied
        except ServiceError as problem:
            return self.refused(problem)

    def refused(self, problem: ServiceError) -> HttpResponseBase:
        """A page that a rule keeps closed, or an address that asks for what there is not: the rule and the way out."""
        crumbs = [(label, reverse(name) if name else "") for label, name in self.crumbs]
        before = self.request.META.get("HTTP_REFERER", "")
        back = next((url for _label, url in reversed(crumbs) if url), reverse("home"))
        if url_has_allowed_host_and_scheme(before, {self.request.get_host()}) and not before.endswith(
            self.request.get_full_path()
        ):
            back = before
        context = {
            "title": _("This is not possible"),
            "crumbs": crumbs,
            "problem": str(problem),
            "back": back,
        }
        return TemplateResponse(self.request, "refused.html", context, status=400)

    @property
    def actor(self) -> Actor:
        """Who is signed in: `dispatch` lets nobody else through."""
        return cast(Actor, self.request.user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.render_to_response(self.get_context_data(**kwargs))

    def check(self) -> None:
        """Raises Denied when nobody with this actor's roles may open the page."""
        if self.kind and not may_somewhere(self.actor, self.needs, self.kind):
            raise Denied

    def may(self, wanted: Action, kind: str = "") -> bool:
        """Whether a button for this is worth drawing."""
        return may_somewhere(self.actor, wanted, kind or self.kind)

    def actions(self) -> list[dict[str, Any]]:
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {
            "title": self.title,
            "sub": self.sub,
            "crumbs": [(label, reverse(name) if name else "") for label, name in self.crumbs],
            "actions": self.actions(),
        }
        return super().get_context_data(**{**context, **kwargs})


def write(request: HttpRequest, do: Callable[[], Any], *, said: Any = "") -> tuple[bool, Any]:
    """Run a service for a button: (True, result) with a message, or (False, None) with the refusal as message."""
    try:
        result = do()
    except (NotVisible, Denied):
        raise
    except ServiceError as refusal:
        messages.error(request, str(refusal))
        return False, None
    except ValidationError as invalid:
        messages.error(request, " ".join(invalid.messages))
        return False, None
    if said:
        messages.success(request, said)
    return True, result


def _box(form: Any) -> str | None:
    """Of a form's boxes for a file the one that was filled, when it was one alone."""
    filled = [
        name for name, field in form.fields.items() if isinstance(field, FileField) and form.files.get(name)
    ]
    return filled[0] if len(filled) == 1 else None


def refuse(form: Any, problem: ServiceError | ValidationError) -> None:
    """Put a refusal beside the fields it is about, so that nothing typed is lost."""
    if isinstance(problem, ServiceError):
        form.add_error(_box(form) if isinstance(problem, NotTaken) else None, str(problem))
        return
    known = set(form.fields)
    if hasattr(problem, "error_dict"):
        for field, errors in problem.error_dict.items():
            form.add_error(field if field in known else None, errors)
    else:
        form.add_error(None, problem.messages)
