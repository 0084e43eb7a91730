# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# `rheap export`: print a run in a format that other systems take.

use compare

EXPORT_FORMAT=
readonly EXPORT_FORMATS="kcidb bmf github-action benchstat otava ktap"

help_export()
{
	cat <<-END
	usage: $RHEAP export --format FORMAT RUN...

	Prints a run folder's exact counters and medians as another system takes them;
	benchstat and otava take several runs.

	Options:
	  --format FORMAT              kcidb          a report for KernelCI
	                               bmf            Bencher Metric Format
	                               github-action  github-action-benchmark, a custom tool
	                                              of which smaller is better
	                               benchstat      Go's benchmark format
	                               otava          CSV for Apache Otava, a row a run
	                               ktap           KTAP version 1

	Examples:
	  $RHEAP export --format kcidb results/runs/monday >report.json
	  $RHEAP export --format benchstat results/runs/monday* >monday.txt
	END
}

option_export()
{
	case $1 in
	--format)
		need_value export "$@"
		EXPORT_FORMAT=$2
		OPT_TAKEN=2
		;;
	esac
}

cmd_export()
{
	local run

	parse_options export "$@"
	case " $EXPORT_FORMATS " in
	*" ${EXPORT_FORMAT:-none} "*) ;;
	*) die "$EX_USAGE" "export needs --format with one of: $EXPORT_FORMATS" ;;
	esac
	[ ${#REST[@]} -gt 0 ] || die "$EX_USAGE" "export needs a run folder; see $RHEAP export --help"
	for run in "${REST[@]}"; do
		check_run_folder "$run"
	done
	judge export "$EXPORT_FORMAT" "${REST[@]}"
}
