# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# `rheap advise`: how the page heap should be set for a workload, by a sweep; tried
# in the machine.

use bench

ADVISE_PREDICT=
# Words for advise_tool
ADVISE_BOUNDS=()

help_advise()
{
	cat <<-END
	usage: $RHEAP advise [OPTIONS] SWEEP WORKLOAD

	Recommends an order table, limits of calls and a pool's size for restricted_pages.
	SWEEP is a run folder with measurements of the instrument orders, as
	'$RHEAP bench --plan vendor-orders' makes. WORKLOAD is a trace, as replay takes it
	and trace_record records it, or a histogram: a line 'SIZE COUNT' a size.

	The advice is then tried: the machine that the sweep was made on plays the workload
	under it, and as the heap comes, and what was predicted is shown beside what was
	measured. A histogram is played one buffer at a time.

	Options:
	  --abi ENTRIES[/BYTES]        what a call of your TEE carries at most: ranges, and
	                               bytes, as in 32/2044K (1024, any)
	  --max-pool SIZE              memory that may be kept lent between two buffers;
	                               0: none (any)
	  --predict                    do not try it

	Exit codes beside those of bench: 7 a prediction was off by more than 10 %.

	Examples:
	  $RHEAP advise results/runs/sweep results/traces/720p-av1-ladder.csv
	  $RHEAP advise --abi 32/2044K --max-pool 16M results/runs/sweep sizes.txt
	END
}

option_advise()
{
	case $1 in
	--abi | --max-pool)
		need_value advise "$@"
		ADVISE_BOUNDS+=("$1" "$2")
		OPT_TAKEN=2
		;;
	--predict)
		ADVISE_PREDICT=1
		OPT_TAKEN=1
		;;
	esac
}

cmd_advise()
{
	local run folder

	parse_options advise "$@"
	[ ${#REST[@]} -eq 2 ] || die "$EX_USAGE" "advise needs a SWEEP and a WORKLOAD; see $RHEAP advise --help"
	check_run_folder "${REST[0]}"
	run=$(run_folder) || exit
	[ -x /usr/bin/python3 ] || need_parts
	scratch_init
	folder=$SCRATCH/advice
	advise_tool recommend "${REST[@]}" --into "$folder" --seed "$OPT_SEED" "${ADVISE_BOUNDS[@]}"
	[ -z "$ADVISE_PREDICT" ] || return 0
	sweep_options "${REST[0]}"
	need_machine programs
	measure "$folder/advice.ini" "$run"
	cp "$folder/advice.json" "$run"
	[ "$BOOT_CODE" -eq 0 ] && [ -z "$BOOT_WHY" ] || finish "$run"
	draw_run "$run" >"$SCRATCH/drawn"
	advise_tool verify "$run"
	tail -n 1 "$SCRATCH/drawn"
}

advise_tool()
{
	/usr/bin/python3 -B "$SCRIPTS/advise/advise.py" "$@" || exit
}

# sweep_options SWEEP: the machine of the sweep counts where the command line says
# nothing.
sweep_options()
{
	local key value

	while read -r key value; do
		option_given "--$key" || take_option advise "--$key" "$value"
	done < <(jq -r '{clock, kernel, tee, platform} | to_entries[] | select(.value != null) | "\(.key) \(.value)"' \
		"$1/run.json")
	check_options
}
