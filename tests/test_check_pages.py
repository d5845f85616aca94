# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The pages' checker: passes what the renderers wrote, and notices each thing it is there for."""
import pathlib

import check_pages
import pytest

GOLDEN = pathlib.Path(__file__).parent / "golden"


def test_golden():
    assert check_pages.problems(GOLDEN) == []


@pytest.mark.parametrize("name, old, new", [
    ("report.html", "</section>", ""),
    ("report.html", "<main>", "<main><script>alert(1)</script>"),
    ("report.html", "<main>", "<main><img>"),
    ("report.html", "<main>", '<main onclick="x()">'),
    ("report.html", 'href="#FAIL"', 'href="https://example.org/"'),
    ("report.html", "<main>", "<main>\x01"),
    ("report.html", "body{", "body{background:url(x);"),
    ("report.html", 'id="checks"', 'id="parts"'),
    ("junit.xml", "</testcase>", ""),
    ("junit.xml", 'failures="', 'failures="1'),
    ("junit.xml", 'name="mem.walking"', 'name="disk.read"'),
    ("junit.xml", "&lt;", "<"),
    ("junit.xml", ' time="0.700"', ""),
    ("metrics.prom", "# HELP kiriwake_checks ", "# HELP "),
    ("metrics.prom", "# TYPE kiriwake_checks gauge\n", ""),
    ("metrics.prom", "kiriwake_run_finished 1", "kiriwake_run_finished"),
    ("metrics.prom", "kiriwake_run_finished 1", "kiriwake_run_finished 1\nkiriwake_run_finished 1"),
    ("metrics.prom", "kiriwake_run_finished 1", "kiriwake_run_finished NaN"),
    ("metrics.prom", 'verdict="FAIL"', 'verdict="FA"IL"'),
    ("metrics.prom", 'verdict="FAIL"', 'verdict="FA\\IL"'),
    ("metrics.prom", "kiriwake_findings", "kiriwake_findings_total"),
])
def test_notices(name, old, new):
    text = (GOLDEN / name).read_text("ascii")
    assert old in text
    assert check_pages.CHECKS[name](text.replace(old, new, 1))
