# SPDX-License-Identifier: GPL-2.0
"""What the report says of an instrument: a chapter each.

A chapter is a module with

    BENCH          the instrument's name, which is also that of its figure
    TITLE          of its part of the page
    FIGURE         the figure's title
    NOTE           how to read its table
    COLUMNS        of its table, the first WORDS of which are words
    rows(run)      the table's rows, as text
    findings(run)  sentences that say what was found
    panels(run)    the figure's panels, of panel.Panel

and all three are empty for a run without such measurements.
"""

import choices
import closing
import policies
import scaling

ALL = (scaling, closing, choices, policies)


def findings(run):
    """All chapters' sentences."""
    return [sentence for chapter in ALL for sentence in chapter.findings(run)]
