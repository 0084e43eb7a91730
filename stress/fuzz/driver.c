// SPDX-License-Identifier: GPL-2.0
/*
 * For machines without libFuzzer: inputs from a corpus, changed from a seed.
 *
 *	fuzz_NAME RUNS SEED FILE...
 *
 * What it tries is in memory of exactly its size, so that the address sanitizer
 * sees a byte read beyond. An input that ends the program is left in the file
 * "crash" of the current folder.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "rng.h"

#define INPUT_MAX	4096
#define FILES_MAX	64
#define CHANGES_MAX	8

struct input {
	char bytes[INPUT_MAX];
	size_t size;
};

static struct input corpus[FILES_MAX];
static size_t nr_corpus;
static size_t nr_words;
static struct input current;

/* A finding of the sanitizer ends as one of ours does: the input is kept. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "abort_on_error=1";
}

static void erase(struct input *in, size_t at, size_t n)
{
	memmove(in->bytes + at, in->bytes + at + n, in->size - at - n);
	in->size -= n;
}

static void insert(struct input *in, size_t at, const char *bytes, size_t n)
{
	if (in->size + n > INPUT_MAX)
		return;
	memmove(in->bytes + at + n, in->bytes + at, in->size - at);
	memcpy(in->bytes + at, bytes, n);
	in->size += n;
}

static void change(struct input *in, struct rng *rng)
{
	size_t at = rng_below(rng, in->size + 1);
	const char *word = fuzz_words[rng_below(rng, nr_words)];
	char copy[64];
	size_t n;

	switch (rng_below(rng, 5)) {
	case 0:
		if (at < in->size)
			in->bytes[at] = (char)rng_next(rng);
		break;
	case 1:
		erase(in, at, rng_below(rng, in->size - at + 1));
		break;
	case 2:
		n = in->size - at < sizeof(copy) ? in->size - at : sizeof(copy);
		memcpy(copy, in->bytes + at, n);
		insert(in, rng_below(rng, in->size + 1), copy, n);
		break;
	default:
		insert(in, at, word, strlen(word));
	}
}

static void make(struct input *in, struct rng *rng)
{
	uint64_t changes = 1 + rng_below(rng, CHANGES_MAX);

	*in = corpus[rng_below(rng, nr_corpus)];
	while (changes--)
		change(in, rng);
}

static void keep_crash(int sig)
{
	FILE *file = fopen("crash", "w");

	if (file) {
		fwrite(current.bytes, 1, current.size, file);
		fclose(file);
	}
	/* SA_RESETHAND: the default action is back */
	raise(sig);
}

static int try_one(const struct input *in)
{
	uint8_t *exact = malloc(in->size ? in->size : 1);

	if (!exact)
		return -ENOMEM;
	memcpy(exact, in->bytes, in->size);
	LLVMFuzzerTestOneInput(exact, in->size);
	free(exact);
	return 0;
}

/* Return 0, or a negative errno. */
static int read_file(const char *path, struct input *in)
{
	FILE *file = fopen(path, "r");
	int err = 0;

	if (!file)
		return -errno;
	in->size = fread(in->bytes, 1, INPUT_MAX, file);
	if (ferror(file))
		err = -EIO;
	else if (fgetc(file) != EOF)
		err = -EFBIG;
	fclose(file);
	return err;
}

static int read_corpus(char **files, int n)
{
	for (int i = 0; i < n && nr_corpus < FILES_MAX; i++) {
		int err = read_file(files[i], &corpus[nr_corpus]);

		if (err) {
			fprintf(stderr, "%s: %s\n", files[i], strerror(-err));
			return err;
		}
		nr_corpus++;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = keep_crash, .sa_flags = (int)SA_RESETHAND };
	struct rng rng;
	uint64_t runs;

	if (argc < 4) {
		fprintf(stderr, "usage: %s RUNS SEED FILE...\n", argv[0]);
		return 64;
	}
	runs = strtoull(argv[1], NULL, 10);
	rng.state = strtoull(argv[2], NULL, 10);
	if (read_corpus(argv + 3, argc - 3))
		return 3;
	while (fuzz_words[nr_words])
		nr_words++;
	sigaction(SIGABRT, &action, NULL);
	for (uint64_t i = 0; i < runs; i++) {
		make(&current, &rng);
		if (try_one(&current))
			return 3;
	}
	printf("%llu inputs from seed %s: nothing found\n",
	       (unsigned long long)runs, argv[2]);
	return 0;
}
