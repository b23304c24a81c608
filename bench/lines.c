/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * How fast lines are read: the library's reader against other ways.  See
 * README.md.  Usage: lines [ROUNDS]
 *
 * All of them read the same bytes by the same calls into buffers of the same
 * size, and are told apart by what they do between these calls.
 */
#include <sys/mman.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <unpwrap.h>

#define BUFFER		65536
#define INPUT		(512 * 1024)	/* stays in a cache */
#define LONGEST		1024	/* room for a line and its end */
#define ROUNDS		51

/* What each line goes to: a little of it has to be read. */
struct sink {
	uint64_t lines, bytes, sum;
};

static inline void
take(struct sink *sink, const char *line, size_t len)
{
	sink->lines++;
	sink->bytes += len;
	sink->sum += (unsigned char)line[0] + (unsigned char)line[len - 1];
}

/* The reader. */
static void
by_reader(int fd, struct sink *sink)
{
	struct unpwrap_reader *reader = unpwrap_reader_new(fd, BUFFER);
	const char *line;
	ssize_t len;

	if (reader == NULL)
		err_sys("unpwrap_reader_new");
	while ((len = unpwrap_reader_line(reader, &line)) > 0)
		take(sink, line, (size_t)len);
	unpwrap_reader_free(reader);
}

/* The least there can be: memchr and a pointer, all in one function.  It knows
 * that no line is longer than the buffer and that no read fails. */
static void
by_memchr(int fd, struct sink *sink)
{
	static _Alignas(64) char buf[BUFFER];
	char *at = buf, *end = buf, *newline;
	ssize_t n;

	for (;;) {
		newline = memchr(at, '\n', (size_t)(end - at));
		if (newline != NULL) {
			take(sink, at, (size_t)(newline + 1 - at));
			at = newline + 1;
			continue;
		}
		memmove(buf, at, (size_t)(end - at));
		end = buf + (end - at);
		at = buf;
		n = read(fd, end, (size_t)(buf + sizeof(buf) - end));
		if (n <= 0)
			return;
		end += n;
	}
}

/*
 * The technique of the book's readline with a static buffer: a function hands
 * out one byte of it, its caller copies bytes up to a newline.
 */
static _Alignas(64) char static_buf[BUFFER];
static char	*static_next;
static ssize_t	 static_left;

static ssize_t
static_byte(int fd, char *byte)
{
	if (static_left <= 0) {
		static_left = read(fd, static_buf, sizeof(static_buf));
		if (static_left <= 0)
			return static_left;
		static_next = static_buf;
	}
	static_left--;
	*byte = *static_next++;
	return 1;
}

static ssize_t
static_line(int fd, char *line, size_t size)
{
	size_t n = 0;
	char byte;

	while (n < size - 1 && static_byte(fd, &byte) == 1) {
		line[n++] = byte;
		if (byte == '\n')
			break;
	}
	line[n] = '\0';
	return (ssize_t)n;
}

static void
by_static_buffer(int fd, struct sink *sink)
{
	char line[LONGEST];
	ssize_t len;

	while ((len = static_line(fd, line, sizeof(line))) > 0)
		take(sink, line, (size_t)len);
}

/*
 * The technique of CS:APP's robust I/O: the buffer is the caller's object, and
 * each byte of a line is read by a buffered read of any number of bytes.
 */
struct robust {
	int	 fd;
	size_t	 left;
	char	*next;
	_Alignas(64) char buf[BUFFER];
};

static ssize_t
robust_read(struct robust *robust, char *to, size_t n)
{
	ssize_t got;

	if (robust->left == 0) {
		got = read(robust->fd, robust->buf, sizeof(robust->buf));
		if (got <= 0)
			return got;
		robust->left = (size_t)got;
		robust->next = robust->buf;
	}
	if (n > robust->left)
		n = robust->left;
	memcpy(to, robust->next, n);
	robust->next += n;
	robust->left -= n;
	return (ssize_t)n;
}

static ssize_t
robust_line(struct robust *robust, char *line, size_t size)
{
	size_t n = 0;
	char byte;

	while (n < size - 1 && robust_read(robust, &byte, 1) == 1) {
		line[n++] = byte;
		if (byte == '\n')
			break;
	}
	line[n] = '\0';
	return (ssize_t)n;
}

static void
by_robust(int fd, struct sink *sink)
{
	static struct robust robust;
	char line[LONGEST];
	ssize_t len;

	robust.fd = fd;
	robust.left = 0;
	while ((len = robust_line(&robust, line, sizeof(line))) > 0)
		take(sink, line, (size_t)len);
}

