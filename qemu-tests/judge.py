# SPDX-License-Identifier: BSD-2-Clause-Patent
"""A case: a machine, what is done to it, and what the program must say about it. And whether it did."""

import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import captures
from machine import BUILD, Machine, Run, When
from result import VERDICT_OF_EXIT_CODE, Result

import check_pages  # beside check_jsonl, to which result.py shows the way

MENU_IS_UP = "Firmware setup"  # the last line of the boot menu
AT_ONCE = (When(MENU_IS_UP, lambda run: run.press("q")),)  # the default entry, without its five seconds


def from_the_menu_on(action: Callable[[Run], None]) -> tuple[When, ...]:
    """AT_ONCE, and something done before."""

    def act(run: Run) -> None:
        action(run)
        run.press("q")

    return (When(MENU_IS_UP, act),)


RUN_FILES = ("results.jsonl", "log.txt", "report.html", "junit.xml", "metrics.prom")
LOG_MAX_BYTES = 1 << 20  # of one run, however much is wrong with the machine

Expected = dict[str, object]  # a finding's fields: a value, or a function that says whether the value will do


@dataclass(frozen=True)
class Case:
    name: str
    machine: Machine
    verdict: str = "PASS"
    findings: tuple[Expected, ...] = ()  # each must be among the findings
    allowed: tuple[str, ...] = ()  # codes that may come besides; any other is a false alarm
    passed: tuple[str, ...] = ()  # checks that must end PASS
    skipped: tuple[str, ...] = ()  # checks that must end SKIP
    parameters: dict[str, str] = field(default_factory=dict)  # effective options, as the run recorded them
    says: tuple[str, ...] = ()  # texts on the serial line
    has_log: bool = True
    complete: str = "yes"
    prepare: Callable[[Path], None] | None = None  # done to the copy of the medium
    events: tuple[When, ...] = AT_ONCE
    earlier_boot: tuple[When, ...] = ()  # a boot before the one that is judged, with these events
    earlier_machine: Machine | None = None  # what the machine was then, if not the same
    speaks_from: frozenset[str] = frozenset()  # addresses that the machine may use on the network
    inspect: Callable[[Run, Result], Iterable[str]] | None = None  # more problems, in words
    within_s: float | None = None  # from power-on to power-off
    timeout_s: float = 240  # many times what it takes: the host may be slow, and only what hangs waits so long


def word_at(address: int) -> Callable[[object], bool]:
    """The 8-byte word around a physical address, wherever in it the reporter puts its finger."""
    return lambda value: isinstance(value, str) and int(value, 16) & ~7 == address & ~7


def hexadecimal(number: int) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and value.startswith("0x") and int(value, 16) == number


def including(*items: str) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list) and set(items) <= set(value)


def containing(text: str) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and text in value


def matches(finding: dict, expected: Expected) -> bool:
    for name, want in expected.items():
        got = finding.get(name)
        if not (want(got) if callable(want) else got == want):
            return False
    return True


def play(case: Case, directory: Path) -> tuple[Run, Result]:
    run = Run(directory, case.machine)
    if case.prepare:
        case.prepare(run.image)
    if case.earlier_boot:
        run.machine = case.earlier_machine or case.machine
        run.boot(case.timeout_s, case.earlier_boot)
        run.machine = case.machine
    return run, run.boot(case.timeout_s, case.events)


def judge(case: Case, run: Run, result: Result) -> list[str]:
    """What is wrong with this outcome, in words; nothing if it is as the case wants it."""
    if result.timed_out:
        return [f"no end within {case.timeout_s:.0f} s"]
    if not result.end:
        return [f"no END line; QEMU ended with {result.exit_code}"]
    problems = list(_judge_end(case, result))
    problems += _judge_log(case, run, result)
    if result.records:
        problems += _judge_findings(case, result)
        problems += _judge_checks(case, result)
    problems += _judge_outside(case, run)
    if case.inspect:
        problems += case.inspect(run, result)
    return problems


