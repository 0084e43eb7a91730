# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# `rheap gate`: is a revision slower than another?
#
# Both sides have a laboratory of the same scripts, plans and instruments, ours;
# only module/ is theirs. A round is a boot of each side; GATE/N/base and
# GATE/N/head are its run folders. Which rounds it takes, scripts/judge tells.

use bench compare gate-baseline gate-self-test

GATE_BASE=
GATE_HEAD=
# Empty: quick, or wall where the clock is that
GATE_PLAN=
GATE_MARKDOWN=
GATE_WALL=
GATE_SELF_TEST=
# Rounds where the clock is the wall's, and as many again to confirm
GATE_ROUNDS=30
# Passes of each of their boots
GATE_PASSES=12

help_gate()
{
	cat <<-END
	usage: $RHEAP gate --base REV|RUN|baseline [--head REV|RUN] [OPTIONS]

	Tells whether head (what is checked out here, with what is not committed) is
	slower than base. Builds the modules of both in one laboratory, boots them, and
	compares exact counters and medians of instructions; what got worse is measured
	again, in five more boots with memory laid out otherwise (of a wall clock, in as
	many more as there were), before it is called a regression. Of a wall clock, on
	which a host only adds time, a boot's time of a case is what the fastest 2 % of
	its samples took. Ends with 0, with 1 for a regression, or with 7 if it cannot tell.

	Options:
	  --base REV|RUN               a revision of git, or a run folder; a revision is
	                               booted, and a run has to be of that laboratory
	  --head REV|RUN               the same (what is here)
	  --plan NAME|FILE             what is measured (quick; with --clock wall: wall)
	  --rounds N                   with --clock wall: boots of each side, in turn (30)
	  --passes N                   with --clock wall: measure all of the plan so many
	                               times over in each boot (12)
	  --wall-decides               with --clock wall: end with 1 if head is slower
	                               (else that is only told)
	  --markdown FILE              write the table for a pull request there
	  --self-test                  measure how often the gate errs: pairs of boots of
	                               the same modules, and of slow-downs on purpose
	  --pairs N                    so many (100)
	  --table FILE                 the self-test's table goes there, too

	Examples:
	  $RHEAP gate --base HEAD~1
	  $RHEAP gate --base v1 --head v2 --markdown comment.md
	  $RHEAP gate --base baseline
	  $RHEAP gate --base results/runs/monday --head results/runs/tuesday
	  $RHEAP gate --base results/runs/monday
	END
}

