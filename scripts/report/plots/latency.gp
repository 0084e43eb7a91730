# SPDX-License-Identifier: GPL-2.0
#
# Latency over size, a panel for alloc and one for free, a line a heap: p50 as
# points, p99 as a whisker up from it. Heaps are set a little apart on the size
# axis, so that their whiskers do not hide each other.
#
# Data: a block a heap, its first line the heap's name in column 2:
#	size  p50(alloc)  p99(alloc)  p50(free)  p99(free)
# ARG4: the heaps' line types, one a block; ARG5, ARG6: least and largest of all p50 and p99.

data = ARG1
svg = ARG2
clock_unit = ARG3
height = 540
types = ARG4
least = real(ARG5)
most = real(ARG6)
load ARG0[:strlen(ARG0) - strlen("latency.gp")]."common.gp"

blocks = words(types)
type(i) = int(word(types, i + 1))
stats data using 1 nooutput
apart = 1.035
x(b, i) = b * apart ** (i - (blocks - 1) / 2.0)

set logscale x
set xrange [STATS_min / 1.4 : STATS_max * 1.4]
if (most / least > 20) {
	scale_text = " (log scale)"
	set logscale y
	set yrange [least / 1.5 : most * 1.5]
	set format y "%.0s%c"
} else {
	scale_text = ""
	set yrange [0 : most * 1.08]
	set ytics (0)
	do for [k = 1 : 10] {
		set ytics add (count_text(k * count_step(most)) k * count_step(most))
	}
}
# Sizes to label: each octave or every second one, and the largest.
octaves = log(STATS_max / STATS_min) / log(2)
step = octaves > 7 ? 2 : 1
set xtics (size_text(STATS_max) STATS_max)
do for [k = 0 : floor(octaves + 0.01) : step] {
	if (STATS_min * 2 ** (k + step - 0.01) < STATS_max) {
		set xtics add (size_text(STATS_min * 2 ** k) STATS_min * 2 ** k)
	}
}
set xlabel "buffer size, bytes"

set multiplot

set bmargin at screen 0.30
set tmargin at screen 0.90
set key off

do for [panel = 0 : 1] {
	set lmargin at screen (panel == 0 ? 0.11 : 0.60)
	set rmargin at screen (panel == 0 ? 0.51 : 0.99)
	set title (panel == 0 ? "alloc" : "free").scale_text
	if (panel == 0) {
		set ylabel "latency, ".unit.": point p50, whisker to p99"
	} else {
		unset ylabel
	}
	plot for [i = 0 : blocks - 1] data index i every ::1 \
		using (x($1, i)):(column(2 + 2 * panel)):(column(2 + 2 * panel)):(column(3 + 2 * panel)) \
		with yerrorbars lt type(i) lw 1 pt 0 notitle, \
	     for [i = 0 : blocks - 1] data index i every ::1 \
		using (x($1, i)):(column(2 + 2 * panel)) with linespoints lt type(i) ps 0.7 notitle
}

# The key, in a panel of its own below both.
set lmargin at screen 0.05
set rmargin at screen 0.98
set bmargin at screen 0.0
set tmargin at screen 0.17
unset title
unset xlabel
unset ylabel
unset xtics
unset ytics
unset border
unset grid
set key center center Left reverse horizontal maxrows 4 samplen 2 spacing 1.2
plot for [i = 0 : blocks - 1] data index i using (NaN):2 \
	with linespoints lt type(i) ps 0.9 title columnheader(2)

unset multiplot
