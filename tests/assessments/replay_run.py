"""Replays a run's inputs (standard input) in a process of its own; prints the document's canonical bytes."""

import json
import sys

import django

django.setup()

from assessments.rankings import compute  # noqa: E402 (after the set-up)
from rules.trace import canonical_json  # noqa: E402

sys.stdout.buffer.write(canonical_json(compute(json.load(sys.stdin)).to_document()))
