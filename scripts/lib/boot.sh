# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# One boot of the machine, from the parts to a verdict.
#
# The caller sets, beside the shared options:
#   BOOT_MODULES   files of the kernel modules to load (array)
#   BOOT_PARAMETERS  their parameters, name to words (associative array)
#   BOOT_CONSOLE   yes: the console is our terminal, and there is no job
#   BOOT_USERLAND  a folder that the guest sees at /userland
#   BOOT_TREE      a command that edits the device tree, the file that it is given
#   BOOT_STDERR    the command that the guest's stderr goes through (cat)
#   BOOT_ARGUMENTS  more words for the kernel's command line
#   BOOT_JOURNAL   yes: there is a port "journal", for what a guest notes that may crash
#   BOOT_WATCH     a command that runs beside QEMU, with the process to watch and
#                  the log to write (host.log) as arguments
# and reads afterwards:
#   BOOT_CODE      the verdict, an exit code
#   BOOT_WHY       the verdict in words, empty when the job ended by itself

use console tee

# shellcheck disable=SC2034 # some are read by the callers only
{
	BOOT_MODULES=()
	declare -gA BOOT_PARAMETERS=()
	BOOT_CONSOLE=
	BOOT_USERLAND=
	BOOT_TREE=:
	BOOT_STDERR="cat"
	BOOT_ARGUMENTS=
	BOOT_JOURNAL=
	BOOT_WATCH=
	BOOT_CODE=
	BOOT_WHY=
	BOOT_LOST=
	BOOT_PID=
	SCRATCH=
	TERMINAL=
}

# boot_machine JOB LOGS SECONDS: boot once and run the folder JOB in it. LOGS
# receives console.log, secure.log and status.log. SECONDS 0 is no time-out.
boot_machine()
{
	local job=$1 logs=$2 seconds=$3 qemu=() status=0

	use dtb initrd
	job=$(realpath "$job")
	mkdir -p "$logs"
	logs=$(realpath "$logs")
	boot_parts
	boot_enter
	boot_images
	build_initrd initrd "$BOOT_BUSYBOX" "$job" "${BOOT_MODULES[@]}"
	build_dtb machine.dtb "$(boot_arguments)" initrd
	$BOOT_TREE machine.dtb
	qemu_command
	if [ -n "$OPT_DRY_RUN" ]; then
		say "${qemu[*]@Q}"
		BOOT_CODE=$EX_PASS
	else
		boot_qemu "$seconds" || status=$?
		boot_logs "$logs"
		boot_verdict "$logs" "$status" "$seconds"
	fi
	boot_leave
}

# The files a boot is made of. A caller that has them elsewhere sets them first.
boot_parts()
{
	local root

	: "${BOOT_IMAGE:=$(part_dir kernel)/Image}"
	if tee_is_real; then
		: "${BOOT_TFA:=$(part_dir tfa)}"
		: "${BOOT_OPTEE:=$(part_dir optee)}"
	fi
	if [ -z "${BOOT_BUSYBOX:-}" ]; then
		root=$(part_dir userland)/root
		for BOOT_BUSYBOX in "$root"/usr/bin/busybox "$root"/bin/busybox; do
			[ ! -f "$BOOT_BUSYBOX" ] || break
		done
	fi
}

# scratch_init: SCRATCH becomes a folder that is gone when we end, whatever
# happens; nor does a QEMU outlive us, or leave the terminal in its own mode.
scratch_init()
{
	[ -z "$SCRATCH" ] || return 0
	trap scratch_exit EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/rheap.XXXXXX")
}

scratch_exit()
{
	if [ -n "$BOOT_PID" ]; then
		kill "$BOOT_PID" 2>/dev/null || :
		wait "$BOOT_PID" 2>/dev/null || :
	fi
	[ -z "$TERMINAL" ] || stty "$TERMINAL" || :
	cd /
	[ -z "$SCRATCH" ] || rm -rf "$SCRATCH"
}

# new_job: JOB becomes an empty job folder.
new_job()
{
	scratch_init
	JOB=$SCRATCH/job
	rm -rf "$JOB"
	mkdir "$JOB"
}

# new_log_folder NAME: a folder for the logs of one boot, in the cache, where
# those of the last two weeks stay.
new_log_folder()
{
	local folder

	find "$CACHE/logs" -mindepth 1 -maxdepth 1 -type d -mtime +14 -exec rm -rf {} +
	folder=$CACHE/logs/$1-$(date -u +%Y%m%dT%H%M%SZ)-$$
	mkdir -p "$folder"
	echo "$folder"
}

