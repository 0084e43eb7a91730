#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Which lines of the modules have run: a table as Markdown, and what is not as it should be."""

import argparse
import itertools
import json
import pathlib
import sys

import counts
import reasons
from source import Source

EX_PASS, EX_TEST, EX_RESOURCE = 0, 2, 3
GOAL = 90
# Modules that are tests themselves or wrong on purpose, and what no kernel runs
UNCOUNTED = ("faults/", "importer/", "kunit/", "ledger/", "optee/", "service/tests/")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=pathlib.Path, help="the run folder")
    parser.add_argument("--module", type=pathlib.Path, required=True, help="the source")
    parser.add_argument("--gcno", type=pathlib.Path, required=True, help="what the compiler noted")
    parser.add_argument("--reasons", type=pathlib.Path, required=True, help="why lines do not run")
    parser.add_argument("--gcov", default="gcov", help="the compiler's gcov")
    parser.add_argument("--part", action="store_true", help="not all tests ran: judge nothing")
    options = parser.parse_args()
    try:
        folders = sorted((options.run / "counts").iterdir())
        facts = json.loads((options.run / "coverage.json").read_text())
        why = reasons.read(options.reasons)
        lines = counted(counts.collect(options.gcov, options.gcno, folders))
    except (OSError, ValueError) as error:
        print(f"rheap: {error}", file=sys.stderr)
        return EX_RESOURCE
    source = Source(options.module)
    matched, complaints = reasons.match(why, lines, source)
    complaints += judge(lines, matched, options.module)
    print("\n".join(document(lines, matched, source, facts, [folder.name for folder in folders])))
    if options.part:
        return EX_PASS
    for complaint in complaints:
        print(f"rheap: {complaint}", file=sys.stderr)
    return EX_TEST if complaints else EX_PASS


def counted(lines):
    """Those files that count."""
    return {name: of for name, of in lines.items() if not name.startswith(UNCOUNTED)}


def judge(lines, matched, module):
    """What is not as it should be."""
    complaints = []
    ran, there = total(lines)
    if ran * 100 < GOAL * there:
        complaints.append(f"{share(ran, there)} of the lines ran, less than {GOAL} %")
    for name, number in silent(lines):
        if (name, number) not in matched:
            complaints.append(f"module/{name}:{number}: never ran, and no reason says why")
    for path in sorted(module.rglob("*.c")):
        name = str(path.relative_to(module))
        if not name.startswith(UNCOUNTED) and name not in lines and has_code(path):
            complaints.append(f"module/{name}: not in any module that was built")
    return complaints


def has_code(path):
    """Is it more than what includes something?"""
    return "{" in path.read_text()


def silent(lines):
    """(file, number) of the lines that never ran, in order."""
    return [(name, number) for name in sorted(lines) for number in sorted(lines[name])
            if not lines[name][number]]


def total(lines):
    """Lines that ran, and lines."""
    return (sum(1 for of in lines.values() for count in of.values() if count),
            sum(len(of) for of in lines.values()))


def share(ran, there):
    # Rounded down: 89.96 % is not 90.
    return f"{1000 * ran // there / 10:.1f} %"


def document(lines, matched, source, facts, boots):
    """The Markdown."""
    ran, there = total(lines)
    dirty = " and what was not committed" if facts.get("dirty") else ""
    yield "<!-- SPDX-License-Identifier: GPL-2.0 -->"
    yield "# Lines of the modules that the tests reach"
    yield ""
    yield (f"`scripts/rheap coverage` at commit {facts.get('commit', 'none')[:12]}{dirty}: "
           f"{len(boots)} boots of Linux {facts['kernel_release']} (cov), {facts['compiler']}.")
    yield ""
    yield (f"{ran} of {there} lines ran, {share(ran, there)}. Counted is what a user loads: not the modules that "
           "are tests themselves (module/kunit, module/ledger, module/faults, module/importer), nor what runs inside "
           "OP-TEE (module/optee), which the kernel's gcov does not see.")
    yield ""
    yield "| file | lines | ran | |"
    yield "|---|--:|--:|--:|"
    for name in sorted(lines):
        ran, there = total({name: lines[name]})
        yield f"| {name} | {there} | {ran} | {share(ran, there)} |"
    yield ""
    yield "## Lines that never ran"
    yield from quiet_lines(lines, matched, source)


def quiet_lines(lines, matched, source):
    """Each line that never ran, with its text; below those of one function with one reason, that."""
    for (name, function, reason), of in itertools.groupby(
            silent(lines), key=lambda place: (place[0], source.function(*place), matched.get(place))):
        yield from ("", f"### {name}, {function}", "")
        for _, number in of:
            yield f"    {number}: {source.text(name, number)}"
        yield from ("", str(reason or "No reason is known."))


if __name__ == "__main__":
    sys.exit(main())
