# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# `rheap compare`: what differs between two run folders.

use report

COMPARE_FORCE=

help_compare()
{
	cat <<-END
	usage: $RHEAP compare [OPTIONS] BASE HEAD

	Prints what differs between two run folders; compare.json and compare.svg, which
	hold all of it, go into HEAD's folder compare/, or to --out. Runs whose
	provenance differs in what decides the figures are refused (exit code 7), with
	each such field named.

	Options:
	  --force                      compare them all the same, and say on top of it
	                               what differs

	Examples:
	  $RHEAP compare results/runs/monday results/runs/tuesday
	END
}

option_compare()
{
	case $1 in
	--force)
		COMPARE_FORCE=--force
		OPT_TAKEN=1
		;;
	esac
}

cmd_compare()
{
	local run

	parse_options compare "$@"
	[ ${#REST[@]} -eq 2 ] || die "$EX_USAGE" "compare needs two run folders; see $RHEAP compare --help"
	for run in "${REST[@]}"; do
		check_run_folder "$run"
	done
	judge compare "${REST[@]}" ${COMPARE_FORCE:+"$COMPARE_FORCE"} ${OPT_OUT:+--out "$OPT_OUT"}
}

# judge ACTION...: what judges, in Python; its exit code is ours.
judge()
{
	[ -x /usr/bin/python3 ] || die "$EX_RESOURCE" "judging needs python3; run: $RHEAP setup"
	/usr/bin/python3 -B "$SCRIPTS/judge/judge.py" "$@" || exit
}
