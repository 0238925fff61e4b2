from .base import Crumbs, Page, action, write
from .rows import ArchivePage, CreatePage, DetailPage, ListPage, UpdatePage

__all__ = [
    "ArchivePage",
    "CreatePage",
    "Crumbs",
    "DetailPage",
    "ListPage",
    "Page",
    "UpdatePage",
    "action",
    "write",
]