option_gate()
{
	case $1 in
	--self-test)
		GATE_SELF_TEST=1
		OPT_TAKEN=1
		return
		;;
	--wall-decides)
		GATE_WALL=--wall
		OPT_TAKEN=1
		return
		;;
	--base | --head | --plan | --markdown | --rounds | --passes | --pairs | --table)
		need_value gate "$@"
		OPT_TAKEN=2
		;;
	esac
	case $1 in
	--base) GATE_BASE=$2 ;;
	--head) GATE_HEAD=$2 ;;
	--plan) GATE_PLAN=$2 ;;
	--markdown) GATE_MARKDOWN=$2 ;;
	--table) SELF_TEST_TABLE=$2 ;;
	--pairs)
		need_number "$1" "$2" 6
		SELF_TEST_PAIRS=$((10#$2))
		;;
	--passes)
		need_passes "$2"
		GATE_PASSES=$((10#$2))
		;;
	--rounds)
		need_number "$1" "$2" 5
		GATE_ROUNDS=$((10#$2))
		;;
	esac
}

cmd_gate()
{
	local gate kept='' status=0

	parse_options gate "$@"
	[ ${#REST[@]} -eq 0 ] || die "$EX_USAGE" "gate takes no '${REST[0]}'; see $RHEAP gate --help"
	gate_clock
	if [ -n "$GATE_SELF_TEST" ]; then
		gate_self_test
		return
	fi
	[ -n "$GATE_BASE" ] || die "$EX_USAGE" "gate needs --base, a revision or a run folder; see $RHEAP gate --help"
	scratch_init
	if [ "$GATE_BASE" = baseline ]; then
		gate=$(gate_folder) || exit
		take_baseline "$gate"
	elif [ -d "$GATE_BASE" ] && [ -d "$GATE_HEAD" ]; then
		kept=1
		gate=$SCRATCH/gate
		take_runs "$gate"
	elif [ -d "$GATE_BASE" ] || [ -d "$GATE_HEAD" ]; then
		gate=$(gate_folder) || exit
		take_beside "$gate"
	else
		gate=$(gate_folder) || exit
		make_sides
		take_rounds "$gate"
	fi
	(judge decide "$gate" ${GATE_WALL:+"$GATE_WALL"} ${GATE_MARKDOWN:+--markdown "$GATE_MARKDOWN"}) || status=$?
	[ -n "$kept" ] || say "gate: its runs and gate.json are in $gate"
	exit "$status"
}

# gate_clock: what follows from the clock, where nothing was said. A processor of
# the host is left to all else, or it would take from the machine's.
gate_clock()
{
	local host

	if [ "$OPT_CLOCK" = icount ]; then
		! option_given --passes ||
			die "$EX_USAGE" "--passes: counted instructions do not depend on when; use --clock wall"
		GATE_PLAN=${GATE_PLAN:-quick}
		return
	fi
	GATE_PLAN=${GATE_PLAN:-wall}
	BENCH_PASSES=$GATE_PASSES
	host=$(nproc)
	OPT_CPUS=${OPT_CPUS:-$((host > 4 ? 4 : host > 1 ? host - 1 : 1))}
}

# take_runs GATE: one round, of two run folders that are there.
take_runs()
{
	check_run_folder "$GATE_BASE"
	check_run_folder "$GATE_HEAD"
	mkdir -p "$1/0"
	ln -s "$(realpath "$GATE_BASE")" "$1/0/base"
	ln -s "$(realpath "$GATE_HEAD")" "$1/0/head"
}

gate_folder()
{
	local gate=${OPT_OUT:-$ROOT/results/runs/gate-$(date -u +%Y%m%dT%H%M%SZ)}

	[ ! -e "$gate/0" ] || die "$EX_USAGE" "$gate holds a gate's runs already; give another --out"
	mkdir -p "$gate" || die "$EX_RESOURCE" "cannot make the folder $gate"
	realpath "$gate"
}

declare -gA SIDE=()

# make_sides: SIDE becomes a laboratory for base and one for head, all built.
make_sides()
{
	need_machine programs
	side base "$GATE_BASE"
	make_head
}

make_head()
{
	if [ -n "$GATE_HEAD" ]; then
		side head "$GATE_HEAD"
	else
		SIDE[head]=$ROOT
	fi
}

# side NAME REV: a copy of our laboratory with the module/ of a revision.
side()
{
	local dir=$SCRATCH/side/$1 commit what

	have git && git -C "$ROOT" rev-parse -q --verify HEAD >/dev/null ||
		die "$EX_USAGE" "--$1 $2: this is no git checkout, which has no revisions; give two run folders"
	commit=$(git -C "$ROOT" rev-parse -q --verify "$2^{commit}") ||
		die "$EX_USAGE" "--$1 $2: neither a run folder nor a revision that git knows here (fetch it first)"
	mkdir -p "$dir/results" "$dir/stress"
	for what in scripts bench CMakeLists.txt results/plans results/schema results/traces; do
		cp -r "$ROOT/$what" "$dir/$what"
	done
	# Nothing of it runs here, and it may want what the revision's headers have not
	echo "# SPDX-License-Identifier: GPL-2.0" >"$dir/stress/CMakeLists.txt"
	git -C "$ROOT" archive "$commit" module | tar -x -C "$dir" ||
		die "$EX_RESOURCE" "--$1 $2: git has no module/ there"
	echo "$commit false" >"$dir/.revision"
	SIDE[$1]=$dir
	side_rheap "$1" setup >"$SCRATCH/$1.log" 2>&1 || side_failed "$1" $?
}

# take_rounds GATE: the first with the whole plan, and then what confirms it.
take_rounds()
{
	local round=0

	take_round "$1" 0
	if [ "$OPT_CLOCK" = icount ]; then
		confirm "$1"
		return
	fi
	while [ $((++round)) -lt "$GATE_ROUNDS" ]; do
		take_round "$1" "$round"
	done
	name_suspects "$1" || return 0
	while [ "$round" -lt $((2 * GATE_ROUNDS)) ]; do
		take_round "$1/again" $((round++)) "${SUSPECTS[@]}"
	done
}

# confirm GATE: rounds with the entries alone of what is under suspicion, as long as
# something is.
confirm()
{
	local round=0

	while name_suspects "$1"; do
		take_round "$1" $((++round)) "${SUSPECTS[@]}"
	done
}

# name_suspects GATE: SUSPECTS becomes the words for bench that choose what is to be
# measured again; false if nothing is.
name_suspects()
{
	local suspects suspect

	suspects=$(judge suspects "$1") || exit
	[ -n "$suspects" ] || return 1
	say "gate: to be confirmed: $suspects"
	SUSPECTS=()
	for suspect in $suspects; do
		SUSPECTS+=(--only "$suspect")
	done
}

# take_round GATE ROUND OPTIONS...: a boot of each side. Instructions are counted
# alike beside another boot, so both run at a time; time is not, and whoever was
# first is second in the next round.
take_round()
{
	local gate=$1 round=$2 sides=(base head) name pids=() status=0

	shift 2
	say "gate: round $round"
	[ $((round % 2)) -eq 0 ] || sides=(head base)
	for name in "${sides[@]}"; do
		side_bench "$name" "$gate/$round/$name" "$(layout "$round" "$name")" "$@" &
		pids+=("$!")
		[ "$OPT_CLOCK" = icount ] || wait "${pids[-1]}" || status=$?
	done
	for name in "${sides[@]}"; do
		wait "${pids[0]}" || side_failed "$name" $?
		pids=("${pids[@]:1}")
	done
}

# layout ROUND SIDE: how memory is laid out: in the first round as it comes, and
# then otherwise in each boot.
layout()
{
	if [ "$1" -eq 0 ]; then
		echo 0
	else
		echo $(($(printf '%s' "$OPT_SEED $1 $2" | cksum | cut -d' ' -f1) % 2048))
	fi
}

side_bench()
{
	local name=$1 run=$2 layout=$3

	shift 3
	side_rheap "$name" bench --plan "$(gate_plan)" --out "$run" --layout "$layout" \
		--no-report --passes "$BENCH_PASSES" "$@" >"$SCRATCH/$name.log" 2>&1
}

# gate_plan: the plan's file, if it is one; its name is a file of each side.
gate_plan()
{
	if [ -f "$GATE_PLAN" ]; then
		realpath "$GATE_PLAN"
	else
		echo "$GATE_PLAN"
	fi
}

# side_rheap NAME COMMAND...: in that side's laboratory, with our options.
side_rheap()
{
	local dir=${SIDE[$1]} options

	shift
	options=(--platform "$OPT_PLATFORM" --clock "$OPT_CLOCK" --kernel "$OPT_KERNEL" --tee "$OPT_TEE"
		--seed "$OPT_SEED" ${OPT_LINUX:+--linux "$OPT_LINUX"} ${OPT_SERIES:+--series "$OPT_SERIES"}
		${OPT_MODULE_CFLAGS:+--module-cflags "$OPT_MODULE_CFLAGS"} ${OPT_CPUS:+--cpus "$OPT_CPUS"}
		${OPT_TIMEOUT:+--timeout "$OPT_TIMEOUT"})
	RHEAP_CACHE=$CACHE "$dir/scripts/rheap" "$@" "${options[@]}"
}

# side_failed NAME CODE: a side that cannot be measured ends the gate, as what it is.
side_failed()
{
	say "gate: $1 ended with $2; it said:"
	tail -n 12 "$SCRATCH/$1.log" | sed 's/^/  | /' >&2
	exit "$2"
}
