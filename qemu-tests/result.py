# SPDX-License-Identifier: BSD-2-Clause-Patent
"""What one boot left behind: the exit code, the serial text and the log, parsed."""

import json
import re
import sys
from functools import cached_property
from pathlib import Path

END_MARK = "KIRIWAKE END "
END_LINE = re.compile(r"^KIRIWAKE END (verdict=\S+(?: \w+=\S+)+)\s*$", re.MULTILINE)
LINK_AND_VERDICT = (r"end +nic\.link: ", r"FINDING +net\.\S+ \w+ net-duplicate-ip")
VERDICT_OF_EXIT_CODE = {33: "PASS", 35: "FAIL", 37: "ERROR", 39: "WARN", 41: "SKIP"}


sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))

import check_jsonl  # noqa: E402


def file_problems(results: Path, complete: bool = True) -> list[str]:
    """What the schemas and the project's own rules have against a results.jsonl."""
    return check_jsonl.problems(results, complete)


class Result:
    def __init__(self, directory: Path, exit_code: int, timed_out: bool, seconds: float, serial: str, log: Path):
        self.directory = directory
        self.exit_code = exit_code
        self.timed_out = timed_out
        self.seconds = seconds  # from power-on to power-off
        self.serial = serial
        self.log = log  # the files of the log volume; not there if the image has none

    @cached_property
    def end(self) -> dict[str, str]:
        """The words of the END line; empty if none came."""
        lines = END_LINE.findall(self.serial.replace("\r", ""))
        return dict(word.split("=", 1) for word in lines[-1].split()) if lines else {}

    @property
    def verdict(self) -> str | None:
        return self.end.get("verdict")

    @property
    def run_directory(self) -> Path | None:
        """The log directory of this run, by the number on the END line."""
        number = self.end.get("run", "none")
        directory = self.log / "runs" / number
        return directory if number != "none" and directory.is_dir() else None

    @property
    def results_file(self) -> Path | None:
        return self.run_directory / "results.jsonl" if self.run_directory else None

    @cached_property
    def records(self) -> list[dict]:
        if self.results_file is None or not self.results_file.is_file():
            return []
        return [json.loads(line) for line in self.results_file.read_text("ascii").splitlines()]

    def _artifacts(self, kind: str) -> list[tuple[str, dict]]:
        """(step id, content) of every step artifact of that kind."""
        steps = (record.get("testStepArtifact", {}) for record in self.records)
        return [(step.get("testStepId", ""), step[kind]) for step in steps if kind in step]

    @cached_property
    def step_names(self) -> dict[str, str]:
        return {step: start["name"] for step, start in self._artifacts("testStepStart")}

    def extensions(self, name: str) -> list[tuple[str, dict]]:
        found = self._artifacts("extension")
        return [(self.step_names.get(step, step), e.get("content", {})) for step, e in found if e.get("name") == name]

    @cached_property
    def findings(self) -> list[dict]:
        """The content of every finding, with the check that made it added as `in_check`."""
        return [dict(content, in_check=step) for step, content in self.extensions("finding")]

    @property
    def files(self) -> list[str]:
        """Names of the files that the run put on record."""
        return [content["displayName"] for _, content in self._artifacts("file")]

    @property
    def triage(self) -> list[dict]:
        """One for each suspect, what to act on first."""
        return [content for _, content in self.extensions("triage")]

    @cached_property
    def measurements(self) -> list[dict]:
        """Every measurement of every check, with the check that made it added as `in_check`."""
        return [dict(m, in_check=self.step_names.get(step, step)) for step, m in self._artifacts("measurement")]

    @cached_property
    def first_verdict_s(self) -> float | None:
        """From link to the finding of a second owner, by the guest's own clock; None: not both are in the log."""
        if self.run_directory is None or not (self.run_directory / "log.txt").is_file():
            return None
        text = (self.run_directory / "log.txt").read_text("ascii", "replace")
        link, found = (re.search(rf"^\+([0-9.]+) {what}", text, re.MULTILINE) for what in LINK_AND_VERDICT)
        return round(float(found[1]) - float(link[1]), 1) if link and found else None

    @cached_property
    def checks(self) -> dict[str, dict]:
        """By the name of the check: what the report says at its end, `verdict` first of all."""
        return dict(self.extensions("check"))

    @cached_property
    def _start(self) -> dict:
        starts = (record.get("testRunArtifact", {}).get("testRunStart") for record in self.records)
        return next((start for start in starts if start), {})

    @property
    def parameters(self) -> dict[str, str]:
        """The options that were in force, as the run recorded them."""
        return self._start.get("parameters", {})

    @property
    def hardware(self) -> list[dict]:
        """The parts of the machine, as the run recorded them."""
        return self._start.get("dutInfo", {}).get("hardwareInfos", [])

    @property
    def format_problems(self) -> list[str]:
        return file_problems(self.results_file) if self.results_file else []
