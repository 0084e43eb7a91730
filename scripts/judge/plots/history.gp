# SPDX-License-Identifier: GPL-2.0
#
# Key figures of a baseline over its runs, a panel each; changes are marked.
#
# Data: for each panel a block; a value that is not so is missing:
#	place  value  changed  to-be-confirmed  measured-otherwise  "commit"
# ARG4: panels; ARG5: runs; ARG6: the panels' titles, words.

data = ARG1
svg = ARG2
clock_unit = ARG3
panels = int(ARG4)
runs = int(ARG5)
titles = ARG6
rows = (panels + 1) / 2
panel_height = 230.0
key_height = 70.0
height = rows * panel_height + key_height
load ARG0[:strlen(ARG0) - strlen("judge/plots/history.gp")]."report/plots/common.gp"

set key off
set multiplot
set xrange [-0.5 : runs - 0.5]
set xtics rotate by 90 right font ",11"
set format y "%.6g"
every = 1 + runs / 30
label(row, commit) = int(row) % every == 0 ? commit : ""

do for [p = 0 : panels - 1] {
	row = p / 2
	column = p % 2
	set lmargin at screen 0.09 + column * 0.5
	set rmargin at screen 0.49 + column * 0.5
	set tmargin at screen 1 - (row * panel_height + 30) / height
	set bmargin at screen 1 - ((row + 1) * panel_height - 66) / height
	# A panel is no narrower than 1 % of its figure, so that what is constant is flat
	set yrange [*:*]
	stats data index p using 2 nooutput
	room = 0.6 * (STATS_max - STATS_min) + 0.005 * abs(STATS_max) + 1e-9
	set yrange [STATS_min - room : STATS_max + room]
	set title word(titles, p + 1) offset 0,-0.7 font ",13"
	plot data index p using 1:2:xtic(label($0, strcol(6))) with linespoints lt 1 ps 0.5, \
		"" index p using 1:5 with points lt 8 pt 1 ps 1.4, \
		"" index p using 1:4 with points lt 2 pt 4 ps 1.4, \
		"" index p using 1:3 with points lt 2 pt 5 ps 1.4
}

# The key, in a panel of its own below all.
set lmargin at screen 0.05
set rmargin at screen 0.98
set bmargin at screen 0.0
set tmargin at screen (key_height - 10) / height
set xrange [0 : 1]
set yrange [0 : 1]
unset title
unset xtics
unset ytics
unset border
unset grid
set key center center horizontal samplen 2
plot NaN with linespoints lt 1 ps 0.5 title "a run", \
	NaN with points lt 2 pt 5 title "changed here", \
	NaN with points lt 2 pt 4 title "changed, to be confirmed", \
	NaN with points lt 8 pt 1 title "measured otherwise than before"
unset multiplot
