# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The fuzzers' programs: what they begin with, and what a run leaves of them.

# What is there for a kernel that guides fuzzers, a file for each of them
readonly CORPORA=$ROOT/results/corpora

# corpus_name FILE: of the fuzzer whose it is.
corpus_name()
{
	sed -n 's/^rheap-corpus [0-9]* \([a-z-]*\) .*/\1/p;/^rheap-corpus/q' "$1" 2>/dev/null
}

# check_corpora: those of --corpus can be read, or die with the reason.
check_corpora()
{
	local file why

	for file in "${STRESS_CORPORA[@]}"; do
		[ "$file" != none ] || continue
		why=$(torment --list --corpus "$file" 2>&1 >/dev/null) || die "$EX_USAGE" "${why#torment: }"
	done
}

# corpora_of NAME: the files that the fuzzer begins with, one a line: those of
# --corpus, or where the kernel guides it what was kept of earlier runs.
corpora_of()
{
	local file files=("${STRESS_CORPORA[@]}")

	[ ${#files[@]} -gt 0 ] || [ "$OPT_KERNEL" != cov ] || [ "$STRESS_GUIDE" = off ] ||
		files=("$CORPORA"/*)
	for file in "${files[@]}"; do
		[ "$(corpus_name "$file")" != "$1" ] || echo "$file"
	done
}

# corpus_job NAME: the job's program becomes a script that brings the corpora, and
# after the program tells what it has kept. Each program that is played is noted in
# the journal before: a machine that crashes tells nothing after.
corpus_job()
{
	local file words=() n=0

	mkdir "$JOB/corpora"
	while read -r file; do
		n=$((n + 1))
		cp "$file" "$JOB/corpora/$n"
		words+=(--corpus "/job/corpora/$n")
	done < <(corpora_of "$1")
	BOOT_JOURNAL=
	[ "$OPT_KERNEL" != cov ] && [ "$n" -eq 0 ] || BOOT_JOURNAL=yes
	[ -z "$STRESS_GUIDE" ] || words+=(--guide "$STRESS_GUIDE")
	mv "$JOB/run" "$JOB/torment"
	sed -i "\$s|\$| --keep /tmp/kept $(quote_words "${words[@]}") \"\$@\"|" "$JOB/torment"
	cat >"$JOB/run" <<-'END'
	#!/bin/sh
	mkdir /tmp/kept
	for port in /sys/class/virtio-ports/*; do
		[ "$(cat "$port/name")" != journal ] || set -- --journal "/dev/${port##*/}"
	done
	/job/torment "$@"
	code=$?
	for file in /tmp/kept/*; do
		[ ! -f "$file" ] || { echo "@file ${file##*/}"; cat "$file"; echo "@end"; }
	done
	exit $code
	END
	chmod 755 "$JOB/run"
}

# corpus_take NAME RUN LOGS: of what the guest said, $SCRATCH/said, the programs are
# put into RUN/corpus, and the measurements into $SCRATCH/counted. Of a boot that
# failed the journal stays, and of one that did not come to its end what was played
# last becomes RUN/corpus/NAME.last.
corpus_take()
{
	local run=$2 journal=$3/journal.log

	sed '/^@file /,/^@end$/d' "$SCRATCH/said" >"$SCRATCH/counted"
	! grep -q '^@file ' "$SCRATCH/said" || {
		mkdir -p "$run/corpus"
		split_files "$run/corpus" <"$SCRATCH/said"
	}
	[ "$BOOT_CODE" -ne 0 ] && [ -e "$journal" ] || return 0
	if [ -n "$BOOT_WHY" ]; then
		mkdir -p "$run/corpus"
		/usr/bin/python3 -B "$SCRIPTS/stress/last.py" "$1" "$journal" >"$run/corpus/$1.last" ||
			die "$EX_RESOURCE" "cannot write $run/corpus/$1.last"
	fi
	gzip -f "$journal" || die "$EX_RESOURCE" "cannot write $journal.gz"
}
