# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the logs of a boot say: console.log is the kernel's, secure.log the
# secure world's.

# Lines of the kernel (they carry a time stamp, so that a program's own output
# on the console is not taken for one) that no healthy run has.
readonly KERNEL_SPLAT='WARNING:|BUG:|BUG at|Oops|KASAN:|KFENCE:|KCSAN:|UBSAN:|Kernel panic|Internal error|Unable to handle|Call trace:|cut here|SError Interrupt|refcount_t:|list_(add|del) corruption|usercopy:|Bad page state|possible recursive locking|possible circular locking|inconsistent lock state|suspicious RCU usage|DEBUG_LOCKS_WARN|held lock freed|detected stall|self-detected stall|blocked for more than|soft lockup|hard LOCKUP|scheduling while atomic|sleeping function called|kmemleak: [0-9]+ new suspected|unreferenced object|ODEBUG:|DMA-API: [^ ]+ [^ ]+: |bad unlock balance|Invalid wait context|lock held when returning|possible irq lock inversion|non-static key'

# The same for OP-TEE and TF-A. "PANIC at PC" is none: TF-A says it when QEMU is
# slow to carry out its order to switch off.
readonly SECURE_SPLAT='[Pp]anic|Core (data|prefetch|undef)|data-abort|prefetch-abort|undef-abort|Unhandled Exception|assertion .* failed|Assertion|ASSERT'

# find_splat LOGS: the first complaint in a boot's logs; fails if there is none.
find_splat()
{
	kernel_splats <"$1/console.log" | head -n 1 | grep . ||
		secure_splats <"$1/secure.log" | head -n 1 | grep .
}

# Filters from stdin to stdout. They never fail.
kernel_splats()
{
	tr -d '\r' | without_oom | without_spared | our_races | grep -aE "^\[ *[0-9]+\.[0-9]+\].*($KERNEL_SPLAT)" || :
}

# without_oom: who is killed for want of memory, or gets none of vmalloc()'s, is
# shown with a trace, and that is no complaint.
without_oom()
{
	LC_ALL=C awk '/ invoked oom-killer: | vmalloc error: .* mode:/ { oom = 1 }
		oom && / Call trace:/ { oom = 0; next }
		{ print }'
}

# without_spared: a log without the complaints that a test provokes: their first line
# matches $LOG_SPARES.
without_spared()
{
	[ -n "${LOG_SPARES-}" ] || { cat; return; }
	LOG_SPARES=$LOG_SPARES LC_ALL=C awk '
		spared { spared = !/ Call trace:/; next }
		/cut here/ { held = $0; next }
		held != "" && !/WARNING:|BUG:|BUG at/ { held = held "\n" $0; next }
		$0 ~ ENVIRON["LOG_SPARES"] { spared = 1; held = ""; next }
		held != "" { print held; held = "" }
		{ print }
		END { if (held != "") print held }'
}

# our_races: a log without the headlines of data races in which no function of
# our modules took part: Linux itself has some, which it knows. Nor those that both
# sides meet inside of gen_pool, which is lock-free on purpose (lib/genalloc.c).
our_races()
{
	LC_ALL=C awk '
		/BUG: KCSAN:/ { race = $0; next }
		race != "" && /=====/ { race = "" }
		race != "" && / by (task|interrupt)/ { lockfree = 0 }
		race != "" && / gen_pool_/ { lockfree = 1 }
		race != "" && !lockfree && /\[((restricted|direct)_[a-z_]*|tee_sim)\]/ { print race; race = "" }
		{ print }'
}

secure_splats()
{
	tr -d '\r' | grep -aE "$SECURE_SPLAT" || :
}

# console_cause LOGS: why a guest ended without a word, as far as it shows.
console_cause()
{
	find_splat "$1" || echo "it ended without a word"
}

# console_tail LOGS: the last lines of the console, for a person.
console_tail()
{
	say "the console's last lines:"
	tail -n 15 "$1/console.log" | tr -d '\r' | sed 's/^/  | /' >&2
	[ -s "$1/secure.log" ] || return 0
	say "the secure world's:"
	tail -n 5 "$1/secure.log" | tr -d '\r' | sed 's/^/  | /' >&2
}
