"""Behaviour, case by case, against what TensorFlow 1.15 recorded.

A case whose outcomes differ has to say so, with a reason out of docs/differences.md, in one of the
tables tests/differences_*.py; one that says so has to differ, so the tables cannot grow stale.
"""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path

import pytest

from tests import cases_golden, cases_more
from tests.case_runner import differing, run_case

HERE = Path(__file__).parent
CASES = dict(cases_golden.CASES) | dict(cases_more.CASES)
RECORDED = {
    case_id: case["out"]
    for name in ("tf115_cases.json", "tf115_cases_more.json")
    for case_id, case in json.loads((HERE / "data" / name).read_text())["cases"].items()
}


def _table(name):
    try:
        return importlib.import_module(f"tests.{name}").DIFFERENCES
    except ModuleNotFoundError:
        return {}


# case -> the reason why the whole of it differs, or for each outcome that does its reason.
DIFFERENCES = _table("differences_sessions") | _table("differences_ops")


def _reasons():
    """The reasons that docs/differences.md gives: the second cell of each row."""
    text = (HERE.parent / "docs" / "differences.md").read_text()
    return re.findall(r"^\| *\d+ *\| `([\w-]+)` \|", text, re.MULTILINE)


@pytest.mark.parametrize("case_id", CASES)
def test_outcomes_are_tensorflow_s(case_id):
    found = differing(RECORDED[case_id], run_case(case_id, CASES[case_id]))
    listed = DIFFERENCES.get(case_id, {})
    if isinstance(listed, str):
        assert found, f"{case_id} agrees now: take it out of the table"
        return
    unlisted = {i: pair for i, pair in found.items() if i not in listed}
    told = [f"#{i}\n  TF   {theirs}\n  ours {ours}" for i, (theirs, ours) in unlisted.items()]
    assert not unlisted, "\n".join(told)
    stale = sorted(set(listed) - set(found))
    assert not stale, f"{case_id}: outcomes {stale} agree now: take them out of the table"


def test_every_reason_is_documented():
    used = {
        reason
        for listed in DIFFERENCES.values()
        for reason in ([listed] if isinstance(listed, str) else listed.values())
    }
    reasons = _reasons()
    assert len(reasons) == len(set(reasons)) <= 40
    assert used <= set(reasons), used - set(reasons)
    assert set(DIFFERENCES) <= set(CASES)
