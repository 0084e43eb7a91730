# SPDX-License-Identifier: GPL-2.0
"""Any content of a run folder is a run, or is refused with file and line.

The seeds are fixed, so that a failure names what failed; RHEAP_FUZZ=N tries N of them.
"""

import json
import os
import random
import tempfile
import unittest
from pathlib import Path

import support
import rundir
from errors import ReportError

TRIES = int(os.environ.get("RHEAP_FUZZ", 150))
VALUES = [None, True, False, 0, -1, 1, 2 ** 63, -2 ** 64, 1e308, 0.5, "", "x", "insn", "ns", [], {}, [[]],
          [[0, 0, 0]], [[2, 1, 5]], [[0, 1, -1]], {"heap": "x"}, {"heap": {}}, "\u2028", "\ud800"]
WORDS = ["{", "}", "[", "]", '"', ",", ":", "NaN", "Infinity", "-", "1e999", "\n", "\\", "\0", "\u2028",
         '{"a":1,"a":2}', "9" * 5000, "[" * 3000]


def other(rng, value):
    """The value with one thing in it changed."""
    if isinstance(value, dict) and value and rng.randrange(8):
        key = rng.choice(sorted(value))
        result = dict(value)
        if rng.randrange(6) == 0:
            del result[key]
        else:
            result[key] = other(rng, value[key])
        return result
    if isinstance(value, list) and value and rng.randrange(4):
        at = rng.randrange(len(value))
        return value[:at] + [other(rng, value[at])] + value[at + 1:]
    return rng.choice(VALUES)


def torn(rng, text):
    """The text with a few bytes changed."""
    for _ in range(rng.randint(1, 3)):
        at, to = sorted(rng.randint(0, len(text)) for _ in range(2))
        text = text[:at] + rng.choice((rng.choice(WORDS), chr(rng.randrange(256)))) + text[at if rng.randrange(4) else to:]
    return text


class Fuzz(unittest.TestCase):
    def read(self, folder, provenance, records):
        (folder / rundir.PROVENANCE).write_text(provenance, encoding="utf-8", errors="surrogatepass")
        (folder / rundir.RECORDS).write_text(records, encoding="utf-8", errors="surrogatepass")
        try:
            rundir.load(folder)
        except ReportError as error:
            problems = getattr(error, "problems", [str(error)])
            for problem in problems:
                self.assertIn(str(folder), problem)
            return False
        return True

    def test_any_content_is_a_run_or_refused(self):
        records = support.small_run()[:6]
        refused = 0
        with tempfile.TemporaryDirectory() as name:
            for seed in range(TRIES):
                rng = random.Random(seed)
                provenance, lines = support.provenance(), list(records)
                if rng.randrange(2):
                    provenance = other(rng, provenance)
                else:
                    at = rng.randrange(len(lines))
                    lines[at] = other(rng, lines[at])
                texts = [json.dumps(provenance), "".join(json.dumps(line) + "\n" for line in lines)]
                if not rng.randrange(3):
                    at = rng.randrange(2)
                    texts[at] = torn(rng, texts[at])
                with self.subTest(seed=seed):
                    refused += not self.read(Path(name), *texts)
        self.assertGreater(refused, 0)


if __name__ == "__main__":
    unittest.main()
