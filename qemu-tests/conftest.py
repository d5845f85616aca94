# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The order of the tests, and after the last one: a line for each case, with verdict and time from power-on to power-off."""

import json
import time

from machine import BUILD

STARTED = time.time()


def pytest_collection_modifyitems(items):
    """The longest first, or all the others would wait for it in the end."""
    items.sort(key=lambda item: item.name != "test_real_hosts")


def pytest_terminal_summary(terminalreporter):
    if terminalreporter.config.getoption("lf"):
        for word, outcome in (("passed", "ok"), ("failed", "failed again")):
            for report in terminalreporter.stats.get(word, ()):
                terminalreporter.line(f"needed a second try: {report.nodeid}: {outcome}")
    files = sorted((BUILD / "qemu").glob("*/outcome.json"))
    outcomes = [json.loads(file.read_text()) for file in files if file.stat().st_mtime >= STARTED]
    if not outcomes:
        return
    terminalreporter.section("QEMU cases")
    for outcome in outcomes:
        state = "not as wanted" if outcome["problems"] else "ok"
        owner = f", second owner named {outcome['second_owner_s']} s after link" if outcome["second_owner_s"] else ""
        terminalreporter.line(f"{outcome['name']:<32} {outcome['verdict'] or '-':<6} {outcome['seconds']:6.1f} s  {state}{owner}")
