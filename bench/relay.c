// SPDX-License-Identifier: GPL-2.0
#include "relay.h"

#include <stdbool.h>
#include <string.h>

#include "record.h"

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static const char *check_hist(const json_t *hist, json_int_t n)
{
	json_int_t sum = 0;
	double last = -1;
	json_t *bucket;
	size_t i;

	if (!json_is_array(hist))
		return "no histogram";
	json_array_foreach(hist, i, bucket) {
		json_t *count = json_array_get(bucket, 2);
		double lo = json_number_value(json_array_get(bucket, 0));
		double hi = json_number_value(json_array_get(bucket, 1));

		if (json_array_size(bucket) != 3 || !json_is_integer(count))
			return "a bucket that is not [lo, hi, count]";
		if (lo <= last || hi < lo)
			return "buckets out of order";
		last = hi;
		sum += json_integer_value(count);
	}
	return sum == n ? NULL : "a histogram that does not count every sample";
}

static const char *check_quantiles(const json_t *root, json_int_t n)
{
	static const char *const names[] = {
		"min", "p50", "p90", "p99", "p999", "max",
	};
	bool wants_p999 = n >= RECORD_P999_MIN;
	double mean = json_number_value(json_object_get(root, "mean"));
	double min = json_number_value(json_object_get(root, "min"));
	double last = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		json_t *value = json_object_get(root, names[i]);

		if (!strcmp(names[i], "p999") && !wants_p999) {
			if (value)
				return "a p999 of too few samples";
			continue;
		}
		if (!json_is_number(value))
			return "a quantile is missing";
		if (json_number_value(value) < last)
			return "quantiles out of order";
		last = json_number_value(value);
	}
	if (!json_is_number(json_object_get(root, "mean")) || mean < min ||
	    mean > last)
		return "a mean that is none";
	return NULL;
}

static const char *check_distribution(const json_t *root, const char *unit)
{
	json_int_t n = json_integer_value(json_object_get(root, "n"));
	const char *why;

	if (strcmp(text_of(root, "unit"), unit))
		return "another unit than the clock's";
	if (n <= 0)
		return "no samples";
	why = check_quantiles(root, n);
	return why ? why : check_hist(json_object_get(root, "hist"), n);
}

static const char *check(const json_t *root, const char *bench,
			 const char *unit)
{
	if (strcmp(text_of(root, "bench"), bench))
		return "of another instrument";
	if (!*text_of(root, "metric"))
		return "no metric";
	if (!json_is_object(json_object_get(root, "params")))
		return "no params";
	if (!json_object_get(root, "value"))
		return check_distribution(root, unit);
	if (!json_is_integer(json_object_get(root, "value")) ||
	    strcmp(text_of(root, "unit"), "count"))
		return "a counter that counts nothing";
	return NULL;
}

json_t *relay_parse(const char *line, const char *bench, const char *unit,
		    const char **why)
{
	json_t *root = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

	*why = root ? check(root, bench, unit) : "not JSON";
	if (!*why)
		return root;
	json_decref(root);
	return NULL;
}
