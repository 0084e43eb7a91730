# SPDX-License-Identifier: GPL-2.0
"""Any bytes are a plan, or are refused with a place; a plan that is written reads back.

The seeds are fixed, so that a failure names what failed; RHEAP_FUZZ=N tries N of them.
"""

import os
import pathlib
import random
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from parse import Plan, PlanError  # noqa: E402

TRIES = int(os.environ.get("RHEAP_FUZZ", 1500))
INSTRUMENTS = ["one", "two", "three"]
PLANS = pathlib.Path(__file__).resolve().parents[3] / "results" / "plans"
WORDS = ["[", "]", "[plan]", "[one]", "[one:a]", "[two:b]\nheap = x y\n", "=", ":", "#", ";", "\n", "\n\n ",
         "\t", "%(x)s", "${x}", "trace = a", "label = x", "clock = wall", "\0", "\x85", "é", "DEFAULT",
         "description", "only = a\n only = b\n", "\ufeff", "\r\n", "key\n  goes on\n"]


def changed(rng, text):
    """The text with a few changes, as bytes."""
    for _ in range(rng.randint(1, 6)):
        at, to = sorted(rng.randint(0, len(text)) for _ in range(2))
        how = rng.randrange(4)
        if how == 0:
            text = text[:at] + rng.choice(WORDS) + text[at:]
        elif how == 1:
            text = text[:at] + text[to:]
        elif how == 2:
            text = text[:at] + text[at:to][:200] + text[at:]
        else:
            text = text[:at] + chr(rng.choice((rng.randrange(128), rng.randrange(0x2000)))) + text[at + 1:]
    data = text.encode("utf-8", "surrogatepass")
    if not rng.randrange(20):
        data += bytes([rng.randrange(128, 256)])
    return data


def invented(rng):
    """Sections of a plan: name, and (key, value) of each."""
    sections = {}
    for i in range(rng.randint(1, 5)):
        name = rng.choice(INSTRUMENTS) + f":label{i}"
        sections[name] = {rng.choice(("heap", "size", "samples", "op", "x-y", "n0")):
                          rng.choice((None, "4K", "4K 64K  1M", "protected,secure-video system", "a=b"))
                          for _ in range(rng.randint(0, 4))}
    return sections


class Fuzz(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "plan.ini"
        self.traces = pathlib.Path(folder.name) / "traces"

    def plan(self, data):
        self.path.write_bytes(data)
        return Plan(self.path, INSTRUMENTS, self.traces)

    def test_any_bytes_are_a_plan_or_refused(self):
        texts = [path.read_text() for path in sorted(PLANS.glob("*.ini"))]
        texts.append("[plan]\ndescription = d\nclock = wall\n[one]\nheap = a b\n[two:x]\nflag\nsize = 4K\n")
        refused = 0
        for seed in range(TRIES):
            rng = random.Random(seed)
            data = changed(rng, rng.choice(texts))
            with self.subTest(seed=seed):
                try:
                    plan = self.plan(data)
                except PlanError as error:
                    refused += 1
                    self.assertTrue(str(error).startswith(str(self.path)), str(error))
                    self.assertNotIn("\n", str(error).replace(data.decode("utf-8", "replace"), ""))
                    continue
                for entry in plan.entries:
                    self.assertIn(entry.program, INSTRUMENTS)
                    self.assertTrue(all(isinstance(word, str) and word for word in entry.command()))
        self.assertGreater(refused, 0)

    def test_what_is_written_reads_back(self):
        for seed in range(TRIES // 5):
            sections = invented(random.Random(seed))
            text = "".join(f"[{name}]\n" + "".join(key + ("\n" if value is None else f" = {value}\n")
                                                   for key, value in keys.items())
                           for name, keys in sections.items())
            with self.subTest(seed=seed):
                plan = self.plan(text.encode())
                self.assertEqual([entry.name for entry in plan.entries], list(sections))
                for entry in plan.entries:
                    wanted = [(key, word) for key, value in sections[entry.name].items()
                              for word in (value.split() if value else [None])]
                    self.assertEqual(list(entry.words), wanted)


if __name__ == "__main__":
    unittest.main()
