# SPDX-License-Identifier: GPL-2.0
#
# What heaps hold while sessions play, a panel a session, all on their own
# scales: what is asked for as a grey surface, the smallest pool as a dashed
# line, a stepped line a heap.
#
# Data, for each session one block of what it asks for, one of the pool, and one
# a heap, each with its name in column 2 of its first line:
#	seconds  MiB
# A block that is only its first line is not drawn. ARG4: number of heaps; ARG5:
# the sessions' names, a word each.

data = ARG1
svg = ARG2
clock_unit = ARG3
heaps = int(ARG4)
titles = ARG5
sessions = words(titles)
columns = sessions > 1 ? 2 : 1
rows = (sessions + columns - 1) / columns
panel_height = 240.0
key_height = 50.0 + 24 * (heaps + 2)
height = rows * panel_height + key_height
load ARG0[:strlen(ARG0) - strlen("sessions.gp")]."common.gp"

blocks = 2 + heaps
asked = "#dddddd"
set style fill solid 1.0 noborder
set key off
set multiplot

do for [s = 0 : sessions - 1] {
	row = s / columns
	column = s % columns
	set lmargin at screen 0.07 + column * 0.5
	set rmargin at screen (columns == 1 ? 0.98 : 0.48 + column * 0.5)
	set tmargin at screen 1 - (row * panel_height + 34) / height
	set bmargin at screen 1 - ((row + 1) * panel_height - 44) / height
	set xrange [*:*]
	set yrange [*:*]
	stats data index (s * blocks):(s * blocks + 1) every ::1 using 1:2 nooutput
	seconds = STATS_max_x > 0 ? STATS_max_x : 1
	set xrange [0 : seconds]
	set xtics count_step(seconds)
	set yrange [0 : 1.15 * STATS_max_y]
	set ytics count_step(STATS_max_y)
	set title word(titles, s + 1) noenhanced offset 0,-0.6
	if (column == 0) { set ylabel "MiB" offset 1.6,0 } else { unset ylabel }
	if (row == rows - 1 || s + columns >= sessions) { set xlabel "s" offset 0,0.6 } else { unset xlabel }
	plot data index (s * blocks) every ::1 using 1:2 with fillsteps lc rgb asked, \
	     for [h = 0 : heaps - 1] data index (s * blocks + 2 + h) every ::1 using 1:2 \
		with steps lt (1 + h % 8) lw 1.5, \
	     data index (s * blocks + 1) every ::1 using 1:2 with lines lc rgb "#000000" lw 1 dt 2
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
set key center center Left reverse vertical maxrows heaps + 2 samplen 2 spacing 1.2
plot keyentry with boxes lc rgb asked title "asked for, if nothing failed", \
     keyentry with lines lc rgb "#000000" lw 1 dt 2 title "the smallest pool", \
     for [h = 0 : heaps - 1] data index 2 + h using (NaN):2 \
	with lines lt (1 + h % 8) lw 1.5 title columnheader(2)
unset multiplot
