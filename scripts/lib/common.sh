# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What every command needs: strict mode, exit codes, messages, the dispatcher.
# Expects SCRIPTS, the folder that holds `rheap`.

set -euo pipefail
shopt -s inherit_errexit nullglob

# Exit codes; scripts and CI rely on them.
# shellcheck disable=SC2034 # used by the files that source this one
readonly EX_PASS=0 EX_REGRESSION=1 EX_TEST=2 EX_RESOURCE=3 EX_SKIP=4 \
	EX_CRASH=5 EX_TIMEOUT=6 EX_UNTRUSTED=7 EX_USAGE=64

# The project's folder, and the name of the command for messages.
ROOT=$(dirname "$SCRIPTS")
# shellcheck disable=SC2034 # used by the files that source this one
readonly ROOT SCRIPTS
readonly RHEAP=scripts/rheap
readonly COMMANDS="setup bench advise test stress ledger oracles coverage report compare gate baseline export doctor shell exec"

# A file that takes the message of `die`, for work whose stderr is a log.
DIE_REASON=

# Messages go to stderr: stdout is for data. `warn` and `die` say what to do
# next whenever there is something that can be done.
say()
{
	printf '%s\n' "$*" >&2
}

warn()
{
	printf 'rheap: warning: %s\n' "$*" >&2
}

# die CODE MESSAGE...
die()
{
	local code=$1

	shift
	[ -z "$DIE_REASON" ] || printf '%s\n' "$*" >"$DIE_REASON"
	printf 'rheap: %s\n' "$*" >&2
	exit "$code"
}

# A command that fails where nobody looks at its status ends the script; that
# must not happen without a word.
unforeseen()
{
	[[ $- != *e* ]] || say "rheap: stopped:" \
		"'${2%%$'\n'*}' failed with $3 at ${BASH_SOURCE[1]#"$ROOT/"}:$1"
}
set -E
trap 'unforeseen "$LINENO" "$BASH_COMMAND" "$?"' ERR

# need_value CMD OPTION [VALUE...]: an option that takes a value has one, and it
# is not empty.
need_value()
{
	[ -n "${3:-}" ] || die "$EX_USAGE" "option $2 needs a value; see $RHEAP $1 --help"
}

# need_number OPTION VALUE [LEAST]: a decimal number of LEAST (1) or more, and
# not more than a JSON number holds exactly.
need_number()
{
	local least=${3:-1} most=9007199254740991

	if ! [[ $2 =~ ^0*[0-9]{1,16}$ ]] || [ "$((10#$2))" -lt "$least" ] || [ "$((10#$2))" -gt "$most" ]; then
		die "$EX_USAGE" "option $1 needs a whole number from $least to $most, not '$2'"
	fi
}

have()
{
	command -v "$1" >/dev/null 2>&1
}

# use LIB...: source lib/LIB.sh once.
use()
{
	local lib

	for lib; do
		[ -z "${USED[$lib]:-}" ] || continue
		USED[$lib]=1
		# shellcheck source=/dev/null
		. "$SCRIPTS/lib/$lib.sh"
	done
}
declare -gA USED=([common]=1)

# load_map: the machine's memory map as shell variables, the one place where
# the addresses are written.
load_map()
{
	# shellcheck source=/dev/null
	. "$SCRIPTS/machine/memory.map"
}

usage()
{
	cat <<-END
	usage: $RHEAP COMMAND [OPTIONS] [ARGS]

	  setup   install the packages needed and build the machine
	  bench   measure, draw and report (sets up first if needed)
	  advise  say how the page heap should be set for a workload, and try it
	  test    run all tests
	  stress  torture every promise, and tell what was found
	  ledger  try to bring the defects of mainline's protected heap about
	  oracles prove that the debug kernels catch mistakes made on purpose
	  coverage tell which lines of the modules the tests reach
	  report  draw an old run folder again
	  compare show what differs between two run folders
	  gate    say whether a revision is slower than another
	  baseline keep a run to compare with; show key figures over commits
	  export  print a run in a format that other systems take
	  doctor  say what this machine has and what is missing
	  shell   a prompt in the machine
	  exec    run a static arm64 program or script in the machine

	$RHEAP COMMAND --help tells more about one of them.
	END
}

# dispatch CMD ARGS...: run a command by its name.
dispatch()
{
	local cmd=${1:-}

	case $cmd in
	-h | --help | help)
		usage
		exit "$EX_PASS"
		;;
	'')
		usage >&2
		exit "$EX_USAGE"
		;;
	esac
	case " $COMMANDS " in
	*" $cmd "*) ;;
	*) die "$EX_USAGE" "unknown command '$cmd'; there are: $COMMANDS" ;;
	esac
	shift
	use options "$cmd"
	"cmd_$cmd" "$@"
}
