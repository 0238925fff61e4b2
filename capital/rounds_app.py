"""What rounds, opening balances and the demo register with lower apps, once, when the app is ready."""

from capital import rounds_telling
from capital.demo import loading
from capital.imports.openings import OpeningImporter
from common import imports


def register() -> None:
    rounds_telling.register()
    imports.register(OpeningImporter())
    loading.register()
