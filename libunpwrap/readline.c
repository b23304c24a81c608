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

/* A socket: look first, then take as much as the line has.  With a deadline,
 * the waiting is left to poll(2). */
static ssize_t
take_peeked(int fd, char *buf, size_t n, const struct timespec *deadline)
{
	int flags = deadline != NULL ? MSG_DONTWAIT : 0;
	ssize_t seen = recv(fd, buf, n, MSG_PEEK | flags);

	if (seen <= 0)
		return seen;
	return recv(fd, buf, through_newline(buf, (size_t)seen), flags);
}

/* A file: read ahead without moving the offset, then move it. */
static ssize_t
take_seekable(int fd, char *buf, size_t n, const struct timespec *deadline)
{
	off_t offset = lseek(fd, 0, SEEK_CUR);
	ssize_t seen;

	(void)deadline;		/* a file does not keep us waiting */
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
take_byte(int fd, char *buf, size_t n, const struct timespec *deadline)
{
	(void)n;
	if (deadline != NULL && wait_until(fd, POLLIN, deadline) == -1)
		return -1;
	return read(fd, buf, 1);
}

/* Devices that can seek may still lose what is read ahead: files only. */
static int
is_regular(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* deadline NULL: none.  *done is how many bytes are in buf, in any case. */
static ssize_t
read_line(int fd, char *line, size_t size, const struct timespec *deadline,
    size_t *done)
{
	ssize_t (*take)(int, char *, size_t, const struct timespec *) =
	    take_peeked;
	ssize_t got;

	*done = 0;
	if (size < 2 || size > SSIZE_MAX) {
		errno = EINVAL;
		return -1;
	}
	while (*done < size - 1) {
		got = take(fd, line + *done, one_call(size - 1 - *done),
		    deadline);
		if (got == 0)
			break;
		if (got > 0) {
			*done += (size_t)got;
			if (line[*done - 1] == '\n')
				break;
		} else if (errno == ENOTSOCK && take == take_peeked) {
			take = is_regular(fd) ? take_seekable : take_byte;
		} else if (errno == ESPIPE && take == take_seekable) {
			take = take_byte;	/* trace_pipe of Linux */
		} else if (!(deadline != NULL ? retry_until(fd, POLLIN,
		    deadline) : retry(fd, POLLIN))) {
			line[*done] = '\0';
			return -1;
		}
	}
	line[*done] = '\0';
	return (ssize_t)*done;
}

ssize_t
readline(int fd, void *buf, size_t size)
{
	size_t done;

	return read_line(fd, buf, size, NULL, &done);
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

ssize_t
unpwrap_readline_until(int fd, void *buf, size_t size,
    const struct timespec *deadline, size_t *done)
{
	size_t unused;

	return read_line(fd, buf, size, deadline, done != NULL ? done :
	    &unused);
}

/* The book's shows what its readline holds in a static buffer: ours holds
 * none. */
ssize_t
readlinebuf(void **bytes)
{
	*bytes = NULL;
	return 0;
}
EXPORT(readlinebuf);
