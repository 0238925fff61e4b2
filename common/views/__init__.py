from .base import Page, action, write
from .rows import ArchivePage, CreatePage, DetailPage, ListPage, UpdatePage

__all__ = ["ArchivePage", "CreatePage", "DetailPage", "ListPage", "Page", "UpdatePage", "action", "write"]
