"""The demo: parts that apps register, loaded one after the other, and the accounts to try it with.

A part is whole or not there: loading twice adds nothing. What a part holds stands in YAML beside its loader, and
everything goes in through the services, under the clock of the day on which it is said to have happened.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from common.actors import System
from common.errors import Refused
from organizations import services
from organizations.choices import Role
from organizations.models import Unit, User

ROOT = "demo"  # the unit above everything in the demo
DEMO = System("demo")
SINCE = date(2019, 1, 1)  # roles of the accounts


@dataclass(frozen=True, slots=True)
class Account:
    username: str
    name: str
    role: str
    unit: str  # the code of the unit where the role is held


@dataclass(frozen=True, slots=True)
class Part:
    """`load` writes everything and says what, in numbers. It runs in a transaction, after the parts before it."""

    name: str
    order: int
    is_loaded: Callable[[], bool]
    load: Callable[[], dict[str, int]]
    accounts: tuple[Account, ...] = ()


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Called once for each part, when its app is ready."""
    _parts[part.name] = part


def parts() -> tuple[Part, ...]:
    """All parts in the order of loading."""
    return tuple(sorted(_parts.values(), key=lambda part: (part.order, part.name)))


def accounts() -> tuple[Account, ...]:
    """The accounts of all parts."""
    return tuple(account for part in parts() for account in part.accounts)


def load(only: Iterable[str] = ()) -> dict[str, dict[str, int]]:
    """Load what is missing, all parts or those named; each part with what it said, {} when it was there.

    Raises Refused in an installation with units of its own.
    """
    wanted, done = set(only), {}
    for part in parts():
        if wanted and part.name not in wanted:
            continue
        with transaction.atomic(), _all_or_nothing():
            done[part.name] = {} if part.is_loaded() else part.load()
    return done


@contextmanager
def _all_or_nothing() -> Iterator[None]:
    """The services set no savepoints (a third of all queries): where one fails, the part is given up as a whole.

    Whoever caught that failure and went on would get a TransactionManagementError.
    """
    features = connection.features
    kept, features.uses_savepoints = features.uses_savepoints, False
    try:
        yield
    finally:
        features.uses_savepoints = kept


def unit(code: str) -> Unit:
    return Unit.objects.unscoped(reason="demo data").get(code=code)


def user(username: str) -> User:
    return User.objects.unscoped(reason="demo data").select_related("unit").get(username=username)


def account_make(account: Account, home: Unit | None = None) -> User:
    """The account with its role; it belongs to `home`, or to the unit of the role."""
    held = unit(account.unit)
    made = services.user_create(
        actor=DEMO,
        username=account.username,
        name=account.name,
        unit=home or held,
        password=new_password(),
    )
    services.role_grant(actor=DEMO, user=made, role=Role(account.role), unit=held, valid_from=SINCE)
    return made


def new_password() -> str:
    """A password that meets the rules; printed once, never stored."""
    return f"{secrets.token_urlsafe(9)}-Aa1"


@transaction.atomic
def new_passwords() -> list[tuple[Account, str]]:
    """Give every account of the loaded parts a fresh password. Raises Refused when nothing is loaded."""
    made = []
    for part in parts():
        for account in part.accounts if part.is_loaded() else ():
            password = new_password()
            services.password_set(actor=DEMO, user=user(account.username), password=password)
            made.append((account, password))
    if not made:
        raise Refused("The demo is not loaded: run manage.py demo load first.")
    return made