/* The C library's, with a stream whose buffer is as large. */
static void
by_getline(int fd, struct sink *sink)
{
	static _Alignas(64) char buf[BUFFER];
	FILE *fp = Fdopen(dup(fd), "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	setvbuf(fp, buf, _IOFBF, sizeof(buf));
	while ((len = getline(&line, &size, fp)) > 0)
		take(sink, line, (size_t)len);
	free(line);
	fclose(fp);
}

/* The library's readline, which holds nothing back: system calls for each line
 * instead of a buffer. */
static void
by_readline(int fd, struct sink *sink)
{
	char line[LONGEST];
	ssize_t len;

	while ((len = readline(fd, line, sizeof(line))) > 0)
		take(sink, line, (size_t)len);
}

static const struct way {
	const char	*name;
	void		(*run)(int fd, struct sink *sink);
	unsigned	 passes;	/* over the input, in a slice of time */
} ways[] = {
	{ "unpwrap_reader_line",	by_reader,		16 },
	{ "bare memchr loop",		by_memchr,		16 },
	{ "glibc getline",		by_getline,		16 },
	{ "static buffer, by byte",	by_static_buffer,	4 },
	{ "CS:APP's way, by byte",	by_robust,		4 },
	{ "readline (no buffer)",	by_readline,		1 },
};
#define WAYS	(sizeof(ways) / sizeof(ways[0]))

/* Of the processor, not of the clock: what other processes take is not ours. */
static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts them; part: 0.5 for the median. */
static double
quantile(double *numbers, size_t n, double part)
{
	qsort(numbers, n, sizeof(*numbers), by_size);
	return numbers[(size_t)(part * (double)(n - 1) + 0.5)];
}

/* A file in memory, of lines of so many bytes, their newline included. */
static int
input_of(size_t line, size_t size)
{
	int fd = memfd_create("lines", 0);
	char *text = Malloc(size);

	if (fd == -1)
		err_sys("memfd_create");
	for (size_t i = 0; i < size; i++)
		text[i] = i % line == line - 1 ? '\n' :
		    (char)('a' + i / line % 26);
	Write(fd, text, size);
	free(text);
	return fd;
}

/* One slice of time: returns lines per second. */
static double
measure(const struct way *way, int fd, size_t line, size_t size)
{
	struct sink sink = { .lines = 0 };
	double start, end;

	start = seconds();
	for (unsigned i = 0; i < way->passes; i++) {
		if (lseek(fd, 0, SEEK_SET) == -1)
			err_sys("lseek");
		way->run(fd, &sink);
	}
	end = seconds();
	size *= way->passes;
	if (sink.lines != size / line || sink.bytes != size)
		err_quit("%s: has lost lines", way->name);
	return (double)sink.lines / (end - start);
}

struct result {
	double	 speed;		/* lines per second: the median */
	double	 ratio;		/* reader's speed to it, in a round: median */
	double	 low, high;	/* and the middle half of the rounds */
};

/* Sorts speed; until then speed[r] and reader[r] are one round. */
static void
report(struct result *result, const double *reader, double *speed,
    unsigned rounds)
{
	double *ratio = Malloc(rounds * sizeof(*ratio));

	for (unsigned r = 0; r < rounds; r++)
		ratio[r] = reader[r] / speed[r];
	result->ratio = quantile(ratio, rounds, 0.5);
	result->low = quantile(ratio, rounds, 0.25);
	result->high = quantile(ratio, rounds, 0.75);
	result->speed = quantile(speed, rounds, 0.5);
	free(ratio);
}

static void
print(size_t line, const struct result *results)
{
	printf("\nLines of %4zu bytes        million lines/s   reader is "
	    "so many times as fast\n", line);
	for (size_t i = 0; i < WAYS; i++)
		printf("  %-24s%15.2f%13.2f  [%.2f, %.2f]\n", ways[i].name,
		    results[i].speed / 1e6, results[i].ratio, results[i].low,
		    results[i].high);
}

/* Each round has one slice of each way, in turn, so that a machine that is
 * slower for a while is slower for all: ratios are taken within a round. */
static void
compare(size_t line, unsigned rounds)
{
	struct result results[WAYS];
	double *speed[WAYS];
	size_t size = INPUT / line * line;
	int fd = input_of(line, size);

	for (size_t i = 0; i < WAYS; i++) {
		speed[i] = Malloc(rounds * sizeof(*speed[i]));
		measure(&ways[i], fd, line, size);
	}
	for (unsigned r = 0; r < rounds; r++)
		for (size_t i = 0; i < WAYS; i++) {
			size_t way = (i + r) % WAYS;

			speed[way][r] = measure(&ways[way], fd, line, size);
		}
	for (size_t i = WAYS; i-- > 0;)	/* the reader last: sorting unpairs */
		report(&results[i], speed[0], speed[i], rounds);
	print(line, results);
	for (size_t i = 0; i < WAYS; i++)
		free(speed[i]);
	Close(fd);
}

int
main(int argc, char *argv[])
{
	static const size_t lines[] = { 16, 80, 1000 };
	int rounds = argc > 1 ? atoi(argv[1]) : ROUNDS;

	if (argc > 2 || rounds < 1)
		err_quit("usage: %s [ROUNDS]", argv[0]);
	printf("%d rounds; medians, and the middle half of the ratios\n",
	    rounds);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		compare(lines[i], (unsigned)rounds);
	return 0;
}
