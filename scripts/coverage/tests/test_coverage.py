# SPDX-License-Identifier: GPL-2.0
"""What gcov counted becomes a table, and each line that never ran wants its reason."""

import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import counts  # noqa: E402
import coverage  # noqa: E402
import reasons  # noqa: E402
from source import Source  # noqa: E402

FACTS = {"commit": "0123456789abcdef", "dirty": False, "kernel_release": "7.2", "compiler": "gcc 12"}
# Stands for gcov: each .gcda holds what it says, each .gcno what it says without one.
GCOV = """#!/bin/sh
for file; do
	case $file in
	*.gcno) cat "${file%.gcno}.gcda" 2>/dev/null || cat "$file" ;;
	esac
done
"""
SOURCE = """int first(void)
{
	if (x)
		return -ENOMEM;
	return 0;
	return 0;
}
int second(void)
{
}
"""


def said(file, counted):
    """gcov's document of an object file: line number to count."""
    return json.dumps({"current_working_directory": "/build/tree", "files": [
        {"file": file, "lines": [{"line_number": number, "count": count} for number, count in counted.items()]},
        {"file": "../../include/linux/list.h", "lines": [{"line_number": 1, "count": 0}]}]}) + "\n"


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.write("gcov", GCOV).chmod(0o755)
        self.write("run/coverage.json", json.dumps(FACTS))
        self.write("reasons.txt", "")

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def built(self, name, counted):
        """An object file and its source."""
        self.write(f"gcno/{name}.gcno", said(f"{name}.c", dict.fromkeys(counted, 0)))
        self.write(f"module/{name}.c", SOURCE)

    def ran(self, boot, name, counted):
        self.write(f"run/counts/{boot}/{name}.gcda", said(f"{name}.c", counted))

    def coverage(self, *words):
        """Exit code, what was printed, and the complaints."""
        out, err = io.StringIO(), io.StringIO()
        argv = ["coverage", str(self.folder / "run"), "--module", str(self.folder / "module"),
                "--gcno", str(self.folder / "gcno"), "--gcov", str(self.folder / "gcov"),
                "--reasons", str(self.folder / "reasons.txt"), *words]
        with mock.patch.object(sys, "argv", argv), contextlib.redirect_stdout(out), \
                contextlib.redirect_stderr(err):
            code = coverage.main()
        return code, out.getvalue(), err.getvalue()


class Counts(Case):
    def test_what_two_boots_counted_is_added(self):
        self.built("core/a", [1, 3, 4])
        self.ran("one", "core/a", {1: 2, 3: 0, 4: 0})
        self.ran("two", "core/a", {1: 3, 3: 1, 4: 0})
        lines = counts.collect(str(self.folder / "gcov"), self.folder / "gcno",
                               sorted((self.folder / "run/counts").iterdir()))
        self.assertEqual({1: 5, 3: 1, 4: 0}, dict(lines["core/a.c"]))
        self.assertEqual(["core/a.c"], list(lines))

    def test_what_was_never_loaded_never_ran(self):
        self.built("core/a", [1])
        self.built("core/b", [1, 3])
        self.ran("one", "core/a", {1: 1})
        code, out, err = self.coverage()
        self.assertEqual(coverage.EX_TEST, code)
        self.assertIn("| core/b.c | 2 | 0 | 0.0 % |", out)
        self.assertIn("33.3 % of the lines ran, less than 90 %", err)

    def test_a_file_that_was_not_built_is_told(self):
        self.built("core/a", [1])
        self.ran("one", "core/a", {1: 1})
        self.write("module/core/lost.c", "int lost(void)\n{\n}\n")
        self.write("module/core/trace.c", "#include \"trace.h\"\n")
        self.write("module/kunit/test.c", "int test(void)\n{\n}\n")
        code, _, err = self.coverage()
        self.assertEqual((coverage.EX_TEST, "rheap: module/core/lost.c: not in any module that was built\n"),
                         (code, err))

    def test_modules_that_are_tests_do_not_count(self):
        self.built("core/a", [1])
        self.built("kunit/test", [1, 3, 4])
        self.ran("one", "core/a", {1: 1})
        code, out, err = self.coverage()
        self.assertEqual((coverage.EX_PASS, ""), (code, err))
        self.assertIn("1 of 1 lines ran, 100.0 %", out)

    def test_where_nothing_was_noted_it_ends(self):
        self.write("run/counts/one/core/a.gcda", "")
        code, out, err = self.coverage()
        self.assertEqual((coverage.EX_RESOURCE, ""), (code, out))
        self.assertIn("not built for the kernel cov", err)

    def test_what_gcov_cannot_read_ends_it(self):
        self.built("core/a", [1])
        self.ran("one", "core/a", {1: 1})
        self.write("gcov", "#!/bin/sh\necho 'a.gcda:stamp mismatch with notes file' >&2\n")
        code, _, err = self.coverage()
        self.assertEqual(coverage.EX_RESOURCE, code)
        self.assertIn("stamp mismatch", err)

    def test_90_percent_is_not_rounded_up(self):
        self.assertEqual("89.9 %", coverage.share(8999, 10000))


