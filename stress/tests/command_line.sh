#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# What a user sees of the stressors' command lines. Runs on any machine: the
# heaps that it names do not exist.
#
#   command_line.sh CONTRACT STORM TEEDEATH LENDING LEDGER TORMENT LOADING

set -u
contract=$1
storm=$2
teedeath=$3
lending=$4
ledger=$5
torment=$6
loading=$7
failed=0
unset RHEAP_CLOCK RHEAP_TEE

# expect CODE TEXT COMMAND...: ends with CODE and says TEXT
expect()
{
	local code=$1 text=$2 said got

	shift 2
	said=$("$@" 2>&1)
	got=$?
	if [ "$got" -ne "$code" ] || ! grep -qF -- "$text" <<<"$said"; then
		echo "failed: $*: exit $got, wanted $code and '$text', got:"
		echo "$said"
		failed=1
	fi
}

expect 0 "Usage: contract" "$contract" --help
expect 0 "as TAP version 13" "$contract" --help
expect 0 "mmap-refused" "$contract" --list
expect 64 "--nosuch" "$contract" --nosuch
expect 64 "--format html" "$contract" --format html
expect 3 "heap no-such-heap: no such heap here" "$contract" --heap no-such-heap
expect 0 "Usage: storm" "$storm" --help
expect 0 "heap=restricted_mtk_cm threads=4 ops=100000 seed=7" "$storm" --list --seed 7
expect 64 "--threads 0" "$storm" --threads 0
expect 64 "--threads 65" "$storm" --threads 65
expect 64 "--min and --max" "$storm" --min 1K
expect 64 "--min and --max" "$storm" --min 8K --max 4K
expect 64 "each heap once" "$storm" --heap a --heap a
expect 3 "heap no-such-heap: no such heap here" "$storm" --heap no-such-heap
expect 0 "Usage: teedeath" "$teedeath" --help
expect 0 "heap=restricted_pages driver=optee rounds=2" "$teedeath" --list
expect 64 "--rounds 0" "$teedeath" --rounds 0
expect 3 "no device of the driver no-such-driver" "$teedeath" --driver no-such-driver
expect 0 "Usage: lending" "$lending" --help
expect 0 "warm, 8 MiB of a pool: no call" "$lending" --list
expect 64 "--nosuch" "$lending" --nosuch
expect 3 "heap restricted_pages: no such heap here" "$lending"
expect 0 "Usage: loading" "$loading" --help
expect 0 "a.ko" "$loading" --list --module a.ko
expect 64 "no --module" "$loading"
expect 0 "Usage: ledger" "$ledger" --help
expect 0 "g-ping-pong" "$ledger" --list
expect 64 "--defect is needed" "$ledger"
expect 64 "--defect h: --list tells" "$ledger" --defect h
expect 64 "--heap: c-leak is tried on no heap" "$ledger" --defect c-leak --heap system
expect 64 "--threads 65" "$ledger" --defect a-race --threads 65
expect 0 "# SKIP heap no-such-heap" "$ledger" --defect g-ping-pong --heap no-such-heap
expect 0 "Usage: torment" "$torment" --help
expect 0 "nothing gets lost" "$torment" --list
expect 0 "loses nothing" "$torment" --list --needs sim
expect 64 "--only nosuch: no such stressor" "$torment" --only nosuch
expect 64 "--workers 65" "$torment" --workers 65
expect 64 "--corpus /no/such/file: No such file" "$torment" --corpus /no/such/file
expect 64 "its checksum is missing" "$torment" --corpus "$0"
expect 64 "--keep /no/such/folder: No such file" "$torment" --keep /no/such/folder
printf 'rheap-corpus 1 churn 0\nchecksum 4d0e6f5a4b1d1a1c\n' >torment.corpus
expect 64 "it is damaged: its checksum is another" "$torment" --corpus torment.corpus
printf 'rheap-corpus 1 churn 0\nchecksum 03d7abe32720917f\n' >torment.corpus
expect 64 "it is of churn, which is no fuzzer" "$torment" --corpus torment.corpus
printf 'rheap-corpus 1 fuzz-tee 0\nchecksum 995a08c94fce1dc1\n' >torment.corpus
expect 64 "it is of fuzz-tee, which is not run" "$torment" --only churn --corpus torment.corpus
expect 0 "fuzz-tee" "$torment" --list --only fuzz-tee --corpus torment.corpus
expect 3 "heap no-such-heap: no such heap here" "$torment" --only web --heap no-such-heap
exit "$failed"
