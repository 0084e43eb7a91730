# SPDX-License-Identifier: GPL-2.0
#
# A buffer's life inside the kernel: a bar of a hundred percent for each heap and
# size, cut into phases in the order of the life, and the whole written beside it.
#
# Data, a line a bar from top to bottom:
#	"name"  place from the top  "the whole as text"  0  end of phase 1  end of phase 2 ...
# the ends in percent. ARG4: place of the last bar; ARG5: the phases' names, between bars.

data = ARG1
svg = ARG2
clock_unit = ARG3
last = real(ARG4)
height = 150 + 24 * last
load ARG0[:strlen(ARG0) - strlen("phases.gp")]."common.gp"

# The names hold blanks: one after another is taken off.
names = ARG5
count = 0
array name[16]
do for [k = 1 : 16] {
	bar = strstrt(names, "|")
	if (strlen(names) > 0) {
		count = k
		name[k] = bar > 0 ? names[:bar - 1] : names
		names = bar > 0 ? names[bar + 1:] : ""
	}
}

set xrange [0 : 112]
set xtics 0, 20, 100
set yrange [last + 0.7 : -0.7]
set ytics scale 0 textcolor rgb "#333333"
set grid noytics xtics
set border 1
set xlabel "share of a buffer's life, percent; beside it the whole, p50, ".unit
set key outside top center horizontal samplen 1.5 maxrows 2
set style fill solid 1.0 noborder

plot for [k = 1 : count] data \
	using (column(3 + k)):2:(column(3 + k)):(column(4 + k)):($2 - 0.4):($2 + 0.4):ytic(1) \
	with boxxyerror lt k title name[k], \
     "" using (100):2:3 with labels left offset 0.6,0 notitle
