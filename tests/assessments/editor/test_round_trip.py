"""Every part of every worked scheme, opened and saved as it is, keeps the document's hash."""

from django.template.loader import render_to_string

from assessments.schemes.editing.desk import Desk
from assessments.schemes.editing.places import LISTS, SINGLES, get, place_at
from rules import scheme as rules
from rules.trace import canonical_json
from tests.rules.cases import params
from tests.rules.test_scheme import build
from tests.support.form_data import form_data


def addresses(document):
    """Every form that the document has."""
    found = ["", *(f"inputs/{code}" for code in document["inputs"])]
    for number, group in enumerate(document["groups"]):
        found.append(f"groups/{number}")
        found += [f"groups/{number}/{name}" for name in SINGLES if group.get(name) is not None]
        found += [
            f"groups/{number}/{name}/{row}" for name in LISTS for row in range(len(group.get(name) or []))
        ]
    return found


def opened_and_saved(desk, place):
    """The document after a form was opened and sent as it was."""
    html = render_to_string(
        "assessments/editor/_form.html",
        {"groups_of_form": desk.draw(place), "place": place, "place_url": "/", "form_version": 1},
    )
    return desk.with_part(place, desk.read(place, form_data(html, "ed-form")))


def unchanged(scheme, seen):
    """Each part that wasn't seen yet in another document."""
    document, sha = rules.write(scheme), rules.sha256(scheme)
    desk = Desk(document, ())
    for address in addresses(document):
        place = place_at(document, address)
        part = canonical_json([place.model.__name__, get(document, place.path)]) if place.path else address
        if part in seen:
            continue
        seen.add(part)
        again, problems = rules.read(opened_and_saved(desk, place))
        assert again is not None, (address, problems)
        assert get(rules.write(again), place.path) == get(document, place.path), address
        assert rules.sha256(again) == sha, address


def test_a_part_that_is_saved_as_it_is_changes_nothing():
    seen = set()
    for param in params("scheme"):
        scheme, _facts = build(*param.values)
        unchanged(scheme, seen)
    assert len(seen) > 150
