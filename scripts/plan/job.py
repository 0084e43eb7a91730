# SPDX-License-Identifier: GPL-2.0
"""The guest's job for a plan: a shell script that runs the entries in order.

A heap that an entry names and the machine has not is no failure of the plan: the
job writes a measurement `skipped` of it, and measures the rest. An entry that
named heaps of which none is there is left out.
"""

import shlex
import shutil

GUEST_TRACES = "/job/traces"
# Options whose words are heaps, or pairs of them with a colon between
HEAP_KEYS = ("heap", "pair")

HEAD = r"""#!/bin/sh
# Runs the entries of a plan in order; ends with the first failure's code.
code=0
skipped=

# entry NUMBER TOTAL NAME PROGRAM LABEL: the next run begins.
entry()
{
	echo "@plan $1 $2 $3" >&2
	name=$3
	program=$4
	label=$5
	named=
	heaps=
}

# heap OPTION WORD: the run is for this heap or pair, if it is here.
heap()
{
	named=1
	for one in $(echo "$2" | tr : ' '); do
		[ -e "/dev/dma_heap/$one" ] || {
			skip "$one"
			return
		}
	done
	heaps="$heaps --$1 $2"
}

# skip HEAP: say that it was not measured.
skip()
{
	skipped=1
	echo "$program: no heap $1 in this machine; skipped" >&2
	params="\"heap\":\"$1\",\"reason\":\"ENOENT\""
	[ -z "$label" ] || params="$params,\"label\":\"$label\""
	[ -z "$RHEAP_CLOCK" ] || params="$params,\"clock\":\"$RHEAP_CLOCK\""
	[ -z "$RHEAP_TEE" ] || params="$params,\"tee\":\"$RHEAP_TEE\""
	[ -z "$RHEAP_PASS" ] || params="$params,\"pass\":$RHEAP_PASS"
	echo "{\"bench\":\"$program\",\"metric\":\"skipped\",\"unit\":\"count\",\"value\":1,\"params\":{$params}}"
}

# run COMMAND...: on the heaps that are here.
run()
{
	[ -z "$named" ] || [ -n "$heaps" ] || return 0
	# shellcheck disable=SC2086 # a list of words
	"$@" $heaps || {
		failed=$?
		echo "@plan failed $failed $* $heaps" >&2
		[ $failed -ne 4 ] || {
			skipped=1
			return
		}
		[ $code -ne 0 ] || code=$failed
	}
}

"""
# In place of the last function: each entry under perf, twice; its own words are not kept.
PERF = r"""
# run COMMAND...: on the heaps that are here, counted and then traced.
run()
{
	[ -z "$named" ] || [ -n "$heaps" ] || return 0
	# shellcheck disable=SC2086 # a list of words
	{
		chroot /userland perf stat -j -e instructions:u -e instructions:k -e page-faults -e context-switches \
			-o /tmp/stat "$@" $heaps >/dev/null 2>&1
		chroot /userland perf record -q -a -e 'restricted_heap:*' -o /tmp/data "$@" $heaps >/dev/null 2>&1
	}
	name=$(echo "$name" | tr : -)
	show "$name.stat.json" cat /tmp/stat
	chroot /userland perf script -i /tmp/data >/tmp/script 2>/dev/null
	show "$name.events.txt" sh -c "grep -o 'restricted_heap:[a-z_]*' /tmp/script | sort | uniq -c"
	show "$name.trace.txt" head -n 200 /tmp/script
	rm -f /tmp/stat /tmp/data /tmp/script
}

# show FILE COMMAND...: what it prints is a file.
show()
{
	echo "@file $1"
	shift
	"$@"
	echo "@end"
}

"""
TAIL = "exit $code\n"
STRICT_TAIL = "[ $code -ne 0 ] || [ -z \"$skipped\" ] || code=4\n" + TAIL


def write(plan, seed, strict, perf=False, passes=1):
    """The job's text. seed: for entries that name none. strict: what was skipped ends it with 4.

    perf: it runs the entries under perf, and prints files of what that tells. passes: how often it
    runs them all; where that is more than once, each measurement tells of which pass it is.
    """
    lines = [HEAD[:HEAD.index("# run COMMAND")] + PERF if perf else HEAD]
    names = entries(plan, passes)
    for number, name in enumerate(names):
        if passes > 1 and number % len(plan.entries) == 0:
            lines.append(f"export RHEAP_PASS={number // len(plan.entries) + 1}\n")
        lines += _run(plan.entries[number % len(plan.entries)], seed, number + 1, len(names), name)
    lines.append(STRICT_TAIL if strict else TAIL)
    return "".join(lines)


def entries(plan, passes):
    """What the job calls its entries, in order; those of a later pass have its number."""
    return [entry.name if number == 1 else f"{entry.name}#{number}"
            for number in range(1, passes + 1) for entry in plan.entries]


def _run(entry, seed, number, total, name):
    yield _line("entry", number, total, name, entry.program, entry.label or "")
    yield from (_line("heap", key, word) for key, word in entry.words if key in HEAP_KEYS and word)
    yield _line("run", *_command(entry, seed))


def copy_files(plan, folder):
    """Put the plan's files where its job will find them."""
    if plan.files:
        folder.mkdir()
    for name, path in plan.files.items():
        shutil.copyfile(path, folder / name)


def _command(entry, seed):
    """An entry's command, its heaps apart."""
    kept = tuple((key, word) for key, word in entry.words if key not in HEAP_KEYS or not word)
    words = type(entry)(entry.name, f"/job/bin/{entry.program}", entry.label, kept) \
        .command(lambda name: f"{GUEST_TRACES}/{name}")
    return words if "--seed" in words else words + ["--seed", str(seed)]


def _line(*words):
    return shlex.join(str(word) for word in words) + "\n"
