# SPDX-License-Identifier: GPL-2.0
"""The modules' source: the text of a line, and what function it is of."""

import re

# Kernel style: what begins in the first column and has a bracket
HEAD = re.compile(r"(?=[A-Za-z_])[^;={(]*?(\w+)\(")


class Source:
    """All files below a folder."""

    def __init__(self, module):
        self.module = module
        self.files = {}

    def lines(self, name):
        if name not in self.files:
            self.files[name] = (self.module / name).read_text().splitlines()
        return self.files[name]

    def text(self, name, number):
        """A line without its margins."""
        return self.lines(name)[number - 1].strip()

    def function(self, name, number):
        """The function, or the macro that makes one, that a line is of; "" if there is none.

        gcov does not tell whose a line is that is only ever compiled into others.
        """
        for line in reversed(self.lines(name)[:number]):
            head = HEAD.match(line)
            if head:
                return head.group(1)
        return ""
