# SPDX-License-Identifier: GPL-2.0
"""Each format by the rules of who reads it: schemas that were published, or what was said of it.

What a schema leaves to the reader of its text is checked here: names are there once.
"""

import csv
import io
import json
import re
import unittest
from datetime import datetime
from pathlib import Path

import jsonschema

import sides
import export

SCHEMAS = Path(__file__).resolve().parent / "schemas"
RECORDS = sides.support.small_run() + [
    {"bench": "latency", "params": {"heap": "h,x", "size": 9, "reason": "ENOMEM"},
     "metric": "skipped", "unit": "count", "value": 1}]


def text(name, *more):
    """A small run, and more, in a format."""
    return export.export(name, [sides.run(RECORDS), *more])


def check(name, document):
    """Against a schema in schemas/, whose own comment names its source."""
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)


class Export(unittest.TestCase):
    def test_kcidb(self):
        document = json.loads(text("kcidb"))
        check("kcidb", document)
        self.assertEqual(len({test["id"] for test in document["tests"]}), len(RECORDS))
        self.assertEqual({test["build_id"] for test in document["tests"]}, {document["builds"][0]["id"]})
        skipped = [test for test in document["tests"] if test["status"] == "SKIP"]
        self.assertEqual(len(skipped), 1)
        self.assertNotIn("number", skipped[0])

    def test_bmf(self):
        document = json.loads(text("bmf"))
        check("bmf", document)
        self.assertEqual(document["latency restricted_carveout 4K alloc"]["instructions"]["value"], 2064)
        self.assertLessEqual(max(map(len, document)), 1024)

    def test_github_action(self):
        document = json.loads(text("github-action"))
        check("github-action", document)
        self.assertEqual(len({entry["name"] for entry in document}), len(RECORDS))

    def test_benchstat(self):
        lines = text("benchstat", sides.run(RECORDS)).splitlines()
        results = [line for line in lines if line.startswith("Benchmark")]
        self.assertEqual(len(results), 2 * len(RECORDS))
        for line in lines:
            # A result: a name, iterations, then pairs of value and unit; else key: value, key in
            # lower case; else it is left out by the reader
            self.assertRegex(line, r"^(Benchmark[^a-z\s]\S* [1-9]\d*( \d+(\.\d+)?(e[+-]\d+)? \S+)+"
                                   r"|[a-z][^A-Z\s]*: .*|)$")

    def test_otava(self):
        rows = list(csv.DictReader(io.StringIO(text("otava", sides.run(RECORDS)))))
        self.assertEqual(len(rows), 2)
        for row in rows:
            datetime.fromisoformat(row.pop("time").replace("Z", "+00:00"))
            self.assertTrue(row.pop("commit"))
            self.assertEqual(len(row), len(RECORDS))
            for value in row.values():
                float(value)

    def test_ktap(self):
        lines = text("ktap").splitlines()
        self.assertEqual(lines[:2], ["KTAP version 1", f"1..{len(RECORDS)}"])
        results = [line for line in lines[2:] if not line.startswith("# ")]
        for number, line in enumerate(results, 1):
            self.assertRegex(line, rf"^ok {number} [^#\s]+( # SKIP .*)?$")
        self.assertEqual(sum("# SKIP ENOMEM" in line for line in results), 1)

    def test_one_run_at_a_time_where_the_format_has_room_for_one(self):
        for name in set(export.FORMATS) - set(export.SEVERAL):
            with self.assertRaises(export.OneRunOnly):
                text(name, sides.run(RECORDS))

    def test_names_are_no_longer_than_systems_take(self):
        self.assertFalse(re.search(r"[^\x20-\x7e]", text("bmf").replace("\n", "")))


if __name__ == "__main__":
    unittest.main()
