# SPDX-License-Identifier: GPL-2.0
#
# Where a pool's memory is in use over time: a panel a picture, operations to the
# right, addresses up, the darker the fuller.
#
# Data: a block a picture, a line an equal share of the pool from the lowest
# address on, in it a number from 0 (free) to 9 (in use) a look.
# ARG4: panels in a row; ARG5: for each panel its title, a word, and the number of
# operations at its end; title - is no panel.

data = ARG1
svg = ARG2
clock_unit = ARG3
columns = int(ARG4)
titles = ARG5
panels = words(titles) / 2
rows = (panels + columns - 1) / columns
panel_height = 260.0
height = rows * panel_height + 34
load ARG0[:strlen(ARG0) - strlen("map.gp")]."common.gp"

set palette defined (0 "#ffffff", 1 "#cfe3f1", 9 "#0072B2")
set cbrange [0 : 9]
unset colorbox
unset grid
set border 15 lc rgb "#808080"
set key off
set yrange [0 : 1]
set ytics ("0" 0, "1/4" 0.25, "1/2" 0.5, "3/4" 0.75, "end" 1)
set multiplot

block = 0
do for [p = 0 : panels - 1] {
	title = word(titles, 2 * p + 1)
	operations = real(word(titles, 2 * p + 2))
	if (title ne "-") {
		row = p / columns
		column = p % columns
		set lmargin at screen 0.08 + column * (0.92 / columns)
		set rmargin at screen 0.08 + (column + 1) * (0.92 / columns) - 0.07
		set tmargin at screen 1 - (row * panel_height + 30) / height
		set bmargin at screen 1 - ((row + 1) * panel_height - 50) / height
		set xrange [*:*]
		set yrange [*:*]
		stats data index block matrix nooutput
		looks = STATS_size_x
		cells = STATS_size_y
		set xrange [0 : operations]
		set yrange [0 : 1]
		set xtics count_step(operations)
		set title title offset 0,-0.6 font ",14"
		if (column == 0) { set ylabel "place in the pool" } else { unset ylabel }
		if (row == rows - 1) { set xlabel "operations" } else { unset xlabel }
		plot data index block matrix \
			using (($1 + 0.5) / looks * operations):(($2 + 0.5) / cells):3 with image
		block = block + 1
	}
}
unset multiplot
