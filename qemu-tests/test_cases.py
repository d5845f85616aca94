# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Every case of cases.py is one test. What it left behind is in build/qemu/NAME/."""

import json

import pytest

from cases import CASES
from judge import judge, play
from machine import BUILD

TAIL = 30  # lines of the serial log shown when a case goes wrong


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case):
    directory = BUILD / "qemu" / case.name
    run, result = play(case, directory)
    problems = judge(case, run, result)
    outcome = {
        "name": case.name,
        "verdict": result.verdict,
        "seconds": round(result.seconds, 1),
        "second_owner_s": result.first_verdict_s,
        "problems": problems,
    }
    (directory / "outcome.json").write_text(json.dumps(outcome))
    run.tidy(keep=bool(problems))
    tail = "\n".join(result.serial.replace("\r", "").splitlines()[-TAIL:])
    assert not problems, "\n".join([*problems, f"--- end of {directory}/serial.log:", tail])
