from datetime import date

import pytest

from assessments import services
from tests.support.clients import sign_in
from tests.support.factories import RoleGrantFactory, UserFactory
from tests.support.form_data import form_data


@pytest.fixture
def staff(tree):
    user = UserFactory()
    RoleGrantFactory(user=user, unit=tree.city, role="bureau_staff")
    return user


@pytest.fixture
def draft(tree, staff):
    """An empty draft."""
    scheme = services.scheme_create(
        actor=staff, owner=tree.city, code="specialist-teams", name="产业专班招商引资绩效评价"
    )
    return services.schemeversion_draft(actor=staff, scheme=scheme, since=date(2026, 1, 1))


class Clerk:
    """Fills in the editor's forms as a browser does: a form is opened, some fields are typed, the rest is sent as it
    was shown."""

    def __init__(self, client, row):
        self.client, self.pk = client, row.pk

    def url(self, address="", query=""):
        part = f"{address}/" if address else ""
        return f"/schemes/versions/{self.pk}/edit/{part}{query}"

    def open(self, address="", query=""):
        answer = self.client.get(self.url(address, query))
        assert answer.status_code == 200, answer.status_code
        return form_data(answer.content.decode(), "ed-form")

    def send(self, data, address="", query="", **more):
        return self.client.post(
            self.url(address, query), data.urlencode(), "application/x-www-form-urlencoded", **more
        )

    def fill(self, address="", query="", leave_out=(), **typed):
        """Save a form with these fields typed; "__" stands for a point in a name. Returns where it leads."""
        data = self.open(address, query)
        for name, value in typed.items():
            data[name.replace("__", ".")] = value
        for name in leave_out:
            data.pop(name, None)
        answer = self.send(data, address, query)
        assert answer.status_code == 302, answer.content.decode()
        return answer["Location"]

    def redraw(self, data, address="", what="redraw", query=""):
        """The form as it is drawn anew after a choice."""
        data["_do"] = what
        answer = self.send(data, address, query)
        assert answer.status_code == 200
        return form_data(answer.content.decode(), "ed-form")


@pytest.fixture
def clerk(client, staff, draft, english):
    return Clerk(sign_in(client, staff), draft)
