# SPDX-License-Identifier: GPL-2.0
#
# The ladder of a TEE round trip: a bar a rung to its p50, a whisker on to its p99,
# the p50 written beside it. The scale is logarithmic, as the rungs lie orders
# of magnitude apart: compare the figures, not the bars' lengths.
#
# Data, a line a rung from top to bottom:
#	"name"  p50  p99  "p50 as text"
# ARG4: number of rungs; ARG5, ARG6: least p50 and largest p99.

data = ARG1
svg = ARG2
clock_unit = ARG3
rungs = int(ARG4)
height = 120 + 34 * rungs
least = real(ARG5)
most = real(ARG6)
load ARG0[:strlen(ARG0) - strlen("rtt.gp")]."common.gp"


from = 10 ** floor(log10(least / 2.0))
set logscale x
set xrange [from : most * 4]
set yrange [rungs - 0.4 : -0.6]
set format x "%.0s%c"
set xlabel "round trip, ".unit." (log scale)"
set ytics scale 0 textcolor rgb "#333333"
set grid noytics xtics
set key outside top right horizontal samplen 1.5
set style fill solid 1.0 noborder

plot data using (from):0:(from):2:($0 - 0.32):($0 + 0.32):ytic(1) \
	with boxxyerror lt 1 title "p50", \
     "" using 2:0:2:3 with xerrorbars lt 2 lw 2 pt 0 title "to p99", \
     "" using ($3 > $2 ? $3 : $2):0:4 with labels left offset 1,0 notitle
