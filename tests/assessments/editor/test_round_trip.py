"""Every part of every worked scheme, opened and saved as it is, keeps the document's hash."""

import pytest
from django.template.loader import render_to_string

from assessments.schemes.editing.desk import Desk
from assessments.schemes.editing.places import LISTS, SINGLES, get, place_at
from rules import scheme as rules
from tests.rules.cases import documents
from tests.support.form_data import form_data

EVERY = "tests/support/every_construct.yaml"


def schemes():
    """The documents of the worked cases, and of single cases that have one of their own."""
    found = {}
    for stem, document in documents("scheme"):
        for number, one in enumerate([document, *document["cases"]]):
            if "scheme" in one:
                found[f"{stem}.{number}"] = one["scheme"]
    return found


SCHEMES = schemes()


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


def opened_and_saved(desk, address):
    """The document after a form was opened and sent as it was."""
    place = place_at(desk.document, address)
    assert place is not None, address
    html = render_to_string(
        "assessments/editor/_form.html",
        {"groups_of_form": desk.draw(place), "place": place, "place_url": "/", "form_version": 1},
    )
    return desk.with_part(place, desk.read(place, form_data(html, "ed-form")))


@pytest.mark.parametrize("name", SCHEMES)
def test_a_part_that_is_saved_as_it_is_changes_nothing(name):
    scheme, problems = rules.read(SCHEMES[name])
    assert scheme is not None, problems
    document, sha = rules.write(scheme), rules.sha256(scheme)
    desk = Desk(document, ())
    for address in addresses(document):
        saved = opened_and_saved(desk, address)
        again, problems = rules.read(saved)
        assert again is not None, (address, problems)
        assert get(rules.write(again), place_at(document, address).path) == get(
            document, place_at(document, address).path
        ), address
        assert rules.sha256(again) == sha, address
