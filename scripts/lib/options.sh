# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The options shared by every command that builds or boots.
#
# A command file lib/CMD.sh may define
#   help_CMD    prints what the command does and its own options;
#   option_CMD  is offered every option that is not shared: it looks at "$@"
#               and sets OPT_TAKEN to the number of words it used (0: not its
#               own).

use series tee

# shellcheck disable=SC2034 # read by the commands
{
	OPT_PLATFORM=optee
	OPT_CLOCK=icount
	OPT_KERNEL=release
	OPT_LINUX=
	OPT_MODULE_CFLAGS=
	OPT_SERIES=
	OPT_TEE=optee
	OPT_OUT=
	OPT_SEED=1
	OPT_DRY_RUN=
	OPT_QUICK=
	OPT_TIMEOUT=
	OPT_CPUS=
	OPT_TAKEN=0
	# The shared options that were given, each between blanks
	OPT_GIVEN=" "
	REST=()
}

help_options()
{
	cat <<-END

	Shared options:
	  --platform optee|x86|native  the machine (optee)
	  --clock icount|wall          count instructions, or read the clock (icount)
	  --kernel NAME                kernel variant: $(kernel_variants)
	  --series SERIES              the packaged Linux: $(all_series) ($DEFAULT_SERIES)
	  --linux TREE                 build this kernel tree instead of the packaged one
	  --tee NAME                   the TEE: $TEES (optee)
	  --module-cflags FLAGS        compile our modules with these flags, too
	  --out DIR                    the run folder
	  --seed N                     seed of everything random (1)
	  --cpus N                     processors of the machine (icount: 1, wall: 4)
	  --timeout SECONDS            give up a boot after this long
	  --quick                      fewer samples
	  --dry-run                    say what would be done, and do nothing
	END
}

kernel_variants()
{
	local file names=()

	for file in "$SCRIPTS"/kernel/*.config; do
		file=${file##*/}
		[ "$file" = base.config ] || names+=("${file%.config}")
	done
	echo "${names[*]}"
}

# parse_options CMD ARGS...: sets OPT_* and leaves the other words in REST.
# `exec` stops at the first word that is no option: the rest is the program's.
parse_options()
{
	local cmd=$1

	shift
	REST=()
	while [ $# -gt 0 ]; do
		case $1 in
		--help | -h) show_help "$cmd" ;;
		--)
			shift
			REST+=("$@")
			break
			;;
		--*=*)
			set -- "${1%%=*}" "${1#*=}" "${@:2}"
			take_option "$cmd" "$@"
			[ "$OPT_TAKEN" -ge 2 ] || die "$EX_USAGE" "option $1 takes no value"
			shift "$OPT_TAKEN"
			;;
		-?*)
			take_option "$cmd" "$@"
			shift "$OPT_TAKEN"
			;;
		*)
			if [ "$cmd" = exec ]; then
				REST=("$@")
				break
			fi
			REST+=("$1")
			shift
			;;
		esac
	done
	check_options
}

