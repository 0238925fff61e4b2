"""Schemes as data: the words of their problems and results (the arithmetic is `rules/scheme/`)."""
