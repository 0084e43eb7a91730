# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What setup and doctor promise, with a cache of their own and, in place of the
# machine's parts, one that costs nothing.

# setup_script: a script try.sh, from stdin, for the part `fake`, which is built
# from nothing; the script may define its functions anew.
setup_script()
{
	{
		printf 'SCRIPTS=%q\n' "$SCRIPTS"
		cat <<-'END'
		. "$SCRIPTS/lib/common.sh"
		use options setup
		WEIGHT[fake]=1
		packages_missing() { :; }
		update_indexes() { :; }
		inputs_fake() { echo nothing; }
		needs_fake() { :; }
		room_fake() { echo 10; }
		build_fake() { echo built >"$1/file"; }
		END
		cat
	} >try.sh
	export RHEAP_CACHE=$PWD/cache
}

# a half-built part is never used, and a new build begins with an empty folder
test_setup_half_built()
{
	setup_script <<-'END'
	cache_init
	mkdir -p "$CACHE/partial/$(part_name fake)"
	touch "$CACHE/partial/$(part_name fake)/half"
	if [ "$1" = use ]; then
		part_dir fake
	else
		setup_parts fake
		ls "$(part_dir fake)"
	fi
	END
	expect 3 "part 'fake' is not built; run: scripts/rheap setup" bash try.sh use
	expect 0 "setup: fake built" bash try.sh build
	[ "$(cat stdout)" = file ] || fail "the half-built part was used"
}

# a build that was killed leaves no part, and the next one makes it
test_setup_killed()
{
	setup_script <<-'END'
	build_fake() { touch "$1/half"; kill -KILL "$BASHPID"; }
	setup_parts fake
	END
	expect 3 "fake" bash try.sh
	[ -z "$(find cache -maxdepth 1 -name 'fake-*')" ] || fail "a half-built part was published"
	setup_script <<<'setup_parts fake'
	expect 0 "setup: fake built" bash try.sh
}

# a version that has vanished from the archive gives way to the next, aloud
test_setup_vanished_version()
{
	setup_script <<-'END'
	cache_init
	available_versions() { printf '%s\n' $LIST; }
	choose_version linux-fake deb 7.2.12-1 7.2
	chosen_version linux-fake
	END
	LIST='7.2.9-1 7.2.13-1 7.3.1-1' expect 0 \
		"linux-fake 7.2.12-1 has vanished from the archive; using 7.2.13-1" bash try.sh
	[ "$(cat stdout)" = 7.2.13-1 ] || fail "chosen was $(cat stdout)"
	LIST='7.2.13-1 7.2.12-1' expect 0 "7.2.12-1" bash try.sh
	[ ! -s stderr ] || fail "the preferred version is there, and yet: $(cat stderr)"
	LIST='7.3.1-1' expect 3 "the Debian archive has no linux-fake 7.2.*" bash try.sh
}

# without room on the disk setup ends with 3 before it builds
test_setup_no_room()
{
	setup_script <<-'END'
	free_mib() { echo 9; }
	setup_parts fake
	END
	expect 3 "10 MiB needed, 9 MiB free" bash try.sh
	[ -z "$(find cache -name file)" ] || fail "it was built all the same"
}

# a build that fails ends with 3, the log's path and its last lines
test_setup_failed_build()
{
	setup_script <<-'END'
	build_fake() { echo "cc: no such header"; false; }
	setup_parts fake
	END
	expect 3 "rheap: building fake failed; the log is $PWD/cache/logs/fake-" bash try.sh
	grep -q '^    cc: no such header$' stderr || fail "the log's end is not shown"
	[ "$(grep -c '^rheap:' stderr)" -eq 1 ] || fail "there is more than one line: $(grep '^rheap:' stderr)"
}

# --dry-run says what would be done, and does nothing
test_setup_dry_run()
{
	local cmd

	for cmd in setup bench; do
		RHEAP_CACHE=$PWD/cache expect 0 "setup would build:" rheap "$cmd" --dry-run --out "$PWD/run"
		[ ! -e cache ] && [ ! -e run ] || fail "$cmd --dry-run made something"
	done
	expect 0 "qemu-system-aarch64" rheap bench --quick --dry-run --out "$PWD/run"
	[ ! -e run ] || fail "bench --dry-run made a run folder"
}

# doctor ends with 0 when a bench can start, else with 3 and the next step
test_doctor()
{
	expect 0 "part kernel" rheap doctor
	RHEAP_CACHE=$PWD/cache expect 3 "next: scripts/rheap setup" rheap doctor
	[ ! -e cache ] || fail "doctor made the cache folder"
}

# doctor --clean removes parts of other inputs, and nothing else
test_doctor_clean()
{
	local current stale=(sparse-000000000000 optee-000000000001 partial/kernel-000000000002) part

	export RHEAP_CACHE=$PWD/cache
	# shellcheck disable=SC2016 # for that shell
	current=$(bash -c 'SCRIPTS=$1; . "$SCRIPTS/lib/common.sh"; use options setup; part_name sparse' - "$SCRIPTS")
	mkdir -p cache/{locks,partial,downloads,logs,versions} "cache/$current"
	for part in "${stale[@]}"; do
		mkdir "cache/$part"
	done
	mkdir cache/sparse-mine cache/partial/else
	touch "cache/logs/${stale[0]}.log"
	expect 3 "doctor would remove ${stale[0]}" rheap doctor --clean --dry-run
	[ -d "cache/${stale[0]}" ] || fail "--dry-run removed something"
	expect 3 "doctor: removed ${stale[0]}" rheap doctor --clean
	for part in "${stale[@]}"; do
		[ ! -e "cache/$part" ] || fail "$part is still there"
	done
	[ ! -e "cache/logs/${stale[0]}.log" ] || fail "the log of what was removed is still there"
	[ -d "cache/$current" ] || fail "a part that is needed was removed"
	[ -d cache/sparse-mine ] && [ -d cache/partial/else ] || fail "what is no part was removed"
	! grep -q "not used now" stdout || fail "doctor still lists stale parts"
}

# a part that another rheap uses or builds is not removed
test_doctor_clean_in_use()
{
	local pid

	setup_script <<-'END'
	use stale
	if [ "$1" = hold ]; then
		setup_parts fake
		touch held
		until [ -e enough ]; do sleep 0.1; done
	else
		cache_init
		remove_part "$(part_name fake)"
	fi
	END
	bash try.sh hold &
	pid=$!
	until [ -e held ]; do
		kill -0 "$pid" || fail "setup ended early"
		sleep 0.1
	done
	expect 0 "is in use and stays" bash try.sh clean
	[ -n "$(find cache -name file)" ] || fail "a part in use was removed"
	touch enough
	wait "$pid"
	expect 0 "doctor: removed fake-" bash try.sh clean
	[ -z "$(find cache -name file)" ] || fail "the part is still there"
}
