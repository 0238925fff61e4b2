from .base import Crumbs, Page, action, write
from .bulk import BulkPage
from .forms import FormPage
from .rows import ArchivePage, CreatePage, DetailPage, ListPage, UpdatePage

__all__ = [
    "ArchivePage",
    "BulkPage",
    "CreatePage",
    "Crumbs",
    "DetailPage",
    "FormPage",
    "ListPage",
    "Page",
    "UpdatePage",
    "action",
    "write",
]