def _judge_end(case: Case, result: Result) -> Iterable[str]:
    if result.verdict != case.verdict:
        yield f"verdict {result.verdict}, want {case.verdict}"
    if VERDICT_OF_EXIT_CODE.get(result.exit_code) != result.verdict:
        yield f"exit code {result.exit_code} does not say {result.verdict}"
    if result.end.get("complete") != case.complete:
        yield f"complete={result.end.get('complete')}, want {case.complete}"
    if not result.serial.rstrip().splitlines()[-1].startswith("KIRIWAKE END "):
        yield "the END line is not the last line"
    if case.within_s and result.seconds > case.within_s:
        yield f"took {result.seconds:.0f} s, want at most {case.within_s:.0f} s"
    for text in case.says:
        if text not in result.serial:
            yield f"the serial line never says {text!r}"


def _judge_log(case: Case, run: Run, result: Result) -> Iterable[str]:
    if not case.has_log:
        if result.end.get("run") != "none":
            yield f"run={result.end.get('run')}, want none"
        return
    if result.run_directory is None:
        yield f"no directory for run {result.end.get('run')} on the log volume"
        return
    for name in RUN_FILES:
        if not (result.run_directory / name).is_file():
            yield f"the log has no {name}"
    latest = result.log / "LATEST.TXT"
    if not latest.is_file() or case.verdict not in latest.read_text("ascii"):
        yield f"LATEST.TXT does not say {case.verdict}"
    size = sum(file.stat().st_size for file in result.run_directory.iterdir())
    if size > LOG_MAX_BYTES:
        yield f"the log has {size} bytes, want at most {LOG_MAX_BYTES}"
    yield from result.format_problems
    if not any(finding.get("code") == "log-unavailable" for finding in result.findings):
        yield from _judge_pages(run, result)


def _judge_pages(run: Run, result: Result) -> Iterable[str]:
    """The pages are well-formed, and the program on Linux makes the same bytes of the records alone."""
    yield from check_pages.problems(result.run_directory)
    again = run.directory / "report"
    again.mkdir(exist_ok=True)
    for left in again.iterdir():
        left.unlink()
    made = subprocess.run([BUILD / "kiriwake", "report", result.run_directory, again], capture_output=True, check=False)
    if made.returncode != 0:
        yield f"kiriwake report ends with {made.returncode}: {made.stderr.decode('latin-1')}"
    for name in sorted(file.name for file in again.iterdir()):
        if (again / name).read_bytes() != (result.run_directory / name).read_bytes():
            yield f"{name} of the run is not what kiriwake report makes of its records in {again}"
    if made.stdout != (result.log / "LATEST.TXT").read_bytes():
        yield "LATEST.TXT is not what kiriwake report prints"


def _judge_findings(case: Case, result: Result) -> Iterable[str]:
    wanted = {expected["code"] for expected in case.findings} | set(case.allowed)
    for expected in case.findings:
        if not any(matches(finding, expected) for finding in result.findings):
            yield f"no finding {expected.get('code')} as wanted; there are {result.findings}"
    for finding in result.findings:
        if finding.get("code") not in wanted:
            yield f"false alarm: {finding}"


def _judge_checks(case: Case, result: Result) -> Iterable[str]:
    for names, verdict in ((case.passed, "PASS"), (case.skipped, "SKIP")):
        for name in names:
            got = result.checks.get(name, {}).get("verdict")
            if got != verdict:
                yield f"{name} is {got}, want {verdict}"
    for key, value in case.parameters.items():
        got = result.parameters.get(key)
        if got != value:
            yield f"{key} is {got}, want {value}"


def _judge_outside(case: Case, run: Run) -> Iterable[str]:
    """What nobody may do, whatever the case: write to a patient, speak from somebody else's address."""
    for name in run.written_to():
        yield f"{name} was written to"
    own_macs = frozenset(nic.mac for nic in case.machine.nics)
    for index, nic in enumerate(case.machine.nics):
        rules = captures.Rules(nic.mac, own_macs, case.speaks_from, case.machine.options.get("net.dhcp", "lease"))
        sent, heard = (captures.read(run.capture(index, name)) for name in ("sent", "heard"))
        yield from (f"nic{index}: {problem}" for problem in captures.judge(sent, heard, rules))
