# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0

# exec returns the program's exit code and passes arguments and both streams on
test_exec_passthrough()
{
	guest_script job.sh <<-'END'
	for word; do printf '[%s]' "$word"; done
	head -c 300000 /dev/urandom >/tmp/noise
	cat /tmp/noise
	sha256sum </tmp/noise >&2
	exit 23
	END
	expect 23 "" rheap exec -- job.sh "a b" "it's" "" "\$HOME" --seed
	[ "$(head -c 28 stdout)" = "[a b][it's][][\$HOME][--seed]" ] || fail "the arguments changed"
	[ "$(tail -c +29 stdout | sha256sum)" = "$(grep -a "^[0-9a-f]*  -$" stderr)" ] || fail "stdout is not byte exact"
}

# a guest that panics ends with 5 and the console's last lines
test_exec_panic()
{
	guest_script job.sh <<<'echo before; echo c >/proc/sysrq-trigger; sleep 5'
	expect 5 "Kernel panic" rheap exec job.sh
	grep -q '^before$' stdout || fail "what was printed before the panic is lost"
	grep -q 'logs: ' stderr || fail "no word about the logs"
}

# a guest that is switched off under the program ends with 5
test_exec_sudden_end()
{
	guest_script job.sh <<<'poweroff -f'
	expect 5 "without a word" rheap exec job.sh
}

# a kernel that complained ends with 2 although the program returned 0
test_exec_splat()
{
	guest_script job.sh <<<'echo "WARNING: this is a test" >/dev/kmsg'
	expect 2 "complained" rheap exec job.sh
}

# a guest that hangs ends with 6, and no QEMU is left
test_exec_hang()
{
	guest_script job.sh <<<'echo started; while :; do :; done'
	expect 6 "did not end within" rheap exec --timeout 20 job.sh
	grep -q '^started$' stdout || fail "what was printed before the hang is lost"
}

# an interrupted exec takes its QEMU with it
test_exec_interrupted()
{
	local pid child

	guest_script job.sh <<<'echo started; while :; do :; done'
	"$SCRIPTS/rheap" exec "${TEST_OPTIONS[@]}" job.sh >out 2>&1 &
	pid=$!
	until grep -q started out; do
		kill -0 "$pid" || fail "exec ended early: $(cat out)"
		sleep 0.2
	done
	child=$(pgrep -P "$pid" timeout)
	child=$(pgrep -P "$child" qemu)
	kill -TERM "$pid"
	wait "$pid" && fail "a killed exec ended with 0"
	! kill -0 "$child" 2>/dev/null || fail "QEMU $child outlived its exec"
}

# QEMU that cannot start ends with 3
test_exec_no_qemu()
{
	mkdir bin
	printf '#!/bin/sh\necho "cannot set up guest memory" >&2\nexit 1\n' >bin/qemu-system-aarch64
	chmod 755 bin/qemu-system-aarch64
	guest_script job.sh <<<'exit 0'
	PATH=$PWD/bin:$PATH expect 3 "QEMU cannot start: cannot set up guest memory" rheap exec job.sh
}

# perf and hyperfine run in the machine, where exec and shell offer them
test_exec_userland()
{
	guest_script job.sh <<-'END'
	chroot /userland perf stat -e instructions true || exit 11
	chroot /userland hyperfine --version || exit 12
	END
	expect 0 "instructions" rheap exec --userland job.sh
	grep -q '^hyperfine [0-9]' stdout || fail "hyperfine told no version"
	expect 0 "instructions" rheap shell <job.sh
}

# a /userland that cannot be mounted ends with 3 and the reason
test_exec_no_userland()
{
	guest_script job.sh <<<'exit 0'
	mkdir -p bin
	# shellcheck disable=SC2016 # for the script
	printf '#!/bin/bash\nexec %s "${@//mount_tag=userland/mount_tag=elsewhere}"\n' \
		"$(command -v qemu-system-aarch64)" >bin/qemu-system-aarch64
	chmod 755 bin/qemu-system-aarch64
	PATH=$PWD/bin:$PATH expect 3 "/userland cannot be mounted" rheap exec --userland job.sh
}

# a program that is killed in the guest ends as a shell tells it
test_exec_signal()
{
	guest_script job.sh <<<'kill -9 $$'
	expect 137 "" rheap exec job.sh
}

# a program that leaves children behind ends all the same
test_exec_leftovers()
{
	guest_script job.sh <<<'(while :; do :; done) & exit 3'
	expect 3 "" rheap exec --timeout 60 job.sh
}
