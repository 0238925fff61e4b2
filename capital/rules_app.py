"""What rules register with lower apps, once, when the app is ready."""

from common.changelog import tell
from leads import shipping
from projects import sections


def register() -> None:
    from capital import charting, project_panel, shipped_rules, ventures
    from capital.models import RecognitionTerms
    from capital.tables.recognition import asked_words

    for name, load, count in (
        (shipped_rules.RULES, shipped_rules.load_rules, shipped_rules.count_rules),
        (shipped_rules.TERMS, shipped_rules.load_terms, shipped_rules.count_terms),
    ):
        shipping.ships(name, load, count, folder=shipped_rules.FOLDER)
    tell(RecognitionTerms, "evidence", asked_words)
    sections.also("", project_panel.recent)
    sections.also("capital", ventures.drawn)
    sections.also("capital", charting.arrived)
    sections.also("capital", charting.formed)
