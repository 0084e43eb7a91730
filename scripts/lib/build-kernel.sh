# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Part kernel: Image, the tree it was built from (source), its build folder
# (build, for modules), its user-space headers (headers), config and release.

needs_kernel()
{
	echo linux
}

room_kernel()
{
	echo 1500
}

inputs_kernel()
{
	hash_files scripts/lib/build-kernel.sh scripts/kernel/base.config \
		"scripts/kernel/$OPT_KERNEL.config"
	cross_compiler
}

# kernel_make FOLDER ARGS...: make, with output in FOLDER. The same inputs give
# the same image: no date, user or machine goes into it.
kernel_make()
{
	local out=$1

	shift
	make -C "$(part_dir linux)/source/" O="$out" ARCH=arm64 CROSS_COMPILE="$CROSS" \
		KBUILD_BUILD_TIMESTAMP='1970-01-01 00:00:00 UTC' KBUILD_BUILD_USER=rheap \
		KBUILD_BUILD_HOST=rheap KBUILD_BUILD_VERSION=1 -s -j"$(nproc)" "$@"
}

# make knows what is done already.
resume_kernel()
{
	:
}

build_kernel()
{
	local dir=$1 build=$1/build

	[ -d "$build" ] || seed_kernel "$build"
	mkdir -p "$build"
	configure_kernel "$build"
	kernel_make "$build" Image modules
	kernel_make "$build" INSTALL_HDR_PATH="$dir/headers" headers_install
	ln -sfn "$(readlink -f "$(part_dir linux)/source")" "$dir/source"
	cp "$build/arch/arm64/boot/Image" "$dir/Image"
	cp "$build/.config" "$dir/config"
	cp "$build/include/config/kernel.release" "$dir/release"
	cp "$(part_dir linux)/origin" "$dir/origin"
	# The build folder names itself in one place.
	sed -i "s|$build|$(part_path kernel)/build|" "$build/Makefile"
}

# seed_kernel BUILD: begin with what an earlier kernel of the same tree left:
# make then builds only what differs, in the tree or in the configuration.
seed_kernel()
{
	local old tree newest=''

	tree=$(readlink -f "$(part_dir linux)/source")
	for old in "$CACHE"/kernel-*/; do
		[ "$(readlink "${old}source")" = "$tree" ] || continue
		if [ -z "$newest" ] || [ "$old" -nt "$newest" ]; then
			newest=$old
		fi
	done
	[ -n "$newest" ] || return 0
	rm -rf "$1.seed"
	cp -a --reflink=auto "${newest}build" "$1.seed"
	rm -f "$1.seed/.verified"
	mv "$1.seed" "$1"
}

# configure_kernel BUILD: tinyconfig and our fragments, and the proof that every
# line of them took effect.
configure_kernel()
{
	local build=$1 fragments

	fragments=("$SCRIPTS/kernel/base.config" "$SCRIPTS/kernel/$OPT_KERNEL.config")
	# A configuration that is there was verified before the build was
	# interrupted; writing it again would build everything again.
	[ ! -f "$build/.verified" ] || return 0
	kernel_make "$build" tinyconfig
	# Before 7.3 there is SYSCTL only where there is this.
	echo CONFIG_PROC_SYSCTL=y >>"$build/.config"
	"$(part_dir linux)/source/scripts/kconfig/merge_config.sh" -m -O "$build" \
		"$build/.config" "${fragments[@]}"
	kernel_make "$build" olddefconfig
	verify_config "$build/.config" "${fragments[@]}"
	touch "$build/.verified"
}

# verify_config CONFIG FRAGMENT...: the last word on an option counts. An option
# that a fragment switches off may be missing.
verify_config()
{
	local lost

	lost=$(awk '
		function name(line) {
			sub(/^# /, "", line)
			sub(/[= ].*/, "", line)
			return line
		}
		!/^(# )?CONFIG_/ { next }
		FILENAME == ARGV[1] { have[name($0)] = $0; next }
		{ want[name($0)] = $0 }
		END {
			for (n in want) {
				if (want[n] ~ /^#/ ? !(n in have) : 0)
					continue
				if (have[n] != want[n])
					print want[n]
			}
		}' "$@" | sort)
	[ -z "$lost" ] ||
		die "$EX_RESOURCE" "the kernel does not take these lines of scripts/kernel/*.config:" \
			"$(paste -sd, <<<"$lost")"
}
