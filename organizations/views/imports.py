"""The templates of the directory's imports. Their course is on the pages of `common/views/imports/`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from common import exporting, imports
from common.access import Action
from common.errors import Denied, NotVisible
from common.views import Page
from organizations.imports.base import DirectoryImporter


class DirectoryTemplate(Page):
    kind = "import"
    needs = Action.IMPORT

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        importer = imports.importer_of(self.kwargs["code"])
        if not isinstance(importer, DirectoryImporter):
            raise NotVisible
        if importer not in imports.offered_to(self.actor):
            raise Denied
        response = HttpResponse(importer.template(self.actor), content_type=exporting.XLSX)
        response["Content-Disposition"] = f'attachment; filename="{importer.code}.xlsx"'
        return response
