# SPDX-License-Identifier: BSD-2-Clause-Patent
"""check_jsonl must not pass bad files: a good one is spoiled in one place at a time. For pytest."""

import json
import random
from pathlib import Path

import pytest

import check_jsonl

GOLDEN = Path(__file__).parent / "golden/results.jsonl"


def lines():
    return [json.loads(line) for line in GOLDEN.read_text().splitlines()]


def problems(tmp_path, objects_or_bytes):
    path = tmp_path / "results.jsonl"
    if not isinstance(objects_or_bytes, bytes):
        objects_or_bytes = "".join(json.dumps(o) + "\n" for o in objects_or_bytes).encode()
    path.write_bytes(objects_or_bytes)
    return check_jsonl.problems(path)


def test_good(tmp_path):
    assert problems(tmp_path, lines()) == []


def renumbered(objects):
    """With the sequence in order again: the gap must not be all that is noticed."""
    for number, line in enumerate(objects):
        line["sequenceNumber"] = number
    return objects


def is_important(line):
    """Whether the file is bad without the line."""
    step, run = line.get("testStepArtifact", {}), line.get("testRunArtifact", {})
    name = step.get("extension", {}).get("name")
    return ("schemaVersion" in line or "testRunStart" in run or "testRunEnd" in run or "diagnosis" in step
            or "testStepStart" in step or "testStepEnd" in step or name in ("finding", "check")
            or run.get("log", {}).get("message", "").startswith("KIRIWAKE END"))


@pytest.mark.parametrize("index", [i for i, line in enumerate(lines()) if is_important(line)])
def test_line_missing(tmp_path, index):
    objects = lines()
    del objects[index]
    assert problems(tmp_path, renumbered(objects))


@pytest.mark.parametrize("index", range(len(lines())))
def test_line_twice(tmp_path, index):
    objects = lines()
    objects.insert(index, objects[index])
    assert problems(tmp_path, objects), "the sequence repeats"


def test_cut_anywhere(tmp_path):
    whole = GOLDEN.read_bytes()
    rng = random.Random(1)
    for cut in [0, 1, len(whole) - 1, *(rng.randrange(len(whole)) for _ in range(20))]:
        assert problems(tmp_path, whole[:cut]), f"cut at {cut}"


SPOILS = {
    "NaN": (b'"value":1234.567', b'"value":NaN'),
    "beyond ASCII": (b"Samsung", b"S\xc3\xa4msung"),
    "carriage returns": (b"\n", b"\r\n"),
    "tabs between values": (b',"timestamp"', b',\t"timestamp"'),
    "blank line": (b"\n", b"\n\n"),
    "a member twice": (b'"testRunEnd":{', b'"testRunEnd":{"status":"COMPLETE",'),
    "unknown code": (b"net-duplicate-ip", b"net-duplicate-pi"),
    "address as a number": (b'"status":"0x8000000000000007"', b'"address":17'),
    "other verdict at the end": (b"END verdict=FAIL", b"END verdict=PASS"),
    "no such verdict": (b"END verdict=FAIL", b"END verdict=GOOD"),
    "count too high": (b"checks=5 pass=2", b"checks=6 pass=3"),
    "passed in testRunEnd": (b'"result":"FAIL"', b'"result":"PASS"'),
    "check better than its diagnosis": (b'"id":"net.duplicate-ip","verdict":"FAIL"',
                                        b'"id":"net.duplicate-ip","verdict":"PASS"'),
    "name is not the id": (b'"testStepStart":{"name":"net.duplicate-ip"', b'"testStepStart":{"name":"net.ping"'),
    "time runs backwards": (b"2024-02-29T00:00:00.000Z", b"2024-03-29T00:00:00.000Z"),
}


@pytest.mark.parametrize("name", SPOILS)
def test_spoiled(tmp_path, name):
    good, bad = SPOILS[name]
    whole = GOLDEN.read_bytes()
    assert good in whole
    assert problems(tmp_path, whole.replace(good, bad, 1))


@pytest.mark.parametrize("junk", [b"[]\n", b"null\n", b'{"testStepArtifact":7}\n', b'{"testStepArtifact":{}}\n', b"\0\n",
                                  b'{"testRunArtifact":{"log":3}}\n', b"\n"])
def test_junk(tmp_path, junk):
    assert problems(tmp_path, junk)