# take_option CMD OPTION WORDS...: sets OPT_TAKEN to the words used.
take_option()
{
	local cmd=$1

	shift
	OPT_GIVEN+="$1 "
	OPT_TAKEN=2
	case $1 in
	--dry-run)
		OPT_DRY_RUN=1
		OPT_TAKEN=1
		return
		;;
	--quick)
		OPT_QUICK=1
		OPT_TAKEN=1
		return
		;;
	--platform | --clock | --kernel | --linux | --series | --tee | --module-cflags | --out | --seed | --timeout | --cpus)
		need_value "$cmd" "$@"
		;;
	esac
	case $1 in
	--platform) OPT_PLATFORM=$2 ;;
	--clock) OPT_CLOCK=$2 ;;
	--kernel) OPT_KERNEL=$2 ;;
	--linux) OPT_LINUX=$2 ;;
	--module-cflags) OPT_MODULE_CFLAGS=$2 ;;
	--series) OPT_SERIES=$2 ;;
	--tee) OPT_TEE=$2 ;;
	--out) OPT_OUT=$2 ;;
	--seed)
		need_number "$1" "$2" 0
		OPT_SEED=$((10#$2))
		;;
	--timeout)
		need_number "$1" "$2"
		OPT_TIMEOUT=$((10#$2))
		;;
	--cpus)
		need_number "$1" "$2"
		OPT_CPUS=$((10#$2))
		;;
	*) take_own_option "$cmd" "$@" ;;
	esac
}

option_given()
{
	[[ $OPT_GIVEN == *" $1 "* ]]
}

take_own_option()
{
	local cmd=$1

	shift
	OPT_TAKEN=0
	if declare -F "option_$cmd" >/dev/null; then
		"option_$cmd" "$@"
	fi
	[ "$OPT_TAKEN" -gt 0 ] ||
		die "$EX_USAGE" "unknown option '$1'; see $RHEAP $cmd --help"
}

check_options()
{
	case $OPT_PLATFORM in
	optee) ;;
	x86 | native)
		die "$EX_RESOURCE" "platform '$OPT_PLATFORM' is not there yet;" \
			"use --platform optee, which runs on any machine"
		;;
	*) die "$EX_USAGE" "unknown platform '$OPT_PLATFORM'; there are: optee x86 native" ;;
	esac
	case $OPT_CLOCK in
	icount | wall) ;;
	*) die "$EX_USAGE" "unknown clock '$OPT_CLOCK'; there are: icount wall" ;;
	esac
	case " $(kernel_variants) " in
	*" $OPT_KERNEL "*) ;;
	*) die "$EX_USAGE" "unknown kernel '$OPT_KERNEL'; use --kernel with one of: $(kernel_variants)" ;;
	esac
	if [ -n "$OPT_CPUS" ]; then
		[ "$OPT_CPUS" -le 8 ] ||
			die "$EX_USAGE" "--cpus $OPT_CPUS is more than the machine has; it has 8 at most"
		[ "$OPT_CLOCK" = wall ] || [ "$OPT_CPUS" -eq 1 ] ||
			die "$EX_USAGE" "--clock icount runs one processor only; use --cpus 1 or --clock wall"
	fi
	check_tee
	check_linux_tree
	check_series
}

check_series()
{
	[ -n "$OPT_SERIES" ] || return 0
	[ -n "${LINUX_VERSIONS[$OPT_SERIES]:-}" ] ||
		die "$EX_USAGE" "unknown series '$OPT_SERIES'; use --series with one of: $(all_series)," \
			"or --linux with a tree of your own"
	[ -z "$OPT_LINUX" ] ||
		die "$EX_USAGE" "--series is a packaged kernel and --linux your own: give one of them"
}

# A maintainer's tree must be one, and be clean: kbuild refuses to build out of
# tree from a tree that was built in place.
check_linux_tree()
{
	[ -n "$OPT_LINUX" ] || return 0
	if [ ! -f "$OPT_LINUX/Makefile" ] || [ ! -f "$OPT_LINUX/arch/arm64/Kconfig" ]; then
		die "$EX_USAGE" "--linux $OPT_LINUX is not a Linux source tree;" \
			"give the folder that holds the kernel's Makefile and arch/arm64"
	fi
	OPT_LINUX=$(cd "$OPT_LINUX" && pwd -P)
	if [ -e "$OPT_LINUX/.config" ] || [ -d "$OPT_LINUX/include/config" ]; then
		die "$EX_RESOURCE" "--linux $OPT_LINUX was built in place, and nothing is written" \
			"into your tree; run 'make mrproper' there, or give a fresh 'git worktree'"
	fi
}

# show_help CMD: print help and exit.
show_help()
{
	if declare -F "help_$1" >/dev/null; then
		"help_$1"
	else
		printf 'usage: %s %s [OPTIONS]\n' "$RHEAP" "$1"
	fi
	help_options
	exit "$EX_PASS"
}
