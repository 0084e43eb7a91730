# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# `rheap baseline`: runs that are kept, and their history over commits.

use compare report

help_baseline()
{
	cat <<-END
	usage: $RHEAP baseline save RUN
	       $RHEAP baseline show [NAME]

	save keeps the run folder RUN in results/baselines, in a folder for its platform,
	tool chain and plan: as the baseline there, and as a line of history.jsonl. The
	run has to be of a commit, without changes. show prints what became of the key
	figures over the commits, where each changed, and draws that (history.svg, in
	the baseline's folder or below --out).

	'$RHEAP gate --base baseline' compares with the baseline that fits.

	Examples:
	  $RHEAP bench --quick --out results/runs/today
	  $RHEAP baseline save results/runs/today
	  $RHEAP baseline show
	END
}

cmd_baseline()
{
	parse_options baseline "$@"
	case "${REST[*]:0:1}:${#REST[@]}" in
	save:2)
		check_run_folder "${REST[1]}"
		judge baseline-save "${REST[1]}"
		;;
	show:1 | show:2)
		have gnuplot || die "$EX_RESOURCE" "drawing needs gnuplot-nox; run: $RHEAP setup"
		judge baseline-show "${REST[@]:1}" ${OPT_OUT:+--out "$OPT_OUT"}
		;;
	*) die "$EX_USAGE" "baseline needs 'save RUN' or 'show [NAME]'; see $RHEAP baseline --help" ;;
	esac
}
