# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Part programs: bench/ and stress/ as static arm64 programs in bin/.

needs_programs()
{
	echo userland kernel
}

room_programs()
{
	echo 100
}

inputs_programs()
{
	hash_files scripts/lib/build-programs.sh scripts/machine/toolchain-arm64.cmake CMakeLists.txt
	hash_tree bench stress module/include/uapi
	cross_compiler
}

build_programs()
{
	local dir=$1 build=$1/build

	RHEAP_SYSROOT=$(part_dir userland)/root
	RHEAP_KERNEL_HEADERS=$(part_dir kernel)/headers/include
	export RHEAP_SYSROOT RHEAP_KERNEL_HEADERS
	cmake -S "$ROOT" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
		-DCMAKE_TOOLCHAIN_FILE="$SCRIPTS/machine/toolchain-arm64.cmake" \
		-DBUILD_TESTING=OFF -DCMAKE_INSTALL_PREFIX="$dir"
	cmake --build "$build"
	cmake --install "$build"
	rm -rf "$build"
}
