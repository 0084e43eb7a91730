# SPDX-License-Identifier: GPL-2.0
"""Figures; gnuplot draws them."""

import subprocess

from errors import Missing


def draw(script, data, svg, *arguments):
    """Have a script draw its data. Raises Missing if there is no gnuplot or it fails."""
    command = ["gnuplot", "-c", script, data, svg, *map(str, arguments)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Missing("gnuplot is missing: run `scripts/rheap setup`") from None
    if done.returncode:
        raise Missing(f"gnuplot could not draw {svg.name}: {' '.join(done.stderr.split())}")
