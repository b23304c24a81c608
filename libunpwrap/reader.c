/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define DEFAULT_SIZE	65536
#define BLOCK		64	/* bits of a uint64_t */
#define REGION		(8 * BLOCK)
#define SHORT		(REGION / 2)

/* Pointers, not offsets: the next line begins where this one ends, and has to
 * wait for anything that is computed in between. */
struct unpwrap_reader {
	int	 fd;
	int	 is_short;	/* is the next line likely to be? */
	size_t	 size;		/* of buf */
	char	*next;		/* next to end is not yet handed out, */
	char	*searched;	/* and up to here has been searched */
	char	*end;
	/* Lines that have been found end at region + ends[taken..found). */
	char	*region;
	unsigned taken, found;
	uint16_t ends[REGION];
	char	 buf[];
};

struct unpwrap_reader *
unpwrap_reader_new(int fd, size_t size)
{
	struct unpwrap_reader *reader;

	if (size == 0)
		size = DEFAULT_SIZE;
	if (size > SSIZE_MAX - sizeof(*reader)) {
		errno = ENOMEM;
		return NULL;
	}
	reader = malloc(sizeof(*reader) + size);
	if (reader == NULL)
		return NULL;
	reader->fd = fd;
	reader->size = size;
	reader->is_short = 1;
	reader->next = reader->searched = reader->end = reader->buf;
	reader->taken = reader->found = 0;
	return reader;
}

void
unpwrap_reader_free(struct unpwrap_reader *reader)
{
	int error = errno;

	free(reader);		/* keeps errno only since POSIX.1-2024 */
	errno = error;
}

static size_t
held(const struct unpwrap_reader *reader)
{
	return (size_t)(reader->end - reader->next);
}

/* One read(2) into the room behind end, which is made where there is none. */
static ssize_t
fill(struct unpwrap_reader *reader)
{
	char *limit = reader->buf + reader->size;
	ptrdiff_t shift = reader->next - reader->buf;
	ssize_t got;

	if (held(reader) == 0 || reader->end == limit) {
		memmove(reader->buf, reader->next, held(reader));
		reader->next -= shift;
		reader->searched -= shift;
		reader->end -= shift;
	}
	do
		got = read(reader->fd, reader->end,
		    one_call((size_t)(limit - reader->end)));
	while (got == -1 && errno == EINTR);
	if (got > 0)
		reader->end += got;
	return got;
}

static inline ssize_t
hand_out(struct unpwrap_reader *reader, const char **line, char *end)
{
	char *start = reader->next;

	*line = start;
	reader->next = end;
	return end - start;
}

/*
 * If each line had a search of its own, it could begin only when the last one
 * had ended, and short lines would mostly wait for that.  So all newlines of a
 * region are found at once.  On a processor that cannot do this quickly,
 * memchr(3) finds every line; it finds long lines on all processors.
 */
#ifdef __SSE2__
#define CAN_SEARCH_REGIONS	1

static inline uint64_t
newlines_of_sixteen(const char *bytes)
{
	__m128i found = _mm_cmpeq_epi8(_mm_loadu_si128((const void *)bytes),
	    _mm_set1_epi8('\n'));

	return (uint32_t)_mm_movemask_epi8(found);
}

/* Bit i: bytes[i] is one. */
static inline uint64_t
newlines_of_block(const char *bytes)
{
	return newlines_of_sixteen(bytes) |
	    newlines_of_sixteen(bytes + 16) << 16 |
	    newlines_of_sixteen(bytes + 32) << 32 |
	    newlines_of_sixteen(bytes + 48) << 48;
}
#else
#define CAN_SEARCH_REGIONS	0

static inline uint64_t
newlines_of_block(const char *bytes)
{
	(void)bytes;
	return 0;
}
#endif

/* Returns whether lines have been found. */
static int
search_region(struct unpwrap_reader *reader)
{
	size_t n = (size_t)(reader->end - reader->searched);
	unsigned at, found = 0;
	uint64_t newlines;

	if (!CAN_SEARCH_REGIONS || !reader->is_short)
		return 0;
	reader->region = reader->searched;
	for (at = 0; at < REGION && n - at >= BLOCK; at += BLOCK)
		for (newlines = newlines_of_block(reader->region + at);
		    newlines != 0; newlines &= newlines - 1)
			reader->ends[found++] = (uint16_t)(at + 1 +
			    (unsigned)__builtin_ctzll(newlines));
	reader->searched += at;
	reader->taken = 0;
	reader->found = found;
	return found > 0;
}

static inline ssize_t
next_found(struct unpwrap_reader *reader, const char **line)
{
	return hand_out(reader, line,
	    reader->region + reader->ends[reader->taken++]);
}

/* Not inlined: the call for a line that has been found need not save its
 * registers. */
static ssize_t __attribute__((__noinline__))
find_line(struct unpwrap_reader *reader, const char **line)
{
	char *newline;
	ssize_t got;

	for (;;) {
		if (search_region(reader))
			return next_found(reader, line);
		newline = memchr(reader->searched, '\n',
		    (size_t)(reader->end - reader->searched));
		if (newline != NULL) {
			reader->searched = newline + 1;
			reader->is_short = newline - reader->next < SHORT;
			return hand_out(reader, line, newline + 1);
		}
		reader->searched = reader->end;
		if (held(reader) == reader->size)
			return hand_out(reader, line, reader->end);
		got = fill(reader);
		if (got == -1)
			return -1;
		if (got == 0)
			return hand_out(reader, line, reader->end);
	}
}

ssize_t
unpwrap_reader_line(struct unpwrap_reader *reader, const char **line)
{
	if (reader->taken == reader->found)
		return find_line(reader, line);
	return next_found(reader, line);
}

/* What is left of a region is searched again. */
ssize_t
unpwrap_reader_read(struct unpwrap_reader *reader, void *buf, size_t n)
{
	ssize_t got;

	if (n == 0)
		return 0;
	if (held(reader) == 0) {
		got = fill(reader);
		if (got <= 0)
			return got;
	}
	if (n > held(reader))
		n = held(reader);
	memcpy(buf, reader->next, n);
	reader->next += n;
	reader->searched = reader->next;
	reader->taken = reader->found = 0;
	return (ssize_t)n;
}

size_t
unpwrap_reader_buffered(const struct unpwrap_reader *reader,
    const char **bytes)
{
	*bytes = reader->next;
	return held(reader);
}
