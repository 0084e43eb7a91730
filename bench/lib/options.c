// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"

#define MAX_OPTIONS	64
/* getopt_long() returns this plus the option's place in the list */
#define FIRST_VAL	1000

/* Every table's options in one list, and for each how often it was given */
struct parser {
	const struct opt *opt[MAX_OPTIONS];
	struct option lopt[MAX_OPTIONS + 1];
	unsigned int given[MAX_OPTIONS];
	int n;
};

int parse_count(const char *text, uint64_t *value)
{
	char *end;

	/* strtoull() would take a sign and leading blanks */
	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	*value = strtoull(text, &end, 10);
	if (*end)
		return -EINVAL;
	return errno ? -ERANGE : 0;
}

static unsigned int suffix_shift(char suffix)
{
	switch (suffix) {
	case 'K':
	case 'k':
		return 10;
	case 'M':
	case 'm':
		return 20;
	case 'G':
	case 'g':
		return 30;
	default:
		return 0;
	}
}

int parse_size(const char *text, uint64_t *value)
{
	unsigned int shift;
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	*value = strtoull(text, &end, 10);
	shift = suffix_shift(*end);
	if (shift)
		end++;
	if (*end)
		return -EINVAL;
	if (errno || *value > UINT64_MAX >> shift)
		return -ERANGE;
	*value <<= shift;
	return 0;
}

const char *format_size(char text[24], uint64_t size)
{
	static const char suffix[] = { 'G', 'M', 'K' };
	unsigned int shift = 30;

	for (size_t i = 0; i < sizeof(suffix); i++, shift -= 10) {
		if (size && !(size & ((UINT64_C(1) << shift) - 1))) {
			snprintf(text, 24, "%" PRIu64 "%c", size >> shift,
				 suffix[i]);
			return text;
		}
	}
	snprintf(text, 24, "%" PRIu64, size);
	return text;
}

static int bad_number(const struct opt *o, const char *text, int err)
{
	bool size = o->kind == OPT_SIZE || o->kind == OPT_SIZES;

	if (err == -ERANGE)
		diag("--%s %s: too large, the limit is 2^64 - 1", o->name, text);
	else if (size)
		diag("--%s %s: not a size (digits and an optional K, M or G, as in 64K)",
		     o->name, text);
	else
		diag("--%s %s: not a number (digits only)", o->name, text);
	return -EINVAL;
}

static int out_of_range(const struct opt *o, const char *text)
{
	char min[24], max[24];

	if (o->max)
		diag("--%s %s: out of range, allowed is %s to %s", o->name,
		     text, format_size(min, o->min), format_size(max, o->max));
	else
		diag("--%s %s: out of range, the least is %s", o->name, text,
		     format_size(min, o->min));
	return -EINVAL;
}

static int parse_number(const struct opt *o, const char *text, uint64_t *value)
{
	int err;

	if (o->kind == OPT_COUNT)
		err = parse_count(text, value);
	else
		err = parse_size(text, value);
	if (err)
		return bad_number(o, text, err);
	if (*value < o->min || (o->max && *value > o->max))
		return out_of_range(o, text);
	return 0;
}

static int parse_choice(const struct opt *o, const char *text, int *index)
{
	char words[128] = "";
	size_t used = 0;

	for (int i = 0; o->choices[i]; i++) {
		if (!strcmp(text, o->choices[i])) {
			*index = i;
			return 0;
		}
		if (used < sizeof(words))
			used += (size_t)snprintf(words + used,
						 sizeof(words) - used, "%s%s",
						 i ? ", " : "", o->choices[i]);
	}
	diag("--%s %s: not one of %s", o->name, text, words);
	return -EINVAL;
}

static int too_many(const struct opt *o, const char *text)
{
	diag("--%s %s: given more than %d times", o->name, text, OPT_LIST_MAX);
	return -EINVAL;
}

static int add_text(const struct opt *o, const char *text,
		    struct opt_texts *list, bool first)
{
	if (first)
		list->n = 0;
	if (list->n == OPT_LIST_MAX)
		return too_many(o, text);
	list->v[list->n++] = text;
	return 0;
}

static int add_size(const struct opt *o, const char *text,
		    struct opt_sizes *list, bool first)
{
	if (first)
		list->n = 0;
	if (list->n == OPT_LIST_MAX)
		return too_many(o, text);
	return parse_number(o, text, &list->v[list->n++]);
}

static int set_option(const struct opt *o, const char *text, bool first)
{
	switch (o->kind) {
	case OPT_FLAG:
		*(bool *)o->dest = true;
		return 0;
	case OPT_COUNT:
	case OPT_SIZE:
		return parse_number(o, text, o->dest);
	case OPT_TEXT:
		*(const char **)o->dest = text;
		return 0;
	case OPT_CHOICE:
		return parse_choice(o, text, o->dest);
	case OPT_TEXTS:
		return add_text(o, text, o->dest, first);
	case OPT_SIZES:
		return add_size(o, text, o->dest, first);
	}
	return -EINVAL;
}

