"""Addresses of pages that other modules bring: the editor's and the results'."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse


def page(name: str, pk: int) -> str:
    """The address of a row's page; "" where there is no such page in this installation."""
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return ""
