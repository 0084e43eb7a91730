// SPDX-License-Identifier: GPL-2.0
/* The words in which one asks for faults, and is told of them. */
#include <kunit/visibility.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kstrtox.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../include/uapi/restricted_tee.h"
#include "fault.h"

/* An hour: who sleeps longer is forgotten */
#define MS_MAX		3600000

struct word {
	const char *name;
	u64 value;
};

static const struct word commands[] = {
	{ "any", 0 },
	{ "open", SIM_CMD_OPEN },
	{ "zalloc", MEMSVC_CMD_ZALLOC },
	{ "free", MEMSVC_CMD_FREE },
	{ "retrieve_sg", MEMSVC_CMD_RETRIEVE_SG },
	{ "restrict", MEMSVC_CMD_RESTRICT },
	{ "unrestrict", MEMSVC_CMD_UNRESTRICT },
	{ "scrub", MEMSVC_CMD_SCRUB },
	{ "nop", MEMSVC_CMD_NOP },
	{ "swap", MEMSVC_CMD_SWAP },
	{ "stats", MEMSVC_CMD_STATS },
	{ "table", MEMSVC_CMD_TABLE },
	{ "lent", MEMSVC_CMD_LENT },
	{ "limits", MEMSVC_CMD_LIMITS },
	{ "lent_table", MEMSVC_CMD_LENT_TABLE },
	{ "books", MEMSVC_CMD_BOOKS },
	{}
};

static const struct word fields[] = {
	{ "none", SIM_FIELD_NONE },
	{ "count", SIM_FIELD_COUNT },
	{ "base", SIM_FIELD_BASE },
	{ "handle", SIM_FIELD_HANDLE },
	{ "bytes", SIM_FIELD_BYTES },
	{ "length", SIM_FIELD_LENGTH },
	{ "size", SIM_FIELD_SIZE },
	{}
};

static const struct word whose[] = {
	{ "kernel", false },
	{ "any", true },
	{}
};

/* What may be said of a kind, beside when it happens */
#define SAY_CMD		BIT(0)
#define SAY_RESULT	BIT(1)
#define SAY_MS		BIT(2)
#define SAY_FIELD	BIT(3)

/* The kinds, and what they are when nothing is said of them */
static const struct {
	const char *name;
	unsigned int says;
	struct sim_fault fault;
} kinds[SIM_FAULT_KINDS] = {
	[SIM_FAULT_DIE] = {
		"die", SAY_CMD | SAY_RESULT,
		{ .times = 1, .reply.result = TEE_ERROR_TARGET_DEAD },
	},
	[SIM_FAULT_TIMEOUT] = {
		"timeout", SAY_CMD | SAY_RESULT | SAY_MS,
		{ .times = 1, .reply.error = -ETIMEDOUT, .ms = 1000 },
	},
	[SIM_FAULT_FAIL] = {
		"fail", SAY_CMD | SAY_RESULT,
		{ .times = 1, .reply.result = TEE_ERROR_GENERIC },
	},
	[SIM_FAULT_REFUSE_UNRESTRICT] = {
		"refuse_unrestrict", SAY_RESULT,
		{ .cmd = MEMSVC_CMD_UNRESTRICT,
		  .reply.result = TEE_ERROR_ACCESS_DENIED },
	},
	[SIM_FAULT_REFUSE_SCRUB] = {
		"refuse_scrub", SAY_RESULT,
		{ .cmd = MEMSVC_CMD_SCRUB,
		  .reply.result = TEE_ERROR_ACCESS_DENIED },
	},
	[SIM_FAULT_LIE] = {
		"lie", SAY_CMD | SAY_RESULT,
		{ .cmd = MEMSVC_CMD_RESTRICT, .times = 1,
		  .reply.result = TEE_ERROR_GENERIC },
	},
	[SIM_FAULT_CORRUPT] = {
		"corrupt", SAY_FIELD,
		{ .times = 1, .xor = U32_MAX },
	},
	[SIM_FAULT_GARBLE] = {
		"garble", SAY_CMD, { .times = 1 },
	},
};

static int find_word(const struct word *words, const char *name, u64 *value)
{
	for (; words->name; words++) {
		if (!strcmp(words->name, name)) {
			*value = words->value;
			return 0;
		}
	}

	return -EINVAL;
}

static const char *name_of(const struct word *words, u64 value)
{
	while (words->value != value)
		words++;

	return words->name;
}

/**
 * sim_reply_parse() - read how a call ends
 * @text:	a TEE result ("0xffff000c"), or a negative errno ("-19")
 * @reply:	to fill
 *
 * Return: 0, or -EINVAL: neither of both, or a success.
 */
int sim_reply_parse(const char *text, struct sim_reply *reply)
{
	struct sim_reply new = {};

	if (*text == '-') {
		if (kstrtoint(text, 10, &new.error) || !IS_ERR_VALUE((long)new.error))
			return -EINVAL;
	} else if (kstrtou32(text, 0, &new.result) || !new.result) {
		return -EINVAL;
	}
	*reply = new;

	return 0;
}

/**
 * sim_reply_show() - tell how a call ends
 * @file:	where
 * @reply:	what
 */
void sim_reply_show(struct seq_file *file, struct sim_reply reply)
{
	if (reply.error)
		seq_printf(file, "%d", reply.error);
	else
		seq_printf(file, "%#x", reply.result);
}

/* A list is what half of can be done */
static bool is_list_command(u64 cmd)
{
	return cmd == MEMSVC_CMD_RESTRICT || cmd == MEMSVC_CMD_UNRESTRICT ||
	       cmd == MEMSVC_CMD_SCRUB;
}

static int parse_number(const char *text, u32 min, u32 max, u32 *number)
{
	if (kstrtou32(text, 0, number) || *number < min || *number > max)
		return -EINVAL;

	return 0;
}

