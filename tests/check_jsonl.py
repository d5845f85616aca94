#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Check results.jsonl files: every line against the OCP Test & Validation schemas 2.0, and the whole file
against our own rules on top of them.

    check_jsonl.py FILE...

The schemas (Draft 2020-12, python3-jsonschema) are looked for in $KIRIWAKE_SCHEMAS, else in
../shared/reference/ocp-diag beside the repository. Without them our own rules are still checked.

Exit status: 0 all is well; 1 problems, one per line on standard output; 2 wrong usage;
             77 our own rules hold but the schemas are not there, so the lines were not validated.
"""
import json
import os
import pathlib
import re
import sys
import warnings

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
ROOT_SCHEMA = "https://github.com/opencomputeproject/ocp-diag-core/output"
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
END_LINE = re.compile(r"KIRIWAKE END verdict=\w+ complete=(yes|no) run=\w+ checks=\d+ pass=\d+ warn=\d+ "
                      r"fail=\d+ error=\d+ skip=\d+")
EXIT_SKIP = 77


def schema_directory():
    return pathlib.Path(os.environ.get("KIRIWAKE_SCHEMAS", REPOSITORY / "../shared/reference/ocp-diag"))


def schemas_available():
    return (schema_directory() / "root.json").is_file()


def make_validator():
    """A validator for one line. The schemas refer to each other by absolute path, so all are preloaded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from jsonschema import Draft202012Validator, RefResolver

        loaded = (json.loads(path.read_text()) for path in sorted(schema_directory().glob("*.json")))
        store = {schema["$id"]: schema for schema in loaded}
        resolver = RefResolver(ROOT_SCHEMA, store[ROOT_SCHEMA], store=store)
        return Draft202012Validator(store[ROOT_SCHEMA], resolver=resolver)


def unique_members(pairs):
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise ValueError(f"a member occurs twice among {names}")
    return dict(pairs)


def read_lines(path, complete):
    """The objects of the file and what is wrong with its text. Unless complete, a torn last line is dropped."""
    wrong, objects = [], []
    text = pathlib.Path(path).read_bytes().decode("ascii", errors="surrogateescape")
    lines = text.split("\n")
    torn = lines.pop()
    if torn and complete:
        wrong.append((len(lines) + 1, "does not end in a newline"))
    for number, line in enumerate(lines, 1):
        try:
            objects.append((number, json.loads(line, object_pairs_hook=unique_members)))
        except ValueError as error:
            wrong.append((number, f"not JSON: {error}"))
    return objects, wrong


class Rules:
    """Our own rules, fed line by line."""

    def __init__(self):
        self.wrong = []
        self.number = 0
        self.sequence = 0
        self.time = ""
        self.hardware = None  # ids in dutInfo; None before testRunStart
        self.step = None  # id of the open step
        self.steps = set()
        self.awaits = None  # the code whose finding extension must come next
        self.log = ""  # the newest log line of the run
        self.ended = False

    def complain(self, text):
        self.wrong.append((self.number, text))

    def feed(self, number, line):
        self.number = number
        if not isinstance(line, dict):
            self.complain("not an object")
            return
        if line.get("sequenceNumber") != self.sequence:
            self.complain(f"sequenceNumber {line.get('sequenceNumber')}, expected {self.sequence}")
        self.sequence += 1
        time = str(line.get("timestamp"))
        if not TIMESTAMP.fullmatch(time) or time < self.time:
            self.complain(f"timestamp {time} after {self.time}")
        self.time = time
        if self.ended:
            self.complain("something follows testRunEnd")
        if number == 1 and "schemaVersion" not in line:
            self.complain("the first line is not schemaVersion")
        awaited, self.awaits = self.awaits, None
        step = line.get("testStepArtifact", {})
        found = step.get("extension", {})
        if awaited and (found.get("name") != "finding" or found["content"].get("code") != awaited):
            self.complain(f"diagnosis {awaited} is not followed by its finding")
        if not awaited and found.get("name") == "finding":
            self.complain("a finding without its diagnosis")
        if "testRunArtifact" in line:
            self.feed_run(line["testRunArtifact"])
        if step:
            self.feed_step(step)

    def feed_run(self, artifact):
        if "testRunStart" in artifact:
            if self.hardware is not None:
                self.complain("a second testRunStart")
            parts = artifact["testRunStart"].get("dutInfo", {}).get("hardwareInfos", [])
            self.hardware = {part.get("hardwareInfoId") for part in parts}
            if len(self.hardware) != len(parts):
                self.complain("a hardwareInfoId occurs twice")
        elif self.hardware is None:
            self.complain("before testRunStart")
        if self.step is not None:
            self.complain(f"of the run, inside step {self.step}")
        if "testRunEnd" in artifact:
            self.ended = True
            if not END_LINE.fullmatch(self.log):
                self.complain("no KIRIWAKE END line in the log before testRunEnd")
        self.log = artifact.get("log", {}).get("message", "")

    def feed_step(self, artifact):
        step = artifact.get("testStepId")
        if "testStepStart" in artifact:
            if self.step is not None:
                self.complain(f"step {step} starts inside {self.step}")
            if step in self.steps:
                self.complain(f"step {step} starts again")
            self.step = step
            self.steps.add(step)
        elif step != self.step:
            self.complain(f"of step {step}, but {self.step or 'none'} is open")
        if "testStepEnd" in artifact:
            self.step = None
        diagnosis = artifact.get("diagnosis", {})
        if diagnosis.get("type") in ("FAIL", "UNKNOWN"):
            self.awaits = diagnosis.get("verdict")
        for user in (diagnosis, artifact.get("measurement", {})):
            part = user.get("hardwareInfoId")
            if part is not None and part not in (self.hardware or ()):
                self.complain(f"hardwareInfoId {part} is not in dutInfo")

    def finish(self):
        if self.step is not None:
            self.complain(f"step {self.step} never ends")
        if self.awaits:
            self.complain(f"diagnosis {self.awaits} is not followed by its finding")
        if not self.ended:
            self.complain("the last line is not testRunEnd")


def problems(path, complete=True):
    """What is wrong with the file, as sentences; an empty list if nothing is. complete=False accepts what a power
    cut leaves: a prefix, its last line torn."""
    objects, wrong = read_lines(path, complete)
    rules = Rules()
    for number, line in objects:
        rules.feed(number, line)
    if complete:
        rules.finish()
    wrong += rules.wrong
    if schemas_available():
        validator = make_validator()
        for number, line in objects:
            wrong += [(number, f"schema: {error.message} at /{'/'.join(map(str, error.absolute_path))}")
                      for error in validator.iter_errors(line)]
    return [f"{path}:{number}: {text}" for number, text in sorted(wrong)]


def main(paths):
    if not paths:
        print(__doc__)
        return 2
    found = [problem for path in paths for problem in problems(path)]
    for problem in found:
        print(problem)
    if found:
        return 1
    if not schemas_available():
        print(f"check_jsonl: skipped schema validation: no schemas in {schema_directory()}")
        return EXIT_SKIP
    print(f"check_jsonl: {len(paths)} passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
