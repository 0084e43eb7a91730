# SPDX-License-Identifier: GPL-2.0
"""A panel of a chapter's figure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Panel:
    """Lines over a count. lines: name to [(x, y), ...]. log_x, log_y: whether an axis is logarithmic."""

    title: str
    x: str
    y: str
    lines: dict
    log_x: bool = False
    log_y: bool = False