static int parse_field(struct sim_fault *fault, const char *value)
{
	u64 field;

	if (find_word(fields, value, &field))
		return -EINVAL;
	fault->field = field;
	fault->cmd = field == SIM_FIELD_LENGTH || field == SIM_FIELD_SIZE ?
		     MEMSVC_CMD_RETRIEVE_SG : MEMSVC_CMD_ZALLOC;

	return 0;
}

static int parse_when(struct sim_fault *fault, const char *key,
		      const char *value)
{
	u64 any;

	if (!strcmp(key, "nth"))
		return parse_number(value, 1, U32_MAX, &fault->nth);
	if (!strcmp(key, "permille"))
		return parse_number(value, 1, 1000, &fault->permille);
	if (!strcmp(key, "times"))
		return parse_number(value, 0, U32_MAX, &fault->times);
	if (!strcmp(key, "seed"))
		return parse_number(value, 0, U32_MAX, &fault->seed);
	if (strcmp(key, "who") || find_word(whose, value, &any))
		return -EINVAL;
	fault->any = any;

	return 0;
}

static int parse_pair(struct sim_fault *fault, unsigned int says,
		      const char *key, const char *value)
{
	if (says & SAY_CMD && !strcmp(key, "cmd"))
		return find_word(commands, value, &fault->cmd);
	if (says & SAY_RESULT && !strcmp(key, "result"))
		return sim_reply_parse(value, &fault->reply);
	if (says & SAY_MS && !strcmp(key, "ms"))
		return parse_number(value, 0, MS_MAX, &fault->ms);
	if (says & SAY_FIELD && !strcmp(key, "field"))
		return parse_field(fault, value);
	if (says & SAY_FIELD && !strcmp(key, "xor"))
		return parse_number(value, 1, U32_MAX, &fault->xor);

	return parse_when(fault, key, value);
}

static bool makes_sense(const struct sim_fault *fault)
{
	if (fault->nth && fault->permille)
		return false;
	if (fault->kind == SIM_FAULT_LIE)
		return is_list_command(fault->cmd);

	return fault->kind != SIM_FAULT_CORRUPT || fault->field;
}

static int parse_fault(struct sim_fault *fault, unsigned int says, char *words)
{
	bool times_told = false;
	char *value, *key;

	while ((value = strsep(&words, " "))) {
		if (!*value)
			continue;
		key = strsep(&value, "=");
		if (!value || parse_pair(fault, says, key, value))
			return -EINVAL;
		times_told |= !strcmp(key, "times");
	}
	if (!makes_sense(fault))
		return -EINVAL;
	/* At random, it goes on until it is told to stop */
	if (fault->permille && !times_told)
		fault->times = 0;
	if (!fault->permille && !fault->nth)
		fault->nth = 1;

	return 0;
}

static int find_kind(const char *name)
{
	int kind;

	for (kind = 0; kind < SIM_FAULT_KINDS; kind++)
		if (!strcmp(name, kinds[kind].name))
			return kind;

	return -EINVAL;
}

static int write_words(char *words)
{
	char *name = strsep(&words, " ");
	struct sim_fault fault;
	int kind, ret;

	if (!strcmp(name, "off") && !words) {
		for (kind = 0; kind < SIM_FAULT_KINDS; kind++)
			sim_fault_off(kind);
		return 0;
	}

	kind = find_kind(name);
	if (kind < 0)
		return kind;
	if (words && !strcmp(strim(words), "off")) {
		sim_fault_off(kind);
		return 0;
	}

	fault = kinds[kind].fault;
	fault.kind = kind;
	fault.seed = 1;
	ret = parse_fault(&fault, kinds[kind].says, words);
	if (!ret)
		sim_fault_arm(&fault);

	return ret;
}

/**
 * sim_fault_write() - arm a fault, or put it off
 * @text:	``KIND [KEY=VALUE]...``, ``KIND off`` or ``off``
 *
 * Return: 0; or -EINVAL or -ENOMEM, and then nothing was changed.
 */
int sim_fault_write(const char *text)
{
	char *copy __free(kfree) = kstrdup(text, GFP_KERNEL);

	return copy ? write_words(strim(copy)) : -ENOMEM;
}
EXPORT_SYMBOL_IF_KUNIT(sim_fault_write);

static void show_armed(struct seq_file *file, const struct sim_fault *fault)
{
	unsigned int says = kinds[fault->kind].says;

	if (fault->permille)
		seq_printf(file, " permille=%u seed=%u", fault->permille,
			   fault->seed);
	else
		seq_printf(file, " nth=%u", fault->nth);
	seq_printf(file, " times=%u cmd=%s who=%s", fault->times,
		   name_of(commands, fault->cmd), name_of(whose, fault->any));
	if (says & SAY_RESULT) {
		seq_puts(file, " result=");
		sim_reply_show(file, fault->reply);
	}
	if (says & SAY_MS)
		seq_printf(file, " ms=%u", fault->ms);
	if (says & SAY_FIELD)
		seq_printf(file, " field=%s xor=%#x",
			   name_of(fields, fault->field), fault->xor);
}

/**
 * sim_fault_show() - tell what is armed, and what it did
 * @file:	where; gets a line for each kind
 */
void sim_fault_show(struct seq_file *file)
{
	struct sim_fault fault;
	int kind;

	for (kind = 0; kind < SIM_FAULT_KINDS; kind++) {
		sim_fault_get(kind, &fault);
		seq_puts(file, kinds[kind].name);
		if (fault.armed)
			show_armed(file, &fault);
		else
			seq_puts(file, " off");
		seq_printf(file, " seen=%u injected=%u\n", fault.seen,
			   fault.injected);
	}
}
