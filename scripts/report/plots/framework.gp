# SPDX-License-Identifier: GPL-2.0
#
# What the framework costs: a heap's p50 minus its twin's over size, in the
# clock's unit and in percent of the twin's, a line each comparison.
#
# Data: a block a comparison, its first line the comparison's name in column 2:
#	size  difference  percent  low  high  low and high in percent
# The whiskers from low to high are what is left open: by the histograms'
# resolution, or by an interval; the scale is the points'.
# ARG4: the comparisons' line types, one a block.

data = ARG1
svg = ARG2
clock_unit = ARG3
height = 540
types = ARG4
load ARG0[:strlen(ARG0) - strlen("framework.gp")]."common.gp"

blocks = words(types)
type(i) = int(word(types, i + 1))
stats data using 1 nooutput

set logscale x
set xrange [STATS_min / 1.4 : STATS_max * 1.4]
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
set xzeroaxis lt 1 lc rgb "#808080" lw 1

set multiplot

set bmargin at screen 0.30
set tmargin at screen 0.90
set key off

do for [panel = 0 : 1] {
	set lmargin at screen (panel == 0 ? 0.10 : 0.60)
	set rmargin at screen (panel == 0 ? 0.48 : 0.98)
	set title (panel == 0 ? "heap minus twin" : "heap minus twin, of the twin")
	set ylabel (panel == 0 ? "difference at the median, ".unit : "difference at the median, percent")
	set yrange [*:*]
	stats data using 2 + panel nooutput
	set yrange [1.3 * (STATS_min < 0 ? STATS_min : 0) : STATS_max > 0 ? 1.3 * STATS_max : 1]
	plot for [i = 0 : blocks - 1] data index i every ::1 \
		using 1:(column(2 + panel)):(column(4 + 2 * panel)):(column(5 + 2 * panel)) \
		with yerrorbars lt type(i) lw 1 pt 0 notitle, \
	     for [i = 0 : blocks - 1] data index i every ::1 using 1:(column(2 + panel)) \
		with linespoints lt type(i) ps 0.8 notitle
}

set lmargin at screen 0.05
set rmargin at screen 0.98
set bmargin at screen 0.0
set tmargin at screen 0.17
set yrange [0 : 1]
unset title
unset xlabel
unset ylabel
unset xtics
unset ytics
unset border
unset grid
unset xzeroaxis
set key center center Left reverse horizontal maxrows 4 samplen 2 spacing 1.2
plot for [i = 0 : blocks - 1] data index i using (NaN):2 \
	with linespoints lt type(i) ps 0.9 title columnheader(2)

unset multiplot
