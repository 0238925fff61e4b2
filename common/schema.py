"""How our view sets describe themselves in the API document, beyond what the framework sees."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from common.rest import FILES

BINARY = {"schema": {"type": "string", "format": "binary"}}
PARAMETERS = (
    OpenApiParameter(
        "columns", str, many=True, description="Of a file: its columns by name; the usual ones when left out."
    ),
    OpenApiParameter(
        "sort", str, many=True, description="Of a file: the columns it is ordered by, with - downwards."
    ),
)
# What `common.rest.problem` answers with.
REFUSAL = {
    "type": "object",
    "description": "A refusal: why in words, and beside which field.",
    "properties": {
        "code": {"type": "string", "description": "Stable, for programs."},
        "message": {"type": "string", "description": "For people."},
        "fields": {"type": "object", "additionalProperties": {}},
        "request_id": {"type": "string", "description": "The event number, to be found in the logs."},
    },
    "required": ["code", "fields", "message", "request_id"],
}


def refusals(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Hook of the API document: every address may refuse, and all do it in the one error format."""
    result["components"]["schemas"]["Refusal"] = REFUSAL
    body = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    for methods in result["paths"].values():
        for operation in methods.values():
            operation["responses"]["4XX"] = {"description": "Refused, with the reason.", "content": body}
    return result


class Schema(AutoSchema):
    """A list that is also given as a file (`ReadViewSet.list_page`) says so."""

    def get_override_parameters(self) -> list[Any]:
        files = getattr(self.view, "list_page", "") and getattr(self.view, "action", "") == "list"
        return [*super().get_override_parameters(), *(PARAMETERS if files else ())]

    def _get_response_for_code(self, *args: Any, **kwargs: Any) -> Any:
        found = super()._get_response_for_code(*args, **kwargs)
        for renderer in FILES:
            if renderer.media_type in found.get("content", {}):
                found["content"][renderer.media_type] = BINARY
        return found
