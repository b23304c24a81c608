/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <sys/stat.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/*
 * The three ways to read up to a newline and no further.  Each reads at least
 * one and at most n bytes, stops after a newline, and returns their number, 0
 * at the end of the file, or -1.
 */

static size_t
through_newline(const char *buf, size_t n)
{
	const char *newline = memchr(buf, '\n', n);

	return newline != NULL ? (size_t)(newline - buf) + 1 : n;
}

/* A socket: look first, then take as much as the line has. */
static ssize_t
take_peeked(int fd, char *buf, size_t n)
{
	ssize_t seen = recv(fd, buf, n, MSG_PEEK);

	if (seen <= 0)
		return seen;
	return recv(fd, buf, through_newline(buf, (size_t)seen), 0);
}

/* A file: read ahead without moving the offset, then move it. */
static ssize_t
take_seekable(int fd, char *buf, size_t n)
{
	off_t offset = lseek(fd, 0, SEEK_CUR);
	ssize_t seen;

	if (offset == -1)
		return -1;
	seen = pread(fd, buf, n, offset);
	if (seen <= 0)
		return seen;
	n = through_newline(buf, (size_t)seen);
	if (lseek(fd, offset + (off_t)n, SEEK_SET) == -1)
		return -1;
	return (ssize_t)n;
}

/* A pipe or a terminal gives nothing back: one byte at a time. */
static ssize_t
take_byte(int fd, char *buf, size_t n)
{
	(void)n;
	return read(fd, buf, 1);
}

/* Devices that can seek may still lose what is read ahead: files only. */
static int
is_regular(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

ssize_t
readline(int fd, void *buf, size_t size)
{
	ssize_t (*take)(int, char *, size_t) = take_peeked;
	char *line = buf;
	size_t len = 0;
	ssize_t got;

	if (size < 2 || size > SSIZE_MAX) {
		errno = EINVAL;
		return -1;
	}
	while (len < size - 1) {
		got = take(fd, line + len, size - 1 - len);
		if (got == 0)
			break;
		if (got > 0) {
			len += (size_t)got;
			if (line[len - 1] == '\n')
				break;
		} else if (errno == ENOTSOCK && take == take_peeked) {
			take = is_regular(fd) ? take_seekable : take_byte;
		} else if (!retry(fd, POLLIN)) {
			return -1;
		}
	}
	line[len] = '\0';
	return (ssize_t)len;
}
EXPORT(readline);

ssize_t
Readline(int fd, void *buf, size_t size)
{
	ssize_t len = readline(fd, buf, size);

	if (len == -1)
		err_sys("readline error");
	return len;
}
EXPORT(Readline);
