#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# What a user sees: exit codes, and what is on which stream. Runs on any
# machine: the heaps and the TEE that it names do not exist.
#
#   command_line.sh LATENCY TEE_RTT

set -u
latency=$1
tee_rtt=$2
out=$(mktemp)
err=$(mktemp)
trap 'rm -f "$out" "$err"' EXIT
failed=0
unset RHEAP_CLOCK RHEAP_TEE

# run CODE COMMAND...: ends with CODE; out and err hold what it said
run()
{
	local code=$1 got

	shift
	"$@" >"$out" 2>"$err"
	got=$?
	if [ "$got" -ne "$code" ]; then
		echo "failed: $*: exit $got, wanted $code"
		failed=1
	fi
}

# has TEXT FILE WHAT: FILE, said by WHAT, holds TEXT
has()
{
	if ! grep -qF -- "$1" "$2"; then
		echo "failed: $3: no '$1' in:"
		cat "$2"
		failed=1
	fi
}

# expect CODE TEXT COMMAND...: ends with CODE and says TEXT on stderr only
expect()
{
	local code=$1 text=$2

	shift 2
	run "$code" "$@"
	has "$text" "$err" "$*"
	if [ -s "$out" ]; then
		echo "failed: $*: something on stdout"
		failed=1
	fi
}

# says TEXT COMMAND...: ends with 0 and says TEXT on stdout only
says()
{
	local text=$1

	shift
	run 0 "$@"
	has "$text" "$out" "$*"
	if [ -s "$err" ]; then
		echo "failed: $*: something on stderr"
		failed=1
	fi
}

says "Usage: latency" "$latency" --help
says "Examples:" "$latency" --size 4K --help
says "heap=system size=64K op=free n=1000" "$latency" --list
says "heap=a,b size=1M op=cycle n=30" "$latency" --list --heap a,b --size 1M --budget 1
says "step=memref bytes=1M" "$tee_rtt" --list
says "step=swap n=7" "$tee_rtt" --list --step swap --samples 7

expect 64 "--size 12Q" "$latency" --size 12Q
expect 64 "--size 0" "$latency" --size 0
expect 64 "--nosuch" "$latency" --nosuch
expect 64 "--clock sundial" "$latency" --clock sundial
expect 64 "RHEAP_CLOCK=sundial" env RHEAP_CLOCK=sundial "$latency"
expect 64 "--step nosuch" "$tee_rtt" --step nosuch
expect 3 "heap no-such-heap: no such heap here" "$latency" --heap no-such-heap
expect 3 "heap ../null: the heap refuses" "$latency" --heap ../null
expect 3 "/dev/no-tee: No such file" "$tee_rtt" --device /dev/no-tee
expect 3 "/dev/null: Inappropriate ioctl" "$tee_rtt" --device /dev/null
exit "$failed"
