# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# `rheap report`: draw an old run folder again.

help_report()
{
	cat <<-END
	usage: $RHEAP report RUN

	Draws the figures and report.html of the run folder RUN again, from nothing but
	what is in it, and prints its table.
	END
}

cmd_report()
{
	parse_options report "$@"
	[ ${#REST[@]} -eq 1 ] || die "$EX_USAGE" "report needs one run folder; see $RHEAP report --help"
	check_run_folder "${REST[0]}"
	draw_run "${REST[0]}"
}

check_run_folder()
{
	local run=$1 file

	[ -d "$run" ] || die "$EX_USAGE" "$run is not a run folder: it is not a folder"
	for file in run.json measurements.jsonl; do
		[ -f "$run/$file" ] || die "$EX_USAGE" "$run is not a run folder: it has no $file"
	done
}

# draw_run RUN: plots, report.html and the table; the last line is its path.
draw_run()
{
	[ -x /usr/bin/python3 ] && have gnuplot ||
		die "$EX_RESOURCE" "drawing needs python3 and gnuplot-nox; run: $RHEAP setup"
	/usr/bin/python3 "$SCRIPTS/report/report.py" "$1" || exit
}
