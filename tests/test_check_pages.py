# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The pages' checker: passes what the renderers wrote, and notices each thing it is there for."""
import json
import pathlib
import re

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
    ("junit.xml", '<testsuites name="kiriwake"', '<testsuites name="kiriwake" skipped="1"'),
    ("junit.xml", "<testcase ", "<testcase id='1' "),
    ("junit.xml", "<skipped", "<system-err></system-err><skipped"),
    ("junit.xml", "<properties>", "<system-out/><properties>"),
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


def test_dashboard_asks_for_what_there_is():
    """Every metric of the Grafana dashboard is one that metrics.prom has, and so are the labels it picks by."""
    text = (GOLDEN.parent.parent / "docs/dashboards/kiriwake.json").read_text("ascii")
    metrics = (GOLDEN / "metrics.prom").read_text("ascii")
    json.loads(text)
    names = set(re.findall(r"kiriwake_[a-z_]+", text))
    assert len(names) > 8
    for name in names:
        assert f"# TYPE {name} gauge\n" in metrics, name
    for label in re.findall(r"by \((\w+)\)", text):
        assert f'{label}="' in metrics, label
