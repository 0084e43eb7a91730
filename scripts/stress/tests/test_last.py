# SPDX-License-Identifier: GPL-2.0
"""A journal becomes a corpus of what was played last."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import last  # noqa: E402


class Last(unittest.TestCase):
    def test_of_each_worker_the_last_whole_program_stays(self):
        lines = [b"1 1:a b;c\n", b"0 2:\n", b"1 3:d;\n", b"2 4:\n", b"nonsense\n", b"0 5:e f"]
        self.assertEqual(last.last(lines), ["2:", "3:d;", "4:"])

    def test_the_checksum_is_that_of_fnv(self):
        self.assertEqual(last.checksum(""), 0xcbf29ce484222325)
        self.assertEqual(last.checksum("foobar"), 0x85944171f73967e8)

    def test_a_corpus_has_a_head_and_a_checksum(self):
        lines = last.corpus("fuzz-tee", ["1:a", "2:b"]).splitlines()
        self.assertEqual(lines[2:5], ["rheap-corpus 1 fuzz-tee 2", "1:a", "2:b"])
        self.assertRegex(lines[5], "^checksum [0-9a-f]{16}$")


if __name__ == "__main__":
    unittest.main()
