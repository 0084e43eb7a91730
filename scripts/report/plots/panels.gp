# SPDX-License-Identifier: GPL-2.0
#
# Lines with points over a count, a panel each kind of case.
#
# Data: for each panel a block a line, the first line of each its name in column 2; a
# block that is only its first line is not drawn; and behind all panels a block for
# each line's name:
#	x  y
# ARG4: lines; ARG5: for each panel its title and what its x and its y are, words;
# ARG6: for each panel lin or log, of x and of y, words.

data = ARG1
svg = ARG2
clock_unit = ARG3
lines = int(ARG4)
titles = ARG5
scales = ARG6
panels = words(titles) / 3
columns = panels > 1 ? 2 : 1
rows = (panels + columns - 1) / columns
panel_height = 270.0
key_height = 50.0 + 24 * lines
height = rows * panel_height + key_height
load ARG0[:strlen(ARG0) - strlen("panels.gp")]."common.gp"

set key off
set multiplot

do for [p = 0 : panels - 1] {
	row = p / columns
	column = p % columns
	set lmargin at screen 0.09 + column * 0.5
	set rmargin at screen (columns == 1 ? 0.98 : 0.49 + column * 0.5)
	set tmargin at screen 1 - (row * panel_height + 34) / height
	set bmargin at screen 1 - ((row + 1) * panel_height - 60) / height
	unset logscale
	set format "%g"
	set xrange [*:*]
	set yrange [0:*]
	if (word(scales, 2 * p + 1) eq "log") { set logscale x 2 }
	if (word(scales, 2 * p + 2) eq "log") { set logscale y 10; set yrange [*:*]; set format y "10^{%T}"; set format y "%.0s%c" }
	if (word(scales, 2 * p + 2) ne "log") { set format y "%.0s%c" }
	set offsets graph 0.05, graph 0.05, graph 0.08, 0
	set xtics autofreq
	set ytics autofreq
	set title word(titles, 3 * p + 1) offset 0,-0.6
	set xlabel word(titles, 3 * p + 2) offset 0,0.6
	set ylabel word(titles, 3 * p + 3) offset 1.4,0
	plot NaN notitle, for [i = 0 : lines - 1] data index (p * lines + i) every ::1 using 1:2 \
		with linespoints lt (1 + i % 12) ps 0.6
}

# The key, in a panel of its own below all.
unset logscale
set lmargin at screen 0.05
set rmargin at screen 0.98
set bmargin at screen 0.0
set tmargin at screen (key_height - 30) / height
set offsets 0, 0, 0, 0
set xrange [0 : 1]
set yrange [0 : 1]
unset title
unset xlabel
unset ylabel
unset xtics
unset ytics
unset border
unset grid
set key center center Left reverse vertical maxrows lines samplen 2 spacing 1.2
plot for [i = 0 : lines - 1] data index (panels * lines + i) using (NaN):2 \
	with linespoints lt (1 + i % 12) ps 0.6 title columnheader(2)
unset multiplot
