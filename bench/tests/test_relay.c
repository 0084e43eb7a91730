// SPDX-License-Identifier: GPL-2.0
/* A line of somebody else's is passed on only if it is a measurement. */
#include "check.h"

#include <stdio.h>
#include <string.h>

#include "relay.h"

#define GOOD \
	"{\"bench\":\"kernel\",\"params\":{\"case\":\"clock\"},\"metric\":\"latency\"," \
	"\"unit\":\"insn\",\"n\":3,\"min\":1.5,\"p50\":2,\"p90\":4,\"p99\":4,\"max\":4," \
	"\"mean\":2.5,\"hist\":[[1.5,1.5,1],[2,2,1],[4,5,1]]}\n"

#define COUNTER \
	"{\"bench\":\"kernel\",\"params\":{},\"metric\":\"skipped\",\"unit\":\"count\"," \
	"\"value\":1}"

static const char *verdict(const char *line)
{
	const char *why;
	json_t *root = relay_parse(line, "kernel", "insn", &why);

	assert_true(!root == !!why);
	json_decref(root);
	return why;
}

/* What is said of GOOD with one part of it written otherwise. */
static const char *verdict_with(const char *part, const char *instead)
{
	const char *at = strstr(GOOD, part);
	char line[512];

	assert_non_null(at);
	snprintf(line, sizeof(line), "%.*s%s%s", (int)(at - GOOD), GOOD,
		 instead, at + strlen(part));
	return verdict(line);
}

static void good_lines_pass(void **state)
{
	(void)state;
	assert_null(verdict(GOOD));
	assert_null(verdict(COUNTER));
}

static void bad_lines_do_not(void **state)
{
	static const struct {
		const char *part, *instead, *why;
	} bad[] = {
		{ "{\"bench\"", "\"bench\"", "not JSON" },
		{ "\"n\":3", "\"n\":3,\"n\":3", "not JSON" },
		{ "\"n\":3", "\"n\":3,\"x\":NaN", "not JSON" },
		{ "\"kernel\"", "\"latency\"", "of another instrument" },
		{ "\"metric\":\"latency\",", "", "no metric" },
		{ "{\"case\":\"clock\"}", "7", "no params" },
		{ "insn", "ns", "another unit than the clock's" },
		{ "\"n\":3", "\"n\":0", "no samples" },
		{ "\"p90\":4,", "", "a quantile is missing" },
		{ "\"p90\":4", "\"p90\":1", "quantiles out of order" },
		{ "\"p99\":4", "\"p99\":4,\"p999\":4", "a p999 of too few samples" },
		{ "\"n\":3", "\"n\":10000", "a quantile is missing" },
		{ "\"mean\":2.5", "\"mean\":1", "a mean that is none" },
		{ "\"mean\":2.5", "\"mean\":5", "a mean that is none" },
		{ ",\"hist\":[[1.5,1.5,1],[2,2,1],[4,5,1]]", "", "no histogram" },
		{ "[2,2,1],", "", "a histogram that does not count every sample" },
		{ "[2,2,1]", "[1.5,2,1]", "buckets out of order" },
		{ "[2,2,1]", "[2,1.7,1]", "buckets out of order" },
		{ "[2,2,1]", "[2,2]", "a bucket that is not [lo, hi, count]" },
		{ "[2,2,1]", "[2,2,1.5]", "a bucket that is not [lo, hi, count]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_string_equal(verdict_with(bad[i].part, bad[i].instead),
				    bad[i].why);
	assert_string_equal(verdict("[1]"), "of another instrument");
	assert_string_equal(verdict(""), "not JSON");
	assert_string_equal(verdict("{\"bench\":\"kernel\",\"params\":{},\"metric\":\"a\",\"unit\":\"bytes\",\"value\":1}"),
			    "a counter that counts nothing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_lines_pass),
		cmocka_unit_test(bad_lines_do_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
