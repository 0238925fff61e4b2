"""The first-contact certificate: what it says, its check sum, and its address."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import UTC, date

from common import clock
from common.serials import next_number
from leads.models import FirstContact, Lead

FIELDS = ("number", "token", "unit_name", "officer_name", "investor_name", "lead_name")


def content(paper: FirstContact) -> str:
    """What the check sum covers, the same text for ever: keys sorted, times in UTC, characters as they are."""
    said = {name: getattr(paper, name) for name in FIELDS}
    said |= {
        "lead": paper.lead_id,
        "unit": paper.unit_id,
        "issued_at": paper.issued_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "first_until": paper.first_until.isoformat(),
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(paper: FirstContact) -> str:
    """SHA-256 of the content, 64 hexadecimal digits."""
    return hashlib.sha256(content(paper).encode()).hexdigest()


def is_genuine(paper: FirstContact) -> bool:
    """Whether the record still says what it said when it was issued."""
    return secrets.compare_digest(paper.sha256, digest(paper))


def issue(lead: Lead, first_until: date) -> FirstContact:
    """A certificate of the lead as it stands now. The number runs without gaps within the year."""
    now = clock.now()
    year = clock.today().year
    paper = FirstContact(
        number=f"S{year}-{next_number(f'first-contact-{year}'):06d}",
        token=secrets.token_hex(16),
        lead=lead,
        unit=lead.unit,
        unit_name=lead.unit.name,
        officer_name=lead.officer.name if lead.officer else "",
        investor_name=lead.investor.name,
        lead_name=lead.name,
        issued_at=now,
        first_until=first_until,
    )
    paper.sha256 = digest(paper)
    paper.save(force_insert=True)
    return paper
