# SPDX-License-Identifier: GPL-2.0
#
# What all figures share: size, font, the colours, the words for units and sizes.
# Before it is loaded (which clears the arguments) a figure sets svg, the file to
# write, its height in pixels, and clock_unit, insn or ns. Every figure's ARG1 is its
# data, ARG2 the SVG, ARG3 the unit.
#
# Colours: Okabe and Ito, told apart by all common kinds of colour blindness;
# their yellow and black are left out, one does not show on white and one not on
# black; a dark red and a grey stand in. Point shapes differ too.

set terminal svg standalone size 960,height dynamic noenhanced font "sans-serif,15" background "#ffffff"
set output svg
set encoding utf8
set datafile missing "?"

set linetype 1 lc rgb "#0072B2" lw 2 pt 7
set linetype 2 lc rgb "#D55E00" lw 2 pt 5
set linetype 3 lc rgb "#009E73" lw 2 pt 9
set linetype 4 lc rgb "#CC79A7" lw 2 pt 11
set linetype 5 lc rgb "#E69F00" lw 2 pt 13
set linetype 6 lc rgb "#56B4E9" lw 2 pt 6
set linetype 7 lc rgb "#882255" lw 2 pt 4
set linetype 8 lc rgb "#808080" lw 2 pt 8
# Of more than eight, dashes tell the same colour apart.
set linetype 9 lc rgb "#0072B2" lw 2 pt 10 dt 2
set linetype 10 lc rgb "#D55E00" lw 2 pt 12 dt 2
set linetype 11 lc rgb "#009E73" lw 2 pt 14 dt 2
set linetype 12 lc rgb "#CC79A7" lw 2 pt 3 dt 2
set linetype cycle 12

set border 3 lc rgb "#808080"
set tics nomirror out textcolor rgb "#333333"
set grid ytics lc rgb "#dddddd" lt 1 lw 1
set errorbars 0.7

unit = (clock_unit eq "insn") ? "instructions" : "ns"
size_text(b) = b >= 2**30 ? sprintf("%gG", b / 2.0**30) : \
	       b >= 2**20 ? sprintf("%gM", b / 2.0**20) : \
	       b >= 2**10 ? sprintf("%gK", b / 2.0**10) : sprintf("%g", b)

# Counts on a linear axis: a round step that gives 4 to 8 tics up to most, and their text.
count_text(v) = v >= 1e9 ? sprintf("%gG", v / 1e9) : v >= 1e6 ? sprintf("%gM", v / 1e6) : \
		v >= 1e3 ? sprintf("%gk", v / 1e3) : sprintf("%g", v)
power(v) = 10 ** floor(log10(v))
round_step(v) = (v / power(v) < 1.5 ? 1 : v / power(v) < 3.5 ? 2 : v / power(v) < 7.5 ? 5 : 10) * power(v)
count_step(most) = round_step(most / 5.0)
