#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# What a user sees: exit codes, and what is on which stream. Runs on any
# machine: the heaps and the TEE that it names do not exist.
#
#   command_line.sh LATENCY TEE_RTT REPLAY SESSION KERNEL TRACE_RECORD OVERHEAD FRAG ORDERS SCALE URING POLICY

set -u
latency=$1
tee_rtt=$2
replay=$3
session=$4
kernel=$5
trace_record=$6
overhead=$7
frag=$8
orders=$9
scale=${10}
uring=${11}
policy=${12}
trace=$(dirname "$0")/../../results/traces/1080p-avc-seek.csv
bad=$(mktemp)
out=$(mktemp)
err=$(mktemp)
trap 'rm -f "$bad" "$out" "$err"' EXIT
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
says "case=dispatch n=7" "$kernel" --list --samples 7
says "pair=a:b size=1M n=30" "$overhead" --list --pair a:b --size 1M --budget 1
says "case=phase heap=a size=1M n=30" "$kernel" --list --heap a --size 1M --budget 1

says "trace=1080p-avc-seek heap=protected,secure-video pace=fast ops=22" "$replay" --list --trace "$trace"
says "heap=b pace=schedule" "$replay" --list --trace "$trace" --heap a --heap b --pace schedule
says "heap=b,c " "$replay" --list --trace "$trace" --map '*=b,c'
says "heap=x " "$replay" --list --trace "$trace" --map protected,secure-video=x --map '*=y'
says "1920x1080 8 bits level 4: 4 inputs of 6912K, 7 frames of 3060K" "$session" --list
says "frames of" "$session" --list --codec vp9 --ladder 640x360 --event pip=640x360
says "t_us,op,id,heap,bytes" "$session" --seconds 1
says ',"a,b",' "$session" --heap a,b

expect 64 "no --trace" "$replay"
expect 64 "/no/such.csv: No such file" "$replay" --trace /no/such.csv
printf 't_us,op,id,heap,bytes\n0,alloc,1,system,4096' >"$bad"
expect 64 "$bad:2:22: the last line has no newline" "$replay" --trace "$trace" --trace "$bad"
printf 't_us,op,id,heap,bytes\n' >"$bad"
expect 64 "has no operation" "$replay" --trace "$bad"
expect 64 "another trace is called" "$replay" --trace "$trace" --trace "$trace"
expect 64 "--map x: not FROM=TO" "$replay" --trace "$trace" --map x
expect 64 "--map =x: not FROM=TO" "$replay" --trace "$trace" --map =x
expect 64 "--map x=: not FROM=TO" "$replay" --trace "$trace" --map x=
expect 64 "--heap and --map" "$replay" --trace "$trace" --map a=b --heap c
run 4 "$replay" --trace "$trace" --heap no-such-heap
has '"metric":"skipped"' "$out" "replay on no such heap"
has '"reason":"ENOENT"' "$out" "replay on no such heap"

expect 64 "--size 640: not WxH" "$session" --size 640
expect 64 "--ladder 8x8: not WxH" "$session" --ladder 8x8
expect 64 "rungs grow" "$session" --ladder 1280x720 --ladder 640x360
expect 64 "rungs grow" "$session" --ladder 1920x1080
expect 64 "--event fly: not seek" "$session" --event fly
expect 64 "later than the session" "$session" --seconds 10 --event seek@10
expect 64 "level 3 of avc" "$session" --level 3
expect 64 "no level of hevc" "$session" --codec hevc --size 16384x16384
expect 64 "no level of avc admits 16384x16384" "$session" --codec vp9 --event ad=16384x16384
expect 64 "leave it out" "$session" --codec av1 --level 5
expect 64 "no heap has such a name" "$session" --heap ''
if [ -e /dev/full ]; then
	"$session" >/dev/full 2>"$err"
	if [ $? -ne 3 ]; then
		echo "failed: session to a full disk did not end with 3"
		failed=1
	fi
	has "not whole" "$err" "session to a full disk"
fi

says "all of /dev/dma_heap" "$trace_record" --list
says "heap=a,b" "$trace_record" --list --heap a,b
expect 64 "no --out" "$trace_record"
expect 64 "--map tee: not FROM=TO" "$trace_record" --out "$bad" --map tee

