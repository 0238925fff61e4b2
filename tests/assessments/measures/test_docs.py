"""The guide lists every base and every filter as the registry has them."""

from pathlib import Path

from django.utils import translation

from assessments.measures.base import BASES, DERIVED
from assessments.measures.filters import SPECS

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "measures.md"


def part(name):
    text = GUIDE.read_text(encoding="utf-8")
    return text.partition(f"<!-- {name} -->\n")[2].partition(f"<!-- /{name} -->")[0]


def bases():
    """Counted and worked out, each with unit, nature and filters."""
    lines = ["| code | what it counts | unit | nature | filters |", "|---|---|---|---|---|"]
    for one in (*BASES, *DERIVED):
        filters = ", ".join(f"`{name}`" for name in SPECS if name in one.allowed) or "of its measure"
        lines.append(
            f"| `{one.code}` | {one.title}. {one.definition} | {one.unit} | {one.nature} | {filters} |"
        )
    return "\n".join(lines) + "\n"


def filters():
    lines = ["| filter | what it says | values |", "|---|---|---|"]
    for name, spec in SPECS.items():
        values = (
            ", ".join(f"`{code}`" for code in spec.words) if spec.words else f"as `{spec.pattern.pattern}`"
        )
        values = values.replace("|", "\\|") + (", one or several" if spec.many else "")
        said = f"{spec.title}. {spec.help}" if spec.help else f"{spec.title}."
        lines.append(f"| `{name}` | {said} | {values} |")
    return "\n".join(lines) + "\n"


def test_the_guide_lists_what_can_be_counted():
    with translation.override("en"):
        assert part("bases") == bases()


def test_the_guide_lists_the_filters():
    with translation.override("en"):
        assert part("filters") == filters()
