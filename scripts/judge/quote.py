# SPDX-License-Identifier: GPL-2.0
"""Tables of results/ that stand in README.md, too: between two comments, as the file has them."""

import re
from pathlib import Path

BETWEEN = re.compile(r"(<!-- table of (\S+) -->\n).*?(<!-- end of table -->)", re.DOTALL)


def quoted(readme):
    """The README's text with each table as its file has it. readme: its path; files are beside it."""
    root = Path(readme).parent
    return BETWEEN.sub(lambda found: found[1] + table(root / found[2]) + found[3],
                       Path(readme).read_text(encoding="utf-8"))


def table(path):
    """The lines of a Markdown file's only table."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return "\n" + "".join(line for line in lines if line.startswith("|")) + "\n"
