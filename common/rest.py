"""What the settings name for Django REST framework: paging, ordering, the one error format.

Apart from `common/api.py`, because the framework reads its settings while it is being imported.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, filters, pagination, parsers, renderers, status
from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import Denied, NotVisible, ServiceError
from common.ordering import kept_last


class Pagination(pagination.PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class OrderingFilter(filters.OrderingFilter):
    """Orders by declared fields, and always by the key at last, so that pages neither repeat nor skip rows. A view's
    `kept_in_order(actor)` names the fields of which the place in the list must not tell, with the rows (common/ordering.py)."""

    ordering_param = "ordering"

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        ordering = (
            self.get_ordering(request, queryset, view)
            or queryset.query.order_by
            or queryset.model._meta.ordering
        )
        kept = getattr(view, "kept_in_order", None)
        if kept is None:
            return queryset.order_by(*ordering, "pk")
        return kept_last(queryset, [*ordering, "pk"], kept(request.user))


class JSONParser(parsers.JSONParser):
    """JSON that is nested beyond what Python follows is a wrong request, not a failure."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise exceptions.ParseError(_("The JSON is nested too deeply.")) from None


class XlsxRenderer(renderers.BaseRenderer):
    """Says that a list may be asked for as Excel (`?format=xlsx`); `common/exporting.py` writes it."""

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    format = "xlsx"


class CsvRenderer(renderers.BaseRenderer):
    media_type = "text/csv"
    format = "csv"


FILES = (XlsxRenderer, CsvRenderer)


def problem(code: str, message: Any, http: int, request: Request | None, fields: Any = None) -> Response:
    """The one error format: code (stable), message (for people), fields, and the event number."""
    body = {
        "code": code,
        "message": str(message),
        "fields": fields or {},
        "request_id": getattr(getattr(request, "_request", request), "request_id", ""),
    }
    return Response(body, status=http)


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal as a problem document; an unexpected exception stays one and becomes HTTP 500."""
    from rest_framework.views import set_rollback  # the framework's views read these settings on import

    request = context.get("request")
    if isinstance(exc, Http404):
        exc = NotVisible()
    if isinstance(exc, PermissionDenied):
        exc = Denied()
    if isinstance(exc, ServiceError):
        set_rollback()
        http = {NotVisible: status.HTTP_404_NOT_FOUND, Denied: status.HTTP_403_FORBIDDEN}.get(
            type(exc), status.HTTP_409_CONFLICT
        )
        return problem(exc.code, exc.message, http, request, exc.fields)
    if isinstance(exc, DjangoValidationError):
        set_rollback()
        fields: Any = exc.message_dict if hasattr(exc, "error_dict") else {"non_field_errors": exc.messages}
        return problem("invalid", _("The data is not valid."), status.HTTP_400_BAD_REQUEST, request, fields)
    if isinstance(exc, exceptions.ValidationError):
        set_rollback()
        fields = exc.detail if isinstance(exc.detail, dict) else {"non_field_errors": exc.detail}
        return problem("invalid", _("The data is not valid."), exc.status_code, request, fields)
    if isinstance(exc, exceptions.APIException):
        set_rollback()
        response = problem(str(exc.default_code), exc.detail, exc.status_code, request)
        if wait := getattr(exc, "wait", None):
            response["Retry-After"] = str(int(wait))
        if header := getattr(exc, "auth_header", None):
            response["WWW-Authenticate"] = header
        return response
    return None
