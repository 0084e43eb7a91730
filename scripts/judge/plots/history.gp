# SPDX-License-Identifier: GPL-2.0
#
# Key figures over runs, a panel a figure; a dashed line where one changed for good.
#
# Data: a block a figure:
#	number of the run  value  1 where it changed, else 0
# ARG3: the panels' titles, words; ARG4: the runs' commits, words.

data = ARG1
svg = ARG2
clock_unit = "insn"
titles = ARG3
commits = ARG4
panels = words(titles)
runs = words(commits)
columns = panels > 1 ? 2 : 1
rows = (panels + columns - 1) / columns
height = 60 + 190 * rows
load ARG0[:strlen(ARG0) - strlen("judge/plots/history.gp")]."report/plots/common.gp"

set key off
set multiplot layout rows, columns
set xrange [-0.5 : runs - 0.5]
# At most 10 commits have room for their names
step = (runs + 9) / 10
set xtics rotate by -40 font ",10" scale 0.5 ()
do for [k = 0 : runs - 1 : step] {
	set xtics add (word(commits, k + 1) k)
}
set ytics font ",11"
set format y "%.6g"
set bmargin 3
set rmargin 3
do for [i = 0 : panels - 1] {
	set title word(titles, i + 1) font ",12"
	stats data index i using 2 nooutput
	room = STATS_max > STATS_min ? 0.15 * (STATS_max - STATS_min) : 0.01 * abs(STATS_max) + 1
	set yrange [STATS_min - room : STATS_max + room]
	low = STATS_min - room
	high = STATS_max + room
	set ytics round_step((high - low) / 3)
	plot data index i using ($3 == 1 ? $1 - 0.5 : NaN):(low):(0):(high - low) \
		with vectors nohead lc rgb "#D55E00" lw 1.5 dt 2, \
	     data index i using 1:2 with linespoints lt 1 ps 0.6
	set yrange [*:*]
}
unset multiplot
