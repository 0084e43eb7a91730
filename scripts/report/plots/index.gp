# SPDX-License-Identifier: GPL-2.0
#
# How torn memory is over time: the unusable index over operations, a panel each
# kind of memory and load, a line a heap.
#
# Data: for each panel a block a line, the first line of each its name in column
# 2; a block that is only its first line is not drawn; and behind all panels a
# block for each line's name:
#	operations  index
# ARG4: lines; ARG5: for each panel its title, a word, and the number of operations
# at its end.

data = ARG1
svg = ARG2
clock_unit = ARG3
lines = int(ARG4)
titles = ARG5
panels = words(titles) / 2
columns = panels > 1 ? 2 : 1
rows = (panels + columns - 1) / columns
panel_height = 240.0
key_height = 50.0 + 24 * lines
height = rows * panel_height + key_height
load ARG0[:strlen(ARG0) - strlen("index.gp")]."common.gp"

set key off
set multiplot

do for [p = 0 : panels - 1] {
	row = p / columns
	column = p % columns
	set lmargin at screen 0.07 + column * 0.5
	set rmargin at screen (columns == 1 ? 0.98 : 0.48 + column * 0.5)
	set tmargin at screen 1 - (row * panel_height + 34) / height
	set bmargin at screen 1 - ((row + 1) * panel_height - 44) / height
	most = real(word(titles, 2 * p + 2))
	set xrange [0 : most]
	set xtics count_step(most)
	set yrange [0 : 1.02]
	set ytics 0.2
	set title word(titles, 2 * p + 1) offset 0,-0.6
	if (column == 0) { set ylabel "unusable index" offset 2.4,0 } else { unset ylabel }
	if (p + columns >= panels) { set xlabel "operations" offset 0,0.6 } else { unset xlabel }
	plot NaN notitle, for [i = 0 : lines - 1] data index (p * lines + i) every ::1 using 1:2 \
		with lines lt (1 + i % 8) lw 1.5
}

# The key, in a panel of its own below all.
set lmargin at screen 0.05
set rmargin at screen 0.98
set bmargin at screen 0.0
set tmargin at screen (key_height - 30) / height
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
	with lines lt (1 + i % 8) lw 1.5 title columnheader(2)
unset multiplot
