# SPDX-License-Identifier: GPL-2.0
"""The two programs end to end: exit codes, files, the page."""

import contextlib
import io
import re
import tempfile
import unittest
from html.parser import HTMLParser
from pathlib import Path
from unittest import mock

import support
import figures
import report
import rundir
import validate


class Checker(HTMLParser):
    """Every element is closed in order; ids are unique; nothing is fetched."""

    EMPTY = {"meta", "rect", "path", "use", "circle", "fecomposite", "feflood", "feblend", "br"}

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.errors = [], set(), []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "id":
                if value in self.ids:
                    self.errors.append(f"id {value} twice")
                self.ids.add(value)
            if name in ("src", "href", "xlink:href") and not value.startswith(("#", "data:")):
                self.errors.append(f"{tag} fetches {value}")
        if tag == "script":
            self.errors.append("a script")
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.EMPTY:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag in self.EMPTY:
            return
        if not self.open or self.open.pop() != tag:
            self.errors.append(f"</{tag}> out of order at {self.getpos()}")


class Programs(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name) / "run <b>&"

    def call(self, program, *arguments):
        """Exit code, stdout and stderr of a program's main."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = program.main([str(one) for one in arguments])
        return code, out.getvalue(), err.getvalue()

    def page(self, records=None, **fields):
        """The page of a run, after it was found well formed."""
        support.write_run(self.folder, records, support.provenance(**fields))
        code, _, err = self.call(report, self.folder)
        self.assertEqual((code, err), (0, ""))
        page = (self.folder / "report.html").read_text(encoding="utf-8")
        checker = Checker()
        checker.feed(page)
        self.assertEqual((checker.errors, checker.open), ([], []))
        return page


class Validate(Programs):
    def test_good(self):
        support.write_run(self.folder)
        code, out, _ = self.call(validate, self.folder)
        self.assertEqual(code, 0)
        self.assertIn(f"valid, {len(support.small_run())} measurements", out)

    def test_bad(self):
        support.write_run(self.folder, ["{", "}"])
        code, out, _ = self.call(validate, self.folder)
        self.assertEqual(code, 2)
        self.assertIn("measurements.jsonl:2: not JSON", out)
        self.assertIn("2 problems", out)

    def test_not_a_run(self):
        code, out, err = self.call(validate, self.folder)
        self.assertEqual((code, out, err.count("\n")), (64, "", 1))

    def test_usage(self):
        self.assertEqual(self.call(validate)[0], 64)
        self.assertEqual(self.call(validate, "--help")[0], 0)

    def test_without_jsonschema(self):
        support.write_run(self.folder)
        with mock.patch.dict("sys.modules", {"jsonschema": None}):
            code, _, err = self.call(validate, self.folder)
        self.assertEqual(code, 3)
        self.assertIn("python3-jsonschema", err)


class Report(Programs):
    def test_files_and_table(self):
        support.write_run(self.folder)
        code, out, err = self.call(report, self.folder)
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(out.splitlines()[-1], str(self.folder / "report.html"))
        drawn = {file.name for file in (self.folder / "plots").glob("*.svg")}
        self.assertEqual(drawn, {"latency.svg", "latency-scrub-off.svg", "framework.svg",
                                 "mainline.svg", "rtt.svg"})
        self.assertEqual([f.name for f in self.folder.iterdir() if f.name.endswith(".new")], [])

    def test_drawing_again_gives_the_same_and_drops_what_is_no_more(self):
        first = self.page()
        self.assertEqual(self.page(), first)
        self.page([support.latency("system", 4096, "alloc", 100)])
        drawn = {file.name for file in (self.folder / "plots").glob("*.svg")}
        self.assertEqual(drawn, {"latency.svg"})

    def test_page_holds_what_it_must(self):
        page = self.page(mitigations={"meltdown": "Not affected"})
        for words in ("The framework costs 80 instructions", "never subtracted", "Provenance",
                      "0123456789ab", "meltdown: Not affected", "<svg", "p99", "Exact counters",
                      "leaked", "without scrubbing, as mainline does not scrub"):
            self.assertIn(words, page)
        self.assertEqual(page.count("<tr>"), len(re.findall("</tr>", page)))

    def test_everything_is_escaped(self):
        evil = '<script>alert("x")</script>&$title'
        records = [support.latency(evil, size, op, 100, label=evil)
                   for size in (4096, 8192) for op in ("alloc", "free")]
        records.append({"bench": "books", "params": {"note": evil}, "metric": "leaked",
                        "unit": "count", "value": 1})
        page = self.page(records, plan=evil, compiler=evil, models=[evil], parts={"tfa": evil})
        self.assertNotIn("<script", page)
        self.assertIn("Modelled, not measured: &lt;script&gt;", page)

    def test_what_is_modelled_is_labelled_wherever_it_is_shown(self):
        model = "the TEE is `touch gone` a model"
        page = self.page(tee="sim:x", models=[model])
        titles = re.findall(r"<h3>(.*?)</h3>", page)
        tables_shown = re.findall(r"<caption>(.*?)</caption>", page)
        heads = [head for head in re.findall(r"<h2>(.*?)</h2>", page)
                 if head not in ("What was found", "Baselines", "Provenance", "How to read it")]
        self.assertEqual((len(titles), len(heads)), (5, 4))
        for title in titles + tables_shown + heads:
            self.assertTrue(title.endswith(" [modelled]"), title)
        captions = re.findall(r"<figcaption>(.*?)</figcaption>", page)
        for caption in captions:
            self.assertTrue(caption.startswith(f"Modelled, not measured: {model}."), caption)
        for svg in (self.folder / "plots").glob("*.svg"):
            self.assertEqual(svg.read_text().count(f"Modelled, not measured: {model}"), 1, svg)
        self.assertFalse(Path("gone").exists())
        _, out, _ = self.call(report, self.folder)
        self.assertTrue(out.startswith(f"Modelled, not measured: {model}."))
        self.assertEqual(out.count("[modelled]"), 4 + 4)
        self.assertNotIn("odelled", self.page())

    def test_gnuplot_gets_names_as_text_only(self):
        evil = '"`touch gone`" \\ @x\n2'
        self.page([support.latency(evil, 4096, "alloc", 100, label=evil)])
        self.assertFalse(Path("gone").exists())

    def test_warnings(self):
        failures = {"bench": "latency", "metric": "failures", "unit": "count", "value": 3,
                    "params": {"heap": "system", "size": 4096, "op": "alloc", "threads": 1}}
        page = self.page([support.latency("system", 4096, "alloc", 100), failures], exit_code=5)
        self.assertIn("ended with exit code 5", page)
        self.assertIn("3 operations failed", page)
        self.assertIn("incomplete", self.page(complete=False))

    def test_one_sample_and_zero(self):
        self.page([support.latency("system", 4096, "alloc", 0, n=2),
                   support.latency("system", 0, "free", 7, n=2),
                   support.record("tee_rtt", 0, n=2, step="nop")])

    def test_only_counters(self):
        page = self.page(support.small_run()[-1:])
        self.assertNotIn("<svg", page)

    def test_bad_line(self):
        support.write_run(self.folder, ["{"] * 7)
        code, out, err = self.call(report, self.folder)
        self.assertEqual((code, out), (7, ""))
        self.assertIn("measurements.jsonl:1: not JSON", err)
        self.assertIn("and 2 more", err)
        self.assertFalse((self.folder / "report.html").exists())

    def test_not_a_run(self):
        code, out, err = self.call(report, self.folder)
        self.assertEqual((code, out, err.count("\n")), (64, "", 1))

    def test_usage(self):
        self.assertEqual(self.call(report)[0], 64)
        self.assertEqual(self.call(report, "--nonsense", "x")[0], 64)

    def test_without_gnuplot(self):
        support.write_run(self.folder)
        with mock.patch.dict("os.environ", {"PATH": "/nonexistent"}):
            code, _, err = self.call(report, self.folder)
        self.assertEqual(code, 3)
        self.assertIn("gnuplot is missing", err)


class Inline(unittest.TestCase):
    def test_ids_are_the_figures_own(self):
        with tempfile.TemporaryDirectory() as scratch:
            svg = Path(scratch) / "a.svg"
            svg.write_text("<?xml?><svg><defs><g id='p1'/><g id='p10'/></defs>"
                           "<use xlink:href='#p1'/><use xlink:href='#p10' fill='url(#p1)'/></svg>")
            text = figures.inline(figures.Figure("a", "A & b", [], svg))
        self.assertEqual(sorted(re.findall(r"a-p\d+", text)), ["a-p1"] * 3 + ["a-p10"] * 2)
        self.assertTrue(text.startswith('<svg role="img" aria-label="A &amp; b">'))


if __name__ == "__main__":
    unittest.main()
