#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Writes the traces of results/traces/sessions.txt, or with --check compares
# them with what stands there.
#
#   remake.sh [--check] SESSION

set -eu
check=
if [ "${1:-}" = --check ]; then
	check=1
	shift
fi
if [ $# -ne 1 ]; then
	echo "usage: $0 [--check] SESSION, the program" >&2
	exit 64
fi
session=$1
traces=$(dirname "$0")/../../results/traces
new=$(mktemp)
trap 'rm -f "$new"' EXIT
names=()
failed=0

while read -r name options; do
	[ "${name###}" = "$name" ] || continue
	names+=("$name")
	# shellcheck disable=SC2086 # a list of words
	env -u RHEAP_CLOCK "$session" $options >"$new"
	if [ -z "$check" ]; then
		cp "$new" "$traces/$name.csv"
	elif ! cmp "$new" "$traces/$name.csv"; then
		echo "failed: $name.csv is not what 'session $options' prints"
		failed=1
	fi
done <"$traces/sessions.txt"

for file in "$traces"/*.csv; do
	name=$(basename "$file" .csv)
	if [[ " ${names[*]} " != *" $name "* ]]; then
		echo "failed: $name.csv is not in sessions.txt"
		failed=1
	fi
done
exit $failed
