"""Base of the API: the same filters, scope and services as the pages; one error format; counted pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from rest_framework import exceptions, filters, mixins, pagination, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

from common import changelog
from common.access import Action
from common.actors import may_somewhere
from common.errors import Denied, NotVisible, ServiceError


class Pagination(pagination.PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class OrderingFilter(filters.OrderingFilter):
    """Orders by declared fields, and always by the key at last, so that pages neither repeat nor skip rows."""

    ordering_param = "ordering"

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        ordering = self.get_ordering(request, queryset, view) or queryset.query.order_by or queryset.model._meta.ordering
        return queryset.order_by(*ordering, "pk")


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
    request = context.get("request")
    if isinstance(exc, Http404):
        exc = NotVisible()
    if isinstance(exc, PermissionDenied):
        exc = Denied()
    if isinstance(exc, ServiceError):
        set_rollback()
        http = {NotVisible: status.HTTP_404_NOT_FOUND, Denied: status.HTTP_403_FORBIDDEN}.get(type(exc), status.HTTP_409_CONFLICT)
        return problem(exc.code, exc.message, http, request, exc.fields)
    if isinstance(exc, DjangoValidationError):
        set_rollback()
        fields = exc.message_dict if hasattr(exc, "error_dict") else {"non_field_errors": exc.messages}
        return problem("invalid", "The data is not valid.", status.HTTP_400_BAD_REQUEST, request, fields)
    if isinstance(exc, exceptions.ValidationError):
        set_rollback()
        fields = exc.detail if isinstance(exc.detail, dict) else {"non_field_errors": exc.detail}
        return problem("invalid", "The data is not valid.", exc.status_code, request, fields)
    if isinstance(exc, exceptions.APIException):
        set_rollback()
        response = problem(str(exc.default_code), exc.detail, exc.status_code, request)
        if wait := getattr(exc, "wait", None):
            response["Retry-After"] = str(int(wait))
        if header := getattr(exc, "auth_header", None):
            response["WWW-Authenticate"] = header
        return response
    return None


class RowSerializer(serializers.ModelSerializer):
    """Types and formats are checked here; rules, uniqueness and rights by the service."""

    def get_validators(self) -> list[Any]:
        return []

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        field_class, kwargs = super().build_standard_field(field_name, model_field)
        kwargs["validators"] = [
            v for v in kwargs.get("validators", []) if type(v).__name__ not in {"UniqueValidator"}
        ]
        if not kwargs["validators"]:
            del kwargs["validators"]
        return field_class, kwargs

    def build_relational_field(self, field_name: str, relation_info: Any) -> Any:
        field_class, kwargs = super().build_relational_field(field_name, relation_info)
        model = relation_info.related_model
        kwargs.pop("validators", None)
        if "queryset" in kwargs and hasattr(model, "Scope") and "request" in self.context:
            kwargs["queryset"] = model.objects.visible_to(self.context["request"].user)
        return field_class, kwargs


class ReadViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """List and detail of a scoped model. A leaf names model, serializer and filter set."""

    model: Any
    filterset_class: Any = None
    ordering_fields: Any = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.user.is_authenticated:
            self._log = changelog.acting(request.user, request_id=getattr(request._request, "request_id", ""))  # type: ignore[arg-type]
            self._log.__enter__()
            if not may_somewhere(request.user, Action.VIEW, self.model.Scope.kind):  # type: ignore[arg-type]
                raise Denied

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        log = getattr(self, "_log", None)
        if log is not None:
            log.__exit__(None, None, None)
            self._log = None
        return super().finalize_response(request, response, *args, **kwargs)

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return self.model._base_manager.none()
        return self.rows(self.model.objects.visible_to(self.request.user))

    def rows(self, queryset: Any) -> Any:
        """Add what the serializer joins. Overridden by leaves."""
        return queryset


class RowViewSet(mixins.CreateModelMixin, mixins.UpdateModelMixin, ReadViewSet):
    """Also create and change, through the same services as the pages. Changes must carry `version`."""

    http_method_names = ["get", "post", "patch", "head", "options"]
    create_service: Callable[..., Any]
    update_service: Callable[..., Any]

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = type(self).create_service(actor=self.request.user, **serializer.validated_data)

    def perform_update(self, serializer: Any) -> None:
        try:
            version = int(self.request.data["version"])
        except (KeyError, TypeError, ValueError) as missing:
            raise serializers.ValidationError({"version": "Send the version you read, so that no change is lost."}) from missing
        serializer.instance = type(self).update_service(
            actor=self.request.user, pk=serializer.instance.pk, version=version, **serializer.validated_data
        )
