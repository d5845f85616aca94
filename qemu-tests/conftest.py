# SPDX-License-Identifier: BSD-2-Clause-Patent
"""After the last case: one line for each, with verdict and time from power-on to power-off."""

import json
import time

from machine import BUILD

STARTED = time.time()


def pytest_terminal_summary(terminalreporter):
    files = sorted((BUILD / "qemu").glob("*/outcome.json"))
    outcomes = [json.loads(file.read_text()) for file in files if file.stat().st_mtime >= STARTED]
    if not outcomes:
        return
    terminalreporter.section("QEMU cases")
    for outcome in outcomes:
        state = "not as wanted" if outcome["problems"] else "ok"
        owner = f", second owner named {outcome['second_owner_s']} s after link" if outcome["second_owner_s"] else ""
        terminalreporter.line(f"{outcome['name']:<32} {outcome['verdict'] or '-':<6} {outcome['seconds']:6.1f} s  {state}{owner}")
