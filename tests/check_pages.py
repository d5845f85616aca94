#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Check what a run leaves for others to read: report.html, junit.xml and metrics.prom.

    check_pages.py DIRECTORY...

HTML: every element is closed in its place, nothing is fetched, nothing runs. JUnit: well-formed, only elements and attributes that
the strict readers know (Jenkins' xUnit plugin, junit-10; Ant's order), and the counts are right.
Prometheus: the text format 0.0.4 as strictly as its own checker takes it.

Exit status: 0 all is well; 1 problems, one per line on standard output; 2 wrong usage.
"""
import html.parser
import math
import pathlib
import re
import sys
import xml.etree.ElementTree

VOID = {"meta", "br", "hr"}  # without an end
BANNED = {"script", "iframe", "img", "link", "object", "embed", "base", "form", "image", "foreignobject"}
NAME = r"[a-zA-Z_][a-zA-Z0-9_]*"
COMMENT = re.compile(rf"# (HELP|TYPE) ({NAME}) (\S.*)")
LABEL = rf'{NAME}="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (\d+(?:\.\d+)?)")


# {element: (attributes that must be there, others that may be, children in their order)}
OUTCOME = set(), {"type", "message"}, []
JUNIT = {
    "testsuites": ({"tests", "failures", "errors"}, {"name", "time"}, ["testsuite"]),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped", "time"}, {"timestamp"}, ["properties", "testcase", "system-out"]),
    "properties": (set(), set(), ["property"]),
    "property": ({"name", "value"}, set(), []),
    "testcase": ({"name", "classname", "time"}, set(), ["skipped", "error", "failure", "system-out"]),
    "failure": OUTCOME, "error": OUTCOME, "skipped": OUTCOME,
    "system-out": (set(), set(), []),
}


def not_plain(text):
    return [f"byte {ord(c):#04x}" for c in set(text) if not (" " <= c <= "~" or c == "\n")]


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.wrong, self.open, self.ids = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag in BANNED:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or (name in ("href", "src", "action") and not (value or "").startswith("#")):
                self.wrong.append(f"<{tag} {name}={value!r}>")
            if name == "id":
                self.ids.append(value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.wrong.append(f"</{tag}> inside {self.open[-3:]}")
            return
        self.open.pop()


def html_problems(text):
    page = Page()
    page.feed(text)
    page.close()
    wrong = page.wrong + not_plain(text)
    if page.open:
        wrong.append(f"never closed: {page.open}")
    if len(page.ids) != len(set(page.ids)):
        wrong.append("an id occurs twice")
    if not text.startswith("<!DOCTYPE html>") or not text.endswith("</html>\n"):
        wrong.append("not from <!DOCTYPE html> to </html>")
    if re.search(r"url\(|@import|https?:", text):
        wrong.append("refers to something outside")
    return wrong


def schema_problems(element):
    must, may, children = JUNIT[element.tag]
    here = set(element.keys())
    wrong = [f"<{element.tag}> without {name}" for name in must - here]
    wrong += [f"<{element.tag} {name}> is in no schema" for name in here - must - may]
    wrong += [f"<{child.tag}> in <{element.tag}>" for child in element if child.tag not in children]
    if wrong:
        return wrong
    order = [children.index(child.tag) for child in element]
    wrong += [f"<{element.tag}> has its elements in another order"] * (order != sorted(order))
    return wrong + [problem for child in element for problem in schema_problems(child)]


def junit_problems(text):
    try:
        root = xml.etree.ElementTree.fromstring(text)
    except xml.etree.ElementTree.ParseError as error:
        return [f"not XML: {error}"]
    wrong = not_plain(text)
    wrong += schema_problems(root) if root.tag == "testsuites" else [f"<{root.tag}> at the top"]
    cases = root.findall("testsuite/testcase")
    names = [case.get("name") for case in cases]
    if len(names) != len(set(names)):
        wrong.append("a test case occurs twice")
    for element in [root, *root.findall("testsuite")]:
        counts = {"tests": len(cases)}
        counts |= {f"{kind}s" if kind != "skipped" else kind: sum(case.find(kind) is not None for case in cases)
                   for kind in ("failure", "error", "skipped")}
        wrong += [f"{element.tag} says {name}={element.get(name)}, there are {count}" for name, count in counts.items()
                  if element.get(name, str(count)) != str(count)]
    wrong += [f"{case.get('name')} has no time" for case in cases if not re.fullmatch(r"\d+\.\d{3}", case.get("time", ""))]
    return wrong


def prom_problems(text):
    wrong, helped, typed, seen, family = not_plain(text), set(), set(), set(), None
    if not text.endswith("\n"):
        wrong.append("does not end in a newline")
    for number, line in enumerate(text.splitlines(), 1):
        comment, sample = COMMENT.fullmatch(line), SAMPLE.fullmatch(line)
        if comment:
            known = helped if comment[1] == "HELP" else typed
            if comment[2] in known or (comment[1] == "TYPE" and comment[3] != "gauge"):
                wrong.append(f"line {number}: a second, or no gauge: {line}")
            known.add(comment[2])
            family = comment[2]
        elif sample:
            if sample[1] != family or family not in helped or family not in typed:
                wrong.append(f"line {number}: not in its family: {line}")
            if (sample[1], sample[2]) in seen:
                wrong.append(f"line {number}: the same labels again: {line}")
            seen.add((sample[1], sample[2]))
            if not math.isfinite(float(sample[3])):
                wrong.append(f"line {number}: no number: {line}")
            if re.search(r"_(total|count|sum|bucket)$", sample[1]):
                wrong.append(f"line {number}: the name of another type: {line}")
        else:
            wrong.append(f"line {number}: neither a comment nor a sample: {line}")
    return wrong


CHECKS = {"report.html": html_problems, "junit.xml": junit_problems, "metrics.prom": prom_problems}


def problems(directory):
    """What is wrong with the pages of a run, as sentences; an empty list if nothing is."""
    found = []
    for name, check in CHECKS.items():
        path = pathlib.Path(directory) / name
        found += [f"{path}: {text}" for text in check(path.read_text("latin-1"))] if path.is_file() else [f"{path}: missing"]
    return found


def main(directories):
    if not directories:
        print(__doc__)
        return 2
    found = [problem for directory in directories for problem in problems(directory)]
    for problem in found:
        print(problem)
    if not found:
        print(f"check_pages: {len(directories)} passed, 0 failed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
