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
VERDICTS = ("SKIP", "PASS", "WARN", "ERROR", "FAIL")  # from the least to the worst: folding is max
END_LINE = re.compile(rf"KIRIWAKE END verdict=(?P<verdict>{'|'.join(VERDICTS)}) complete=(yes|no) run=(\d{{4,6}}|none) "
                      r"checks=(?P<checks>\d+) pass=(?P<pass>\d+) warn=(?P<warn>\d+) fail=(?P<fail>\d+) "
                      r"error=(?P<error>\d+) skip=(?P<skip>\d+)")
RUN_ENDS = {"SKIP": ("SKIP", "NOT_APPLICABLE"), "PASS": ("COMPLETE", "PASS"), "WARN": ("COMPLETE", "PASS"),
            "ERROR": ("ERROR", "NOT_APPLICABLE"), "FAIL": ("COMPLETE", "FAIL")}
STEP_STATUS = {"SKIP": "SKIP", "ERROR": "ERROR"}  # of the other verdicts: COMPLETE
HOUSEKEEPING = ("hw.setup", "hw.machine-check")  # always run: their PASS makes no run PASS
TRIAGE = "triage"  # the one step that is no check
HEX_FIELDS = ("address", "expected", "actual", "xor")
IN_WORDS = ("net-unexpected",)  # what was expected of a network is text
HEX = re.compile(r"0x[0-9a-f]+")
CODE = re.compile(r"[a-z]+(-[a-z0-9]+)+")
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


def no_constant(name):
    raise ValueError(f"{name} is no number of JSON")


def finding_codes():
    """The closed list, from the document that is generated from it. None where it is not at hand."""
    document = REPOSITORY / "docs/FINDINGS.md"
    return set(re.findall(r"^## `([a-z0-9-]+)`", document.read_text(), re.M)) if document.is_file() else None


def member(container, name):
    """The object that is the member `name`; an empty one if it is not there or something else."""
    value = container.get(name)
    return value if isinstance(value, dict) else {}


