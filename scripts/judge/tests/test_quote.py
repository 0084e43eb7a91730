# SPDX-License-Identifier: GPL-2.0
"""That the README's tables are those of the files that they are from."""

import tempfile
import unittest
from pathlib import Path

import sides
import quote

README = sides.JUDGE.parents[1] / "README.md"


class Quote(unittest.TestCase):
    def test_the_readme_is_up_to_date(self):
        text = README.read_text(encoding="utf-8")
        self.assertEqual([found[2] for found in quote.BETWEEN.finditer(text)],
                         ["results/error-rates.md", "results/error-rates-wall.md"])
        self.assertEqual(text, quote.quoted(README), "run: python3 scripts/judge/judge.py quote README.md")

    def test_what_is_between_is_replaced_and_nothing_else(self):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            (folder / "rates.md").write_text("# Rates\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nMore.\n")
            readme = folder / "README.md"
            readme.write_text("Before.\n<!-- table of rates.md -->\n| old |\n<!-- end of table -->\nAfter.\n")
            self.assertEqual(quote.quoted(readme),
                             "Before.\n<!-- table of rates.md -->\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
                             "<!-- end of table -->\nAfter.\n")


if __name__ == "__main__":
    unittest.main()