expect 64 "--tune orders: not FROM=TO" "$replay" --trace "$trace" --heap a --tune orders
expect 64 "--tune: needs one --heap" "$replay" --trace "$trace" --tune orders=0
expect 3 "--tune orders=0: heap no-such-heap does not take it" "$replay" --trace "$trace" --heap no-such-heap --tune orders=0
says "frag load=adversary heap=restricted_mtk_cm ops=5080" "$frag" --list
says "load=1080p-avc-seek heap=a ops=22" "$frag" --list --trace "$trace" --heap a
expect 64 "--load nosuch: not one of" "$frag" --load nosuch
expect 64 "--pool: too small" "$frag" --pool 1M --size 2M
expect 64 "--fill 101: out of range" "$frag" --fill 101
expect 64 "--order 16: out of range" "$frag" --order 16
expect 64 "/no/such.csv: No such file" "$frag" --trace /no/such.csv
expect 64 "--index: not for heap default_cma_region" "$frag" --index 5 --heap default_cma_region
says "scale heap=restricted_pages workers=4 kind=processes size=mixed loop=closed" "$scale" --list
expect 64 "--workers 65: more than 64" "$scale" --workers 65
expect 64 "--together a: not HEAP+HEAP" "$scale" --together a
expect 64 "--load 101: out of range" "$scale" --load 101
run 4 "$scale" --heap no-such-heap
says "uring heap=system way=sqpoll batch=256 n=100" "$uring" --list
expect 64 "--way slow: not one of close, unlinked, linked, sqpoll" "$uring" --way slow
expect 64 "--batch 257: out of range" "$uring" --batch 257
run 4 "$uring" --heap no-such-heap
says "policy heap=restricted_mtk_cma size=1M n=100 buffers=8 rounds=3" "$policy" --list
expect 64 "--buffers 65: out of range" "$policy" --buffers 65
run 4 "$policy" --heap no-such-heap
run 4 "$frag" --heap no-such-heap --load control
has '"metric":"skipped"' "$out" "frag on no such heap"

says "orders size=8M cases=12 n=30" "$orders" --list
says "cases=8 n=100" "$orders" --list --size 4K --orders 0 --batch 32 --policy buffer --policy pool \
	--reclaim all --reclaim smallest --index 0 --index 900
expect 64 "--batch 32/5: neither ENTRIES nor" "$orders" --batch 32/5
expect 64 "--policy region: neither buffer nor pool" "$orders" --policy region
expect 64 "--reclaim 0: neither smallest nor all" "$orders" --reclaim 0
expect 64 "--index 1000: more than 999" "$orders" --index 1000
expect 64 "--iommu-page: a size that is no power of two" "$orders" --iommu-page 12K
expect 3 "heap restricted_pages: no such heap" "$orders"

expect 64 "--size 12Q" "$latency" --size 12Q
expect 64 "--size 0" "$latency" --size 0
expect 64 "--nosuch" "$latency" --nosuch
expect 64 "--clock sundial" "$latency" --clock sundial
expect 64 "RHEAP_CLOCK=sundial" env RHEAP_CLOCK=sundial "$latency"
expect 64 "--step nosuch" "$tee_rtt" --step nosuch
expect 64 "--pair system" "$overhead" --pair system
expect 64 "--pair :system" "$overhead" --pair :system
expect 64 "--level 100" "$overhead" --level 100
expect 3 "heap no-such-heap: no such heap here" "$overhead" --pair no-such-heap:system
expect 64 "--case nosuch" "$kernel" --case nosuch
expect 64 "--instructions 7" "$kernel" --instructions 7
expect 3 "restricted_bench is not loaded" "$kernel"
expect 3 "heap no-such-heap: no such heap here" "$latency" --heap no-such-heap
expect 3 "heap ../null: the heap refuses" "$latency" --heap ../null
expect 3 "/dev/no-tee: No such file" "$tee_rtt" --device /dev/no-tee
expect 3 "/dev/null: Inappropriate ioctl" "$tee_rtt" --device /dev/null
exit "$failed"