def read_lines(path, complete):
    """The objects of the file and what is wrong with its text. Unless complete, a torn last line is dropped."""
    wrong, objects = [], []
    text = pathlib.Path(path).read_bytes().decode("latin-1")
    lines = text.split("\n")
    torn = lines.pop()
    if torn and complete:
        wrong.append((len(lines) + 1, "does not end in a newline"))
    for number, line in enumerate(lines, 1):
        if not (line.isascii() and line.isprintable()):
            wrong.append((number, "bytes that are not printable ASCII"))
        try:
            objects.append((number, json.loads(line, object_pairs_hook=unique_members, parse_constant=no_constant)))
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
        self.codes = finding_codes()
        self.hardware = None  # ids in dutInfo; None before testRunStart
        self.step = None  # id of the open step
        self.steps = set()
        self.found = []  # verdicts of the diagnoses in the open step
        self.ever_found = set()  # the same of the whole run: a step need not repeat what an earlier one found
        self.check = None  # the open step's "check" extension
        self.counts = dict.fromkeys(VERDICTS, 0)  # of the checks that ended
        self.worst = "SKIP"  # of checks and triage; a housekeeping PASS is no PASS of the machine
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
        self.feed_frame(line)
        step, run = member(line, "testStepArtifact"), member(line, "testRunArtifact")
        self.feed_pair(member(step, "extension"))
        if not step and not run and not (number == 1 and member(line, "schemaVersion")):
            self.complain("neither an artifact nor the first line's schemaVersion")
        if run:
            self.feed_run(run)
        if step:
            self.feed_step(step)

    def feed_frame(self, line):
        """What every line has."""
        if line.get("sequenceNumber") != self.sequence:
            self.complain(f"sequenceNumber {line.get('sequenceNumber')}, expected {self.sequence}")
        self.sequence += 1
        time = str(line.get("timestamp"))
        if not TIMESTAMP.fullmatch(time) or time < self.time:
            self.complain(f"timestamp {time} after {self.time}")
        self.time = time
        if self.ended:
            self.complain("something follows testRunEnd")
        if self.number == 1 and "schemaVersion" not in line:
            self.complain("the first line is not schemaVersion")

    def feed_pair(self, extension):
        """A diagnosis and its finding come in pairs."""
        awaited, self.awaits = self.awaits, None
        is_finding = extension.get("name") == "finding"
        content = member(extension, "content")
        if awaited and (not is_finding or content.get("code") != awaited):
            self.complain(f"diagnosis {awaited} is not followed by its finding")
        if not awaited and is_finding:
            self.complain("a finding without its diagnosis")
        for name in HEX_FIELDS:
            if is_finding and name in content and content.get("code") not in IN_WORDS and not HEX.fullmatch(str(content[name])):
                self.complain(f"{name} is {content[name]!r}, not \"0x...\"")

    def feed_run(self, artifact):
        if "testRunStart" in artifact:
            if self.hardware is not None:
                self.complain("a second testRunStart")
            parts = member(member(artifact, "testRunStart"), "dutInfo").get("hardwareInfos", [])
            self.hardware = {part.get("hardwareInfoId") for part in parts}
            if len(self.hardware) != len(parts):
                self.complain("a hardwareInfoId occurs twice")
        elif self.hardware is None:
            self.complain("before testRunStart")
        if self.step is not None:
            self.complain(f"of the run, inside step {self.step}")
        if "testRunEnd" in artifact:
            self.ended = True
            self.feed_end(member(artifact, "testRunEnd"))
        self.log = str(member(artifact, "log").get("message", ""))

    def feed_end(self, run_end):
        """The END line says what the checks said, and testRunEnd says the same."""
        end = END_LINE.fullmatch(self.log)
        if not end:
            self.complain("no KIRIWAKE END line in the log before testRunEnd")
            return
        for verdict, count in self.counts.items():
            if int(end[verdict.lower()]) != count:
                self.complain(f"END says {verdict.lower()}={end[verdict.lower()]}, the checks say {count}")
        if int(end["checks"]) != sum(self.counts.values()):
            self.complain(f"END says checks={end['checks']}, there are {sum(self.counts.values())}")
        if end["verdict"] != self.worst:
            self.complain(f"END says verdict={end['verdict']}, the checks fold to {self.worst}")
        if (run_end.get("status"), run_end.get("result")) != RUN_ENDS[end["verdict"]]:
            self.complain(f"testRunEnd does not say {end['verdict']}")

    def feed_step(self, artifact):
        step = artifact.get("testStepId")
        if self.hardware is None:
            self.complain("a step before testRunStart")
        if "testStepStart" in artifact:
            self.begin_step(step, member(artifact, "testStepStart").get("name"))
        elif step != self.step:
            self.complain(f"of step {step}, but {self.step or 'none'} is open")
        extension = member(artifact, "extension")
        if extension.get("name") == "check":
            if self.check:
                self.complain("a second check extension in one step")
            self.check = member(extension, "content")
        diagnosis = member(artifact, "diagnosis")
        if diagnosis:
            self.feed_diagnosis(diagnosis)
        for user in (diagnosis, member(artifact, "measurement")):
            part = user.get("hardwareInfoId")
            if part is not None and part not in (self.hardware or ()):
                self.complain(f"hardwareInfoId {part} is not in dutInfo")
        if "testStepEnd" in artifact:
            self.end_step(member(artifact, "testStepEnd").get("status"))

    def begin_step(self, step, name):
        if self.step is not None:
            self.complain(f"step {step} starts inside {self.step}")
        if step in self.steps:
            self.complain(f"step {step} starts again")
        if str(step).split("#")[0] != name:
            self.complain(f"step {step} is named {name}")
        self.step, self.found, self.check = step, [], None
        self.steps.add(step)

    def feed_diagnosis(self, diagnosis):
        code, kind = str(diagnosis.get("verdict")), diagnosis.get("type")
        if kind == "PASS":
            self.found.append("PASS")
            return
        self.found.append("FAIL" if kind == "FAIL" else "WARN")
        self.ever_found.add(self.found[-1])
        self.awaits = code
        if not CODE.fullmatch(code) or (self.codes is not None and code not in self.codes):
            self.complain(f"{code} is not in the list of findings")

    def end_step(self, status):
        """A step's verdict is no better than what was found in it."""
        found = max(self.found, default="SKIP", key=VERDICTS.index)
        name = str(self.step).split("#")[0]
        if name == TRIAGE:
            verdict = found
        elif not self.check or self.check.get("verdict") not in VERDICTS or self.check.get("id") != name:
            self.complain(f"step {self.step} ends without its verdict")
            verdict = "ERROR"
        else:
            verdict = self.check["verdict"]
            self.counts[verdict] += 1
            if VERDICTS.index(verdict) < VERDICTS.index(found) or (verdict == "PASS" and found != "PASS"):
                self.complain(f"step {self.step} ends {verdict}, its diagnoses say {found}")
            if verdict in ("WARN", "FAIL") and verdict not in self.ever_found:
                self.complain(f"step {self.step} ends {verdict}, and nothing of the kind was found")
            if status != STEP_STATUS.get(verdict, "COMPLETE"):
                self.complain(f"step {self.step} ends {status} with verdict {verdict}")
        if name not in HOUSEKEEPING or verdict != "PASS":
            self.worst = max(self.worst, verdict, key=VERDICTS.index)
        self.step = None

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
