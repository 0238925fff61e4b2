"""Targets: reading those that hold, the grid in which they are entered, and what is said of them."""
