// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "corpus.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "textfile.h"

#define VERSION		1
#define FILE_MAX	(4 << 20)

static const char head[] =
	"# SPDX-License-Identifier: GPL-2.0\n"
	"# Programs of a fuzzer, one a line, as stress/torment/corpus.h tells\n";

static uint64_t checksum(const char *text, size_t size)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < size; i++)
		sum = (sum ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
	return sum;
}

__attribute__((format(printf, 2, 3)))
static int refuse(char why[CORPUS_WHY_BYTES], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, CORPUS_WHY_BYTES, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* Cut off the last line, and compare. */
static int check_sum(char *text, char why[CORPUS_WHY_BYTES])
{
	size_t size = strlen(text);
	char line[32], *last;

	if (!size || text[size - 1] != '\n')
		return refuse(why, "its end is missing");
	text[size - 1] = '\0';
	last = strrchr(text, '\n');
	if (!last)
		return refuse(why, "it is no corpus");
	last++;
	snprintf(line, sizeof(line), "checksum %016" PRIx64,
		 checksum(text, (size_t)(last - text)));
	if (strncmp(last, "checksum ", 9))
		return refuse(why, "its checksum is missing");
	if (strcmp(last, line))
		return refuse(why, "it is damaged: its checksum is another");
	*last = '\0';
	return 0;
}

static int read_head(struct corpus *corpus, const char *line, size_t *n,
		     char why[CORPUS_WHY_BYTES])
{
	unsigned int version;
	int end = 0;

	if (!line || sscanf(line, "rheap-corpus %u", &version) != 1)
		return refuse(why, "it is no corpus");
	if (version != VERSION)
		return refuse(why, "it is of version %u, and this reads %d",
			      version, VERSION);
	sscanf(line, "rheap-corpus %*u %31[a-z-] %zu%n", corpus->name, n, &end);
	if (!end || line[end])
		return refuse(why, "its first line is '%.60s'", line);
	if (*n > CORPUS_PROGRAMS_MAX)
		return refuse(why, "%zu programs are more than %d", *n,
			      CORPUS_PROGRAMS_MAX);
	return 0;
}

static int read_programs(struct corpus *corpus, char **rest, size_t n,
			 char why[CORPUS_WHY_BYTES])
{
	char *line;

	/* One more, as malloc(0) may give nothing */
	corpus->program = malloc((n + 1) * sizeof(*corpus->program));
	if (!corpus->program)
		return -ENOMEM;
	while ((line = strsep(rest, "\n")) && *line) {
		if (corpus->n == n)
			return refuse(why, "it has more than %zu programs", n);
		if (program_parse(&corpus->program[corpus->n], line))
			return refuse(why, "program %zu is none", corpus->n + 1);
		corpus->n++;
	}
	if (corpus->n != n || (line && *rest && **rest))
		return refuse(why, "it has %zu of %zu programs", corpus->n, n);
	return 0;
}

static int read_text(struct corpus *corpus, char *text,
		     char why[CORPUS_WHY_BYTES])
{
	int err = check_sum(text, why);
	char *rest = text, *line;
	size_t n = 0;

	if (err)
		return err;
	do
		line = strsep(&rest, "\n");
	while (line && *line == '#');
	err = read_head(corpus, line, &n, why);
	return err ? err : read_programs(corpus, &rest, n, why);
}

int corpus_load(struct corpus *corpus, const char *path,
		char why[CORPUS_WHY_BYTES])
{
	char *text = malloc(FILE_MAX);
	int err;

	memset(corpus, 0, sizeof(*corpus));
	*why = '\0';
	if (!text)
		return -ENOMEM;
	err = textfile_read(path, text, FILE_MAX);
	if (!err)
		err = read_text(corpus, text, why);
	free(text);
	if (err)
		corpus_free(corpus);
	if (err && !*why)
		snprintf(why, CORPUS_WHY_BYTES, "%s", strerror(-err));
	return err;
}

void corpus_free(struct corpus *corpus)
{
	free(corpus->program);
	memset(corpus, 0, sizeof(*corpus));
}

/* All but the last line, in memory: the checksum is of it. */
static char *write_text(const char *name, const struct program *const *program,
			size_t n, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);

	if (!out)
		return NULL;
	fprintf(out, "%srheap-corpus %d %s %zu\n", head, VERSION, name, n);
	for (size_t i = 0; i < n; i++)
		program_print(program[i], out);
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}

static int write_file(const char *path, const char *text, size_t size)
{
	FILE *out = fopen(path, "we");
	int err = 0;

	if (!out)
		return -errno;
	if (fwrite(text, 1, size, out) != size ||
	    fprintf(out, "checksum %016" PRIx64 "\n", checksum(text, size)) < 0)
		err = -EIO;
	if (fclose(out) && !err)
		err = -errno;
	return err;
}

int corpus_save(const char *path, const char *name,
		const struct program *const *program, size_t n)
{
	char *text = NULL, *new = NULL;
	int err = -ENOMEM;
	size_t size;

	if (asprintf(&new, "%s.new", path) < 0)
		return -ENOMEM;
	text = write_text(name, program, n, &size);
	if (text)
		err = write_file(new, text, size);
	if (!err && rename(new, path))
		err = -errno;
	if (err)
		unlink(new);
	free(text);
	free(new);
	return err;
}
