"""Pages of the scheme editor: one for each part of a draft, for its figures, for the file (docs/scheme-editor.md)."""

from .figures import SchemeFigures
from .files import SchemeImport, SchemeUndo
from .part import SchemeEditor

__all__ = ["SchemeEditor", "SchemeFigures", "SchemeImport", "SchemeUndo"]
