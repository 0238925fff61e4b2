"""The templates of the directory's imports. Their course is on the pages of `common/views/imports/`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from common import exporting, imports
from common.access import Action
from common.errors import NotVisible
from common.views import Page
from organizations.imports.base import DirectoryImporter
from organizations.imports.template import build_template
from organizations.models import Unit


class DirectoryTemplate(Page):
    kind = "import"
    needs = Action.IMPORT

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        importer = imports.importer_of(self.kwargs["code"])
        if not isinstance(importer, DirectoryImporter):
            raise NotVisible
        units = Unit.objects.allowed_to(self.actor, Action.CHANGE).filter(archived_at=None).order_by("path")
        response = HttpResponse(build_template(importer, units), content_type=exporting.XLSX)
        response["Content-Disposition"] = f'attachment; filename="{importer.code}.xlsx"'
        return response
