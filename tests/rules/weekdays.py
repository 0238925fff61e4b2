"""A working-day calendar for the rules' tests: Monday to Friday, and no holidays."""

from reference.workdays import WorkCalendar

WEEKDAYS = WorkCalendar(frozenset(range(2020, 2041)), frozenset(), frozenset())
