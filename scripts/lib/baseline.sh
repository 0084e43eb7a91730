# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# `rheap baseline`: keep a run to compare later ones with, and its history.

use compare

help_baseline()
{
	cat <<-END
	usage: $RHEAP baseline save RUN | show

	save keeps a run folder in results/baselines, in a folder for its machine, clock,
	kernel, compiler and plan, and adds a line to the history there. show prints the
	key figures of each baseline and where they changed, and draws them over commits.
	A baseline is a run folder: compare and gate take it.

	Options:
	  --out DIR                    where show draws (results/runs/history)

	Examples:
	  $RHEAP baseline save results/runs/monday
	  $RHEAP baseline show
	  $RHEAP compare results/baselines/NAME results/runs/tuesday
	END
}

cmd_baseline()
{
	local baselines=$ROOT/results/baselines

	parse_options baseline "$@"
	case ${REST[*]:0:1} in
	save)
		[ ${#REST[@]} -eq 2 ] || die "$EX_USAGE" "baseline save needs one run folder; see $RHEAP baseline --help"
		check_run_folder "${REST[1]}"
		judge baseline-save "${REST[1]}" "$baselines"
		;;
	show)
		[ ${#REST[@]} -eq 1 ] || die "$EX_USAGE" "baseline show takes no '${REST[1]}'; see $RHEAP baseline --help"
		judge baseline-show "$baselines" --out "${OPT_OUT:-$ROOT/results/runs/history}"
		;;
	*) die "$EX_USAGE" "baseline needs save or show; see $RHEAP baseline --help" ;;
	esac
}
