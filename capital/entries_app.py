"""What entries register with lower apps, once, when the app is ready."""

from leads.choices import PairKind


def register() -> None:
    from capital import imports, integrity, returns_closing, tasks  # noqa: F401  (tasks declares the jobs)
    from leads.duplicates.relations import carried, declare

    imports.register()
    # Whose money came stays with the record that is kept.
    declare(PairKind.INVESTOR, "capital.CapitalEntry.funder", carried("capital.CapitalEntry.funder"))
    integrity.register()
    returns_closing.register()
