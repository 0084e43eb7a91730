# SPDX-License-Identifier: GPL-2.0
#
# Against mainline: an alloc and a free together without scrubbing, a bar a
# heap, and what scrubbing adds as bars of its own; a panel a size, each with
# its own scale.
#
# Data: a block a size, a line a bar:
#	"name"  p50  line type  "p50 as text"
# ARG4: number of blocks; ARG5: bars in the longest block; ARG6: the blocks' sizes.

data = ARG1
svg = ARG2
clock_unit = ARG3
blocks = int(ARG4)
bars = int(ARG5)
sizes = ARG6
height = 60 + blocks * (78 + 26 * bars)
load ARG0[:strlen(ARG0) - strlen("mainline.gp")]."common.gp"


set style fill solid 1.0 noborder
set ytics scale 0 textcolor rgb "#333333"
set grid noytics xtics
set key off
set lmargin at screen 0.32
set rmargin at screen 0.98
panel = 1.0 * (78 + 26 * bars) / height

set multiplot
do for [i = 0 : blocks - 1] {
	top = 1 - 34.0 / height - i * panel
	set tmargin at screen top
	set bmargin at screen top - panel + 78.0 / height
	set title "buffers of ".word(sizes, i + 1) offset 0,-0.6
	if (i == blocks - 1) { set xlabel "alloc + free, p50, ".unit } else { unset xlabel }
	set xrange [*:*]
	set yrange [*:*]
	stats data index i using 2 nooutput
	set xrange [0 : 1.2 * STATS_max]
	set xtics (0)
	do for [k = 1 : 10] {
		set xtics add (count_text(k * count_step(STATS_max)) k * count_step(STATS_max))
	}
	set yrange [STATS_records - 0.4 : -0.6]
	plot data index i using (0):0:(0):2:($0 - 0.35):($0 + 0.35):3:ytic(1) \
		with boxxyerror lc variable, \
	     "" index i using 2:0:4 with labels left offset 0.6,0
}
unset multiplot