static int parser_init(struct parser *p, const struct opt *const *tables)
{
	memset(p, 0, sizeof(*p));
	for (; *tables; tables++) {
		for (const struct opt *o = *tables; o->name; o++) {
			if (p->n == MAX_OPTIONS)
				return -E2BIG;
			p->opt[p->n] = o;
			p->lopt[p->n].name = o->name;
			p->lopt[p->n].has_arg = o->kind == OPT_FLAG ?
				no_argument : required_argument;
			p->lopt[p->n].val = FIRST_VAL + p->n;
			p->n++;
		}
	}
	return 0;
}

/* What getopt_long() could not take: '?' is an option it does not know. */
static int complain(const struct parser *p, int got, char **argv)
{
	if (got == ':')
		diag("--%s: needs a value", p->opt[optopt - FIRST_VAL]->name);
	else if (optopt >= FIRST_VAL)
		diag("--%s: takes no value", p->opt[optopt - FIRST_VAL]->name);
	else if (optopt)
		diag("-%c: unknown option, see --help", optopt);
	else
		diag("%s: unknown or ambiguous option, see --help",
		     argv[optind - 1]);
	return -EINVAL;
}

int opt_parse(const struct opt *const *tables, int argc, char **argv)
{
	struct parser p;
	int got, err;

	err = parser_init(&p, tables);
	if (err)
		return err;
	/* 0 and not 1: glibc then forgets an earlier command line */
	optind = 0;
	while ((got = getopt_long(argc, argv, ":", p.lopt, NULL)) != -1) {
		int i = got - FIRST_VAL;

		if (i < 0)
			return complain(&p, got, argv);
		err = set_option(p.opt[i], optarg, !p.given[i]++);
		if (err)
			return err;
	}
	if (optind < argc) {
		diag("%s: not an option, see --help", argv[optind]);
		return -EINVAL;
	}
	return 0;
}

static void print_sizes(FILE *out, const uint64_t *v, size_t n)
{
	char text[24];

	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s%s", i ? " " : "", format_size(text, v[i]));
}

static void print_value(FILE *out, const struct opt *o)
{
	const struct opt_texts *texts = o->dest;
	const struct opt_sizes *sizes = o->dest;

	switch (o->kind) {
	case OPT_FLAG:
		break;
	case OPT_COUNT:
		fprintf(out, "%" PRIu64, *(const uint64_t *)o->dest);
		break;
	case OPT_SIZE:
		print_sizes(out, o->dest, 1);
		break;
	case OPT_TEXT:
		fputs(*(const char *const *)o->dest, out);
		break;
	case OPT_CHOICE:
		fputs(o->choices[*(const int *)o->dest], out);
		break;
	case OPT_TEXTS:
		for (size_t i = 0; i < texts->n; i++)
			fprintf(out, "%s%s", i ? " " : "", texts->v[i]);
		break;
	case OPT_SIZES:
		print_sizes(out, sizes->v, sizes->n);
		break;
	}
}

static bool has_default(const struct opt *o)
{
	switch (o->kind) {
	case OPT_FLAG:
		return false;
	case OPT_TEXT:
		return *(const char *const *)o->dest;
	case OPT_CHOICE:
		return *(const int *)o->dest >= 0;
	case OPT_TEXTS:
		return ((const struct opt_texts *)o->dest)->n;
	case OPT_SIZES:
		return ((const struct opt_sizes *)o->dest)->n;
	default:
		return true;
	}
}

static void print_option(FILE *out, const struct opt *o)
{
	char left[64];
	int used;

	used = snprintf(left, sizeof(left), "--%s", o->name);
	if (o->kind == OPT_CHOICE)
		for (int i = 0; o->choices[i]; i++)
			used += snprintf(left + used,
					 sizeof(left) - (size_t)used, "%c%s",
					 i ? '|' : ' ', o->choices[i]);
	else if (o->meta)
		snprintf(left + used, sizeof(left) - (size_t)used, " %s",
			 o->meta);
	fprintf(out, "  %-32s %s", left, o->help);
	if (o->kind == OPT_TEXTS || o->kind == OPT_SIZES)
		fputs("; repeat for more", out);
	if (has_default(o)) {
		fputs(" [", out);
		print_value(out, o);
		fputc(']', out);
	}
	fputc('\n', out);
}

void opt_help(FILE *out, const struct opt *const *tables)
{
	for (; *tables; tables++)
		for (const struct opt *o = *tables; o->name; o++)
			print_option(out, o);
}
