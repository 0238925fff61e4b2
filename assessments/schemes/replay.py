"""A stored run, calculated again: its scheme, its facts, its result with every trace (docs/algorithms/scoring.md)."""

from __future__ import annotations

import hashlib

from assessments.models import SchemeRun
from assessments.schemes.rulebook import read_version
from rules import scheme as rules
from rules.trace import canonical_json


def scheme_of(run: SchemeRun) -> rules.Scheme:
    """The document that the run was scored by."""
    return read_version(run.version)


def facts_of(run: SchemeRun) -> rules.Facts:
    """The figures that the run was scored from, each with where it came from."""
    facts, problems = rules.read_facts(run.facts, scheme_of(run))
    if facts is None or problems:
        raise ValueError(f"run {run.pk}: {problems[0].path} {problems[0].code}")
    return facts


def result_of(run: SchemeRun, group: str = "") -> rules.Result:
    """The result of a run, or of one of its groups alone: the same as when it was computed."""
    scheme = scheme_of(run)
    if group:
        scheme = scheme.model_copy(
            update={"groups": tuple(one for one in scheme.groups if one.code == group)}
        )
    return rules.score(scheme, facts_of(run), run.version.key)


def digest(result: rules.Result) -> str:
    """The hash of a whole result with its traces."""
    return hashlib.sha256(canonical_json(result.to_document())).hexdigest()