class Reasons(Case):
    def run_with(self, text, silent=(4,)):
        """20 lines that ran but for SILENT, with reasons."""
        self.built("core/a", [1, 3, 4, 5, 6])
        self.ran("one", "core/a", {number: int(number not in silent) for number in (1, 3, 4, 5, 6)})
        self.built("core/b", range(1, 8))
        self.ran("one", "core/b", dict.fromkeys(range(1, 8), 1))
        self.write("reasons.txt", text)
        return self.coverage()

    def test_a_line_with_a_reason_is_well(self):
        code, out, err = self.run_with("core/a.c first\n| return -ENOMEM;\nNo memory is\nnever short.\n")
        self.assertEqual((coverage.EX_PASS, ""), (code, err))
        self.assertIn("### core/a.c, first\n\n    4: return -ENOMEM;\n\nNo memory is never short.\n", out)

    def test_a_line_without_one_is_not(self):
        code, out, err = self.run_with("")
        self.assertEqual((coverage.EX_TEST, "rheap: module/core/a.c:4: never ran, and no reason says why\n"),
                         (code, err))
        self.assertIn("No reason is known.", out)

    def test_part_of_the_tests_is_not_judged(self):
        self.run_with("")
        code, _, err = self.coverage("--part")
        self.assertEqual((coverage.EX_PASS, ""), (code, err))

    def test_a_reason_for_what_ran_is_refused(self):
        code, _, err = self.run_with("# A remark\ncore/a.c first\n| return -ENOMEM;\nShort.\n", silent=())
        self.assertEqual(coverage.EX_TEST, code)
        self.assertIn("reasons.txt:2: no line 'return -ENOMEM;' of first is without a run", err)

    def test_a_line_that_runs_by_chance_may(self):
        for silent in (4,), ():
            code, out, err = self.run_with("core/a.c first\n~ return -ENOMEM;\nSometimes.\n", silent=silent)
            self.assertEqual((coverage.EX_PASS, "", bool(silent)), (code, err, "Sometimes." in out))
        code, _, err = self.run_with("core/a.c first\n~ return -ENOBUFS;\nSometimes.\n", silent=())
        self.assertEqual(coverage.EX_TEST, code)
        self.assertIn("reasons.txt:1: no line 'return -ENOBUFS;' of first is there", err)

    def test_of_two_lines_of_one_text_the_silent_one_is_meant(self):
        code, _, err = self.run_with("core/a.c first\n| return 0;\nNever.\n", silent=(6,))
        self.assertEqual((coverage.EX_PASS, ""), (code, err))

    def test_a_whole_function(self):
        text = "core/a.c first\n| *\nNever.\n"
        code, _, err = self.run_with(text, silent=(4,))
        self.assertEqual(coverage.EX_TEST, code)
        self.assertIn("reasons.txt:1: 4 lines of first did run", err)
        matched, complaints = reasons.match(reasons.read(self.folder / "reasons.txt"), {"core/a.c": {4: 0, 5: 0, 9: 1}},
                                            Source(self.folder / "module"))
        self.assertEqual(([("core/a.c", 4), ("core/a.c", 5)], []), (sorted(matched), complaints))

    def test_lines_are_those_of_the_function_before(self):
        self.write("module/core/f.c", "int g(void);\nstatic struct x *first(int a,\n\tint b)\n{\n\tg();\n}\n"
                   "static const int c = sizeof(int);\nMAKES(second,\n\tg());\n")
        source = Source(self.folder / "module")
        self.assertEqual(["g", "first", "first", "MAKES"],
                         [source.function("core/f.c", number) for number in (1, 2, 5, 9)])

    def test_a_function_that_is_gone_is_told(self):
        code, _, err = self.run_with("core/a.c third\n| *\nNever.\n")
        self.assertEqual(coverage.EX_TEST, code)
        self.assertIn("reasons.txt:1: core/a.c has no function third with code", err)

    def test_what_is_no_paragraph_is_told_by_its_place(self):
        for text, why in (("core/a.c\n| x\ny\n", "reasons.txt:1: a paragraph begins with FILE FUNCTION"),
                          ("\ncore/a.c first\n| x\n", "reasons.txt:2: names no line, or gives no reason"),
                          ("core/a.c first\nwhy\n", "reasons.txt:1: names no line"),
                          ("core/a.c first\n| x\nwhy\n| y\n", "reasons.txt:4: a line of code after the reason")):
            code, _, err = self.run_with(text)
            self.assertEqual(coverage.EX_RESOURCE, code)
            self.assertIn(why, err)


if __name__ == "__main__":
    unittest.main()
