# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0

# the library's unit tests, built for this machine with ASan and UBSan
test_units()
{
	local log=$TEST_DIR/ctest.log name why status=0

	cmake -S "$ROOT" -B build -G Ninja -DSANITIZE=ON
	cmake --build build
	ctest --test-dir build --output-on-failure --no-tests=error >"$log" 2>&1 || status=$?
	cat "$log"
	while read -r name why; do
		if [ "$why" = Passed ]; then
			result pass "$name"
		else
			result fail "$name: $why"
		fi
	done < <(sed -n 's/^ *[0-9]*\/[0-9]* Test *#[0-9]*: \([^ ]*\) \.* *\(\*\**\)\{0,1\}\([A-Za-z]*\).*/\1 \3/p' "$log")
	return "$status"
}
