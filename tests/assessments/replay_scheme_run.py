"""Replays a stored run (standard input: document, facts, version) in a process of its own; prints the hash of its
result."""

import json
import sys

import django

django.setup()

from assessments.schemes.replay import digest  # noqa: E402 (after the set-up)
from rules import scheme as rules  # noqa: E402

given = json.load(sys.stdin)
scheme, problems = rules.read(given["document"])
assert scheme is not None, problems
facts, problems = rules.read_facts(given["facts"], scheme)
assert facts is not None, problems
sys.stdout.write(digest(rules.score(scheme, facts, given["version"])))
