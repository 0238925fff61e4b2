from .base import Crumbs, Page, action, write
from .board import BoardPage
from .bulk import BulkPage
from .forms import FormPage
from .picker import PickerPage, RowPicker
from .rows import ArchivePage, CreatePage, DetailPage, ListPage, UpdatePage

__all__ = [
    "ArchivePage",
    "BoardPage",
    "BulkPage",
    "CreatePage",
    "Crumbs",
    "DetailPage",
    "FormPage",
    "ListPage",
    "Page",
    "PickerPage",
    "RowPicker",
    "UpdatePage",
    "action",
    "write",
]
