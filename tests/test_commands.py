# SPDX-License-Identifier: BSD-2-Clause-Patent
"""build/kiriwake from the outside: its commands, and what it makes of records that somebody spoilt."""
import contextlib
import copy
import json
import pathlib
import random
import subprocess

import check_pages
import pytest

PROGRAM = pathlib.Path(__file__).parent.parent / "build/kiriwake"
HOSTILE = "a\x1b[2J\x07<b>]]>\"'&\\\n\r\t\x00\u202e\ud800\u00e9"
WRONG_TYPES = [-1, 10**25, 0.5, None, [HOSTILE], {HOSTILE: HOSTILE}]
PARTS = ["--disk", "size=16M,bad=1000", "--disk", "size=16M,lies=200", "--fault", "stuck=0x100008:5:1", "--nic", "gateway=10.0.2.2",
         "--nic", "owner=10.0.2.15@52:54:00:00:00:99", "net.ip=10.0.2.15/24", "nett.ip=1", "profile=quick"]


def kiriwake(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, timeout=60)


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """The directory of a run in which much was found."""
    log = tmp_path_factory.mktemp("log")
    assert kiriwake("--log", log, *PARTS).returncode == 1
    return log / "runs/0001"


@pytest.fixture(scope="session")
def lines(run):
    return (run / "results.jsonl").read_text("ascii").splitlines()


def is_plain(text):
    return all(byte == 10 or 32 <= byte < 127 for byte in text)


def report(directory, records):
    """Whatever the records are, the pages of them are well-formed and can be shown."""
    (directory / "results.jsonl").write_bytes(records)
    (directory / "log.txt").unlink(missing_ok=True)
    done = kiriwake("report", directory)
    assert done.returncode == 0, done.stderr
    assert is_plain(done.stdout) and is_plain((directory / "log.txt").read_bytes())
    assert check_pages.problems(directory) == []
    return done.stdout.decode("ascii")


def places(value, path=()):
    """Every place inside a value; of a list the first two elements."""
    children = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, child in children:
        yield path + (key,)
        yield from places(child, path + (key,))


def kinds_of_places(records):
    """{what kind of place it is: [(record, path)]}"""
    found = {}
    for number, record in enumerate(records):
        extension = record.get("testStepArtifact", {}).get("extension", {}).get("name")
        for path in places(record):
            kind = extension, tuple("*" if isinstance(key, int) else key for key in path)
            found.setdefault(kind, []).append((number, path))
    return found


def put(record, path, value):
    for key in path[:-1]:
        record = record[key]
    record[path[-1]] = value


def test_same_bytes(run, tmp_path):
    (tmp_path / "results.jsonl").write_bytes((run / "results.jsonl").read_bytes())
    assert kiriwake("report", tmp_path).returncode == 0
    for name in ("report.html", "junit.xml", "metrics.prom"):
        assert (tmp_path / name).read_bytes() == (run / name).read_bytes(), name
    assert (tmp_path / "log.txt").read_bytes() == (run / "log.txt").read_bytes()


def test_hostile_everywhere(lines, tmp_path):
    """Text of any content, and values of a wrong type, in each place where a record has a value."""
    originals = [json.loads(line) for line in lines]
    kinds = list(kinds_of_places(originals).values())
    for number in range(0, len(kinds), 6):
        for value in (HOSTILE, WRONG_TYPES[number % len(WRONG_TYPES)]):
            spoilt = copy.deepcopy(originals)
            for record, path in sum((where[:40] for where in kinds[number:number + 6]), []):
                with contextlib.suppress(TypeError, KeyError, IndexError):  # inside what was spoilt before
                    put(spoilt[record], path, value)
            report(tmp_path, "\n".join(map(json.dumps, spoilt)).encode() + b"\n")


def test_torn_and_mixed(lines, tmp_path):
    chance = random.Random(1)
    whole = "\n".join(lines).encode() + b"\n"
    for _ in range(15):
        report(tmp_path, whole[:chance.randrange(2000, len(whole))])
        report(tmp_path, "\n".join(chance.sample(lines, len(lines) // 2)).encode())
        spoilt = bytearray(whole)
        for _ in range(chance.choice([1, 30, 1000])):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        report(tmp_path, bytes(spoilt))
    report(tmp_path, b"[" * 10**6 + b"\n" + b'{"a":' * 10**5 + b"\n" + b"x" * 10**6 + b"\n" + whole + b'"' * 10**6)


def test_nothing_to_report(tmp_path):
    """Where there is no record, nothing is left behind."""
    for records in (b"", b"\n\n", b"{}\n", b'{"schemaVersion":{"major":9,"minor":0}}\n', b"\0" * 4096):
        (tmp_path / "results.jsonl").write_bytes(records)
        done = kiriwake("report", tmp_path)
        assert done.returncode == 64 and b"no record" in done.stderr
        assert [path.name for path in tmp_path.iterdir()] == ["results.jsonl"]
    assert kiriwake("report", tmp_path / "nowhere").returncode == 64


def test_later_schema(lines, tmp_path):
    """What is new is left out, and that it is; what is known is read all the same."""
    (tmp_path / "results.jsonl").write_text("\n".join([lines[0].replace('"major":2', '"major":3'), '{"novelty":[1]}', *lines[1:]]))
    done = kiriwake("report", tmp_path)
    assert done.returncode == 0 and b"schema 3" in done.stderr and b"Verdict: FAIL" in done.stdout


@pytest.mark.parametrize("words", ["report", "report a b c", "docs", "docs nothing", "code", "code a b c", "compare a", "compare", "help me"])
def test_wrong_usage(words):
    done = kiriwake(*words.split())
    assert done.returncode == 64 and b"kiriwake report DIR" in done.stderr and done.stdout == b""


@pytest.mark.parametrize("words, status, says", [
    ("B8XG-FAVX", 0, "disk-read-error"),
    ("b8xgfavx", 0, "disk-read-error"),
    ("B8XG-FAVX S3Z9NB0K", 0, "serial number fits"),
    ("B8XG-FAVX S3Z9NB0L", 1, "of another part"),
    ("B8XH-ooo4", 0, "disk, number 0, without"),
    ("B8XH-0004 S3Z9NB0K", 1, "the part had none"),
    ("B8XG-FAVY", 64, "mistyped"),
    ("UUUU-UUUU", 64, "not a failure code"),
    ("----", 64, "not a failure code"),
])
def test_codes(words, status, says):
    done = kiriwake("code", *words.split())
    assert done.returncode == status and says.encode() in done.stdout + done.stderr


def test_compare(run, tmp_path):
    same = kiriwake("compare", run, run)
    assert same.returncode == 0 and same.stdout.splitlines()[2:] == [b"Nothing changed."]
    (tmp_path / "results.jsonl").write_bytes(b"")
    assert kiriwake("compare", run, tmp_path).returncode == 64
    assert kiriwake("compare", run, tmp_path / "nowhere").returncode == 64
