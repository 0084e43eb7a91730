# SPDX-License-Identifier: GPL-2.0
#
# What moved between two runs: a bar a case, from no change to its change in percent.
#
# Data: a case a line, its name, its change, and the line type of its bar:
#	"name"  percent  type
# ARG3: the number of cases.

data = ARG1
svg = ARG2
clock_unit = "insn"
bars = int(ARG3)
height = 110 + 24 * bars
load ARG0[:strlen(ARG0) - strlen("judge/plots/compare.gp")]."report/plots/common.gp"

stats data using 2 nooutput

set lmargin at screen 0.5
set rmargin at screen 0.97
set bmargin 4
set tmargin 1
set key off
set yrange [-0.7 : bars - 0.3]
set xlabel "change from base to head, percent"
set format x "%+g"
set grid xtics noytics lc rgb "#dddddd" lt 1 lw 1
set arrow from 0, graph 0 to 0, graph 1 nohead lc rgb "#808080" lw 1
set border 1
set ytics scale 0 font ",12"
least = STATS_min < 0 ? STATS_min : 0
most = STATS_max > 0 ? STATS_max : 0
set xrange [least - 0.05 * (most - least) : most + 0.05 * (most - least)]

plot data using (0):0:(0):2:($0 - 0.35):($0 + 0.35):3:ytic(1) with boxxyerror fillstyle solid 0.9 noborder lc variable
