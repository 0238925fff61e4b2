"""Base of the API: the same filters, scope and services as the pages. Errors and paging: `common/rest.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import resolve, reverse
from rest_framework import mixins, renderers, serializers, viewsets
from rest_framework.request import Request

from common import changelog
from common.access import Action
from common.actors import may_somewhere
from common.errors import Denied
from common.rest import FILES


class RowSerializer(serializers.ModelSerializer):
    """Types and formats are checked here; rules, uniqueness and rights by the service."""

    def get_validators(self) -> list[Any]:
        return []

    def get_uniqueness_extra_kwargs(self, field_names: Any, declared_fields: Any, extra_kwargs: Any) -> Any:
        return extra_kwargs, {}  # or constraints would make fields required here that the model does not

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        field_class, kwargs = super().build_standard_field(field_name, model_field)
        kwargs["validators"] = [
            v for v in kwargs.get("validators", []) if type(v).__name__ not in {"UniqueValidator"}
        ]
        if not kwargs["validators"]:
            del kwargs["validators"]
        if model_field.choices and model_field.blank:
            kwargs["allow_blank"] = True
        return field_class, kwargs

    def include_extra_kwargs(self, kwargs: Any, extra_kwargs: Any) -> Any:
        """A choice that may be empty is so in an answer too; for what is only read the framework forgets it."""
        blank = "choices" in kwargs and kwargs.get("allow_blank", False)
        found = super().include_extra_kwargs(kwargs, extra_kwargs)
        if blank:
            found.setdefault("allow_blank", True)
        return found

    def build_relational_field(self, field_name: str, relation_info: Any) -> Any:
        field_class, kwargs = super().build_relational_field(field_name, relation_info)
        model = relation_info.related_model
        kwargs.pop("validators", None)
        user = getattr(self.context.get("request"), "user", None)
        if "queryset" in kwargs and hasattr(model, "Scope") and user is not None and user.is_authenticated:
            rows = model.objects.visible_to(user)
            if any(f.name == "archived_at" for f in model._meta.fields):
                rows = rows.filter(archived_at=None)  # the same choices as in a form
            kwargs["queryset"] = rows
        return field_class, kwargs


class ReadViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """List and detail of a scoped model. A leaf names model, serializer and filter set, and the page of the same
    list when there is one: its export is given for `?format=xlsx` and `csv`."""

    model: Any
    filterset_class: Any = None
    ordering_fields: Any = ()
    list_page = ""  # url name

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.user.is_authenticated:
            self._log: Any = changelog.acting(
                request.user, request_id=getattr(request._request, "request_id", "")
            )
            self._log.__enter__()
            if not may_somewhere(request.user, Action.VIEW, self.model.Scope.kind):
                raise Denied

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        log = getattr(self, "_log", None)
        if log is not None:
            log.__exit__(None, None, None)
            self._log = None
        return super().finalize_response(request, response, *args, **kwargs)

    def get_renderers(self) -> list[Any]:
        files = FILES if self.list_page and getattr(self, "action", None) == "list" else ()
        return [*super().get_renderers(), *(renderer() for renderer in files)]

    def handle_exception(self, exc: Exception) -> Any:
        """Who asked for a file is refused in words."""
        if isinstance(getattr(self.request, "accepted_renderer", None), FILES):
            self.request.accepted_renderer = renderers.JSONRenderer()
        return super().handle_exception(exc)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        if isinstance(request.accepted_renderer, FILES):
            return self.exported(request)
        return super().list(request, *args, **kwargs)

    def exported(self, request: Request) -> Any:
        """The filtered list as the file that its page gives: the same columns (`columns`), order (`sort`), masking,
        right and line in the export log."""
        fmt = request.accepted_renderer.format
        if "ordering" in request.query_params:
            raise serializers.ValidationError(
                {"ordering": "A file is ordered by `sort`, one of its columns."}
            )
        self.filter_queryset(self.get_queryset())  # raises ValidationError for a filter that makes no sense
        page = resolve(reverse(self.list_page)).func.view_class()  # type: ignore[attr-defined]
        page.setup(request._request)
        page.check()
        return page.export(page.found(), fmt)

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return self.model._base_manager.none()
        return self.rows(self.model.objects.visible_to(self.request.user))

    def filter_queryset(self, queryset: Any) -> Any:
        """Filters narrow lists; one row is found by its id, archived or not."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

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
            version = int(dict(self.request.data)["version"])
        except (KeyError, TypeError, ValueError) as missing:
            raise serializers.ValidationError(
                {"version": "Send the version you read, so that no change is lost."}
            ) from missing
        serializer.instance = type(self).update_service(
            actor=self.request.user, pk=serializer.instance.pk, version=version, **serializer.validated_data
        )
