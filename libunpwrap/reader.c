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

#define DEFAULT_SIZE	65536

struct unpwrap_reader {
	int	 fd;
	size_t	 size;		/* of buf */
	size_t	 start;		/* buf[start..end) is not yet handed out */
	size_t	 end;
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
	reader->start = reader->end = 0;
	return reader;
}

void
unpwrap_reader_free(struct unpwrap_reader *reader)
{
	int error = errno;

	free(reader);		/* keeps errno only since POSIX.1-2024 */
	errno = error;
}

/* One read(2) into the room behind end, which is made where there is none. */
static ssize_t
fill(struct unpwrap_reader *reader)
{
	ssize_t got;

	if (reader->start == reader->end) {
		reader->start = reader->end = 0;
	} else if (reader->end == reader->size) {
		memmove(reader->buf, reader->buf + reader->start,
		    reader->end - reader->start);
		reader->end -= reader->start;
		reader->start = 0;
	}
	do
		got = read(reader->fd, reader->buf + reader->end,
		    reader->size - reader->end);
	while (got == -1 && errno == EINTR);
	if (got > 0)
		reader->end += (size_t)got;
	return got;
}

static ssize_t
hand_out(struct unpwrap_reader *reader, const char **bytes, size_t n)
{
	*bytes = reader->buf + reader->start;
	reader->start += n;
	return (ssize_t)n;
}

ssize_t
unpwrap_reader_line(struct unpwrap_reader *reader, const char **line)
{
	size_t searched = 0, held;
	const char *from, *newline;
	ssize_t got;

	for (;;) {
		from = reader->buf + reader->start;
		held = reader->end - reader->start;
		newline = memchr(from + searched, '\n', held - searched);
		if (newline != NULL)
			return hand_out(reader, line,
			    (size_t)(newline - from) + 1);
		if (held == reader->size)
			return hand_out(reader, line, held);
		searched = held;
		got = fill(reader);
		if (got == -1)
			return -1;
		if (got == 0)
			return hand_out(reader, line, held);
	}
}

ssize_t
unpwrap_reader_read(struct unpwrap_reader *reader, void *buf, size_t n)
{
	size_t held = reader->end - reader->start;
	ssize_t got;

	if (n == 0)
		return 0;
	if (held == 0) {
		got = fill(reader);
		if (got <= 0)
			return got;
		held = (size_t)got;
	}
	if (n > held)
		n = held;
	memcpy(buf, reader->buf + reader->start, n);
	reader->start += n;
	return (ssize_t)n;
}

size_t
unpwrap_reader_buffered(const struct unpwrap_reader *reader,
    const char **bytes)
{
	*bytes = reader->buf + reader->start;
	return reader->end - reader->start;
}
