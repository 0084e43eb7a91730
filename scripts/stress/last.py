#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The programs that a fuzzer's workers played last, of its journal, as a corpus.

A line of the journal is the number of a worker and a program; that which a crash
cut off has no newline. The format of a corpus: stress/torment/corpus.h.
"""

import argparse
import pathlib
import re
import sys

LINE = re.compile(rb"([0-9]+) ([0-9a-f]+:[0-9a-f; ]*)\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="of the fuzzer")
    parser.add_argument("journal", type=pathlib.Path)
    options = parser.parse_args()
    try:
        with options.journal.open("rb") as lines:
            sys.stdout.write(corpus(options.name, last(lines)))
    except OSError as error:
        print(f"last.py: {error}", file=sys.stderr)
        return 3
    return 0


def last(lines):
    """Of each worker the last program."""
    programs = {}
    for line in lines:
        match = LINE.fullmatch(line)
        if match:
            programs[int(match[1])] = match[2].decode()
    return [programs[worker] for worker in sorted(programs)]


def corpus(name, programs):
    text = "# SPDX-License-Identifier: GPL-2.0\n# What a machine did last\n" \
           f"rheap-corpus 1 {name} {len(programs)}\n" + "".join(program + "\n" for program in programs)
    return f"{text}checksum {checksum(text):016x}\n"


def checksum(text):
    """FNV-1a, 64 bits."""
    total = 0xcbf29ce484222325
    for byte in text.encode():
        total = (total ^ byte) * 0x100000001b3 % 2 ** 64
    return total


if __name__ == "__main__":
    sys.exit(main())
