"""What rules register with lower apps, once, when the app is ready."""

from leads import shipping
from projects import sections


def register() -> None:
    from capital import charting, shipped_rules

    for name, load, count in (
        (shipped_rules.RULES, shipped_rules.load_rules, shipped_rules.count_rules),
        (shipped_rules.TERMS, shipped_rules.load_terms, shipped_rules.count_terms),
    ):
        shipping.ships(name, load, count, folder=shipped_rules.FOLDER)
    sections.also("capital", charting.arrived)
    sections.also("capital", charting.formed)
