# SPDX-License-Identifier: GPL-2.0
"""From which change on a number matters."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Floor:
    """The least change of a median that matters: a fraction of base, and so many units."""

    relative: float = 0.002
    absolute: float = 2

    def of(self, value):
        return max(self.relative * abs(value), self.absolute)