# Each boot has a folder of its own, which is the current one meanwhile.
boot_enter()
{
	scratch_init
	rm -rf "${SCRATCH:?}/boot"
	mkdir "$SCRATCH/boot"
	pushd "$SCRATCH/boot" >/dev/null || exit
	: >console.log
	: >secure.log
	: >status.log
	: >qemu.log
}

# boot_logs LOGS: copy them out of the boot's folder.
boot_logs()
{
	local why files=(console.log secure.log status.log)

	[ ! -s qemu.log ] || files+=(qemu.log)
	[ ! -s host.log ] || files+=(host.log)
	[ ! -s journal.log ] || files+=(journal.log)
	why=$(cp "${files[@]}" "$1" 2>&1) ||
		die "$EX_RESOURCE" "cannot write the logs ($(head -n 1 <<<"$why")):" \
			"make room and run again; what there is in $1 is no whole run"
}

# boot_stop LOGS: for a trap: end the boot that runs, if one does, and keep what
# it has said so far.
boot_stop()
{
	# In a boot, its folder is the current one.
	[ ${#DIRSTACK[@]} -gt 1 ] || return 0
	if [ -n "$BOOT_PID" ]; then
		kill "$BOOT_PID" 2>/dev/null || :
		wait "$BOOT_PID" 2>/dev/null || :
		BOOT_PID=
	fi
	exec 8>&- 9>&-
	wait
	boot_logs "$1"
	boot_leave
}

boot_leave()
{
	popd >/dev/null || exit
	rm -rf "${SCRATCH:?}/boot"
}

# The firmware opens its images by these names in the current folder.
boot_images()
{
	ln -s "$BOOT_IMAGE" bl33.bin
	tee_is_real || return 0
	ln -s "$BOOT_TFA"/bl{1,2,31}.bin .
	ln -s "$BOOT_OPTEE/tee-header_v2.bin" bl32.bin
	ln -s "$BOOT_OPTEE/tee-pager_v2.bin" bl32_extra1.bin
	ln -s "$BOOT_OPTEE/tee-pageable_v2.bin" bl32_extra2.bin
}

# The kernel's command line: nothing at random, and no fault slept through.
boot_arguments()
{
	echo "console=ttyAMA0 nokaslr norandmaps oops=panic panic=-1" \
		"random.trust_bootloader=on$(kernel_arguments)${BOOT_ARGUMENTS:+ ${BOOT_ARGUMENTS//$'\n'/ }} rheap.clock=$OPT_CLOCK rheap.tee=$OPT_TEE${BOOT_USERLAND:+ rheap.userland}"
}

# kernel_arguments: what a variant of the kernel wants beside. A cache's sheaves
# keep pointers to objects that they have given away, in which the leak detector
# believes; a cache that checks itself has none.
kernel_arguments()
{
	[ "$OPT_KERNEL" != debug ] || echo " slab_debug=F"
}

# The board, as far as the device tree depends on it.
board_arguments()
{
	local secure=on cpus=${OPT_CPUS:-4}

	tee_is_real || secure=off
	[ "$OPT_CLOCK" = wall ] || cpus=1
	load_map
	board=(-machine "virt,secure=$secure,gic-version=2${1:-}"
		-cpu "cortex-a57,cntfrq=$COUNTER_HZ"
		-m "$((RAM_SIZE >> 20))" -smp "$cpus"
		-nodefaults -display none -monitor none)
	if tee_is_real; then
		board+=(-bios bl1.bin)
	fi
}

# qemu_dump_dtb FILE: the device tree that QEMU itself makes for the board.
qemu_dump_dtb()
{
	local board

	board_arguments ",dtb-randomness=off,dumpdtb=$1"
	board+=(-seed "$OPT_SEED")
	if ! qemu-system-aarch64 "${board[@]}" >qemu.log 2>&1 || [ ! -s "$1" ]; then
		die "$EX_RESOURCE" "QEMU cannot start: $(tail -n 1 qemu.log)"
	fi
}

# qemu_command: sets qemu. A write to a port is handled at once (ioeventfd=off)
# and the clock starts at a fixed date, or two icount runs would differ.
qemu_command()
{
	local board

	board_arguments
	qemu=(qemu-system-aarch64 "${board[@]}" -no-reboot -seed "$OPT_SEED"
		-rtc "base=2026-01-01T00:00:00,clock=vm" -dtb machine.dtb
		-device "virtio-serial-pci,ioeventfd=off")
	add_port stdout stdout.fifo
	add_port stderr stderr.fifo
	add_port status status.log
	[ -z "$BOOT_JOURNAL" ] || add_port journal journal.log
	if [ "$OPT_CLOCK" = icount ]; then
		qemu+=(-icount "shift=0,sleep=off")
	else
		qemu+=(-accel "tcg,thread=multi")
	fi
	if tee_is_real; then
		qemu+=(-semihosting-config "enable=on,target=native"
			-device "loader,file=initrd,addr=$INITRD_BASE,force-raw=on")
	else
		qemu+=(-kernel bl33.bin -initrd initrd)
	fi
	if [ -n "$BOOT_CONSOLE" ]; then
		qemu+=(-chardev "stdio,id=console,signal=off,logfile=console.log"
			-serial chardev:console)
	else
		qemu+=(-serial file:console.log)
	fi
	if tee_is_real; then
		qemu+=(-serial file:secure.log)
	fi
	if [ -n "$BOOT_USERLAND" ]; then
		ln -s "$BOOT_USERLAND" userland
		qemu+=(-fsdev "local,id=userland,path=userland/,security_model=none,readonly=on"
			-device "virtio-9p-pci,fsdev=userland,mount_tag=userland")
	fi
}

# add_port NAME FILE: one virtio port that writes to FILE.
add_port()
{
	qemu+=(-chardev "file,id=$1,path=$2" -device "virtserialport,chardev=$1,name=$1")
}

# boot_qemu SECONDS: run QEMU and pass the guest's streams on as they come. The
# kernel kills it if we die without a word. Our own ends of the pipes (8, 9)
# keep the readers from waiting for a QEMU that never opens them. A reader
# whose output was closed or is full goes on reading, or the guest would block;
# BOOT_LOST then tells that not all of the guest's stdout came out.
boot_qemu()
{
	local seconds=$1 status=0 readers=()

	BOOT_LOST=
	mkfifo stdout.fifo stderr.fifo
	exec 8<>stdout.fifo 9<>stderr.fifo
	if [ -n "$BOOT_CONSOLE" ] && [ -t 0 ]; then
		TERMINAL=$(stty -g)
	fi
	{ cat || { cat >/dev/null; false; }; } <stdout.fifo 8>&- 9>&- &
	readers+=($!)
	{ $BOOT_STDERR || cat >/dev/null; } <stderr.fifo >&2 8>&- 9>&- &
	readers+=($!)
	setpriv --pdeathsig TERM -- timeout --foreground -k 5 "$seconds" \
		setpriv --pdeathsig KILL -- "${qemu[@]}" <&0 >&"$(console_fd)" 2>qemu.log 8>&- 9>&- &
	BOOT_PID=$!
	[ -z "$BOOT_WATCH" ] || "$BOOT_WATCH" "$BOOT_PID" host.log 8>&- 9>&- &
	wait "$BOOT_PID" || status=$?
	BOOT_PID=
	exec 8>&- 9>&-
	wait "${readers[0]}" || BOOT_LOST=1
	wait "${readers[1]}" || :
	return "$status"
}

# Where QEMU's own stdout goes: to the terminal if that is the console.
console_fd()
{
	if [ -n "$BOOT_CONSOLE" ]; then
		echo 1
	else
		echo 2
	fi
}

# boot_verdict LOGS STATUS SECONDS: sets BOOT_CODE and BOOT_WHY and, unless the
# job ended by itself, tells why with the end of the console.
boot_verdict()
{
	local logs=$1 status=$2 seconds=$3 guest splat

	guest=$(sed -n 's/^exit //p' "$logs/status.log" | tail -n 1)
	BOOT_WHY=
	if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
		BOOT_CODE=$EX_TIMEOUT
		BOOT_WHY="the guest did not end within $seconds s"
	elif [ -z "$guest" ] && [ ! -s "$logs/console.log" ] && [ ! -s "$logs/secure.log" ]; then
		BOOT_CODE=$EX_RESOURCE
		BOOT_WHY="QEMU cannot start: $(tail -n 1 qemu.log)"
	elif setup_lines "$logs" | grep -q .; then
		BOOT_CODE=$EX_RESOURCE
		BOOT_WHY=$(setup_lines "$logs" | paste -sd ';')
	elif [ -z "$guest" ]; then
		BOOT_CODE=$EX_CRASH
		BOOT_WHY="the guest crashed: $(console_cause "$logs")"
	elif splat=$(find_splat "$logs"); then
		BOOT_CODE=$EX_TEST
		BOOT_WHY="the kernel or the secure world complained: $splat"
	else
		BOOT_CODE=$guest
	fi
}

# setup_lines LOGS: what the guest could not set up for the job.
setup_lines()
{
	sed -n -e 's/^module \([^ ]*\) /module \1 did not load: /p' \
		-e 's/^userland /\/userland cannot be mounted: /p' "$1/status.log"
}
