/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "acceptor.h"
#include "log.h"
#include "unpwrap.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES	1024
#define ERRORS_PER_SEC	5

static struct {
	const char	*path;		/* NULL: standard error */
	int		 fd;
	int		 is_socket;
	enum log_level	 level;
	char		*(*format)(const char *time, const char *event,
			    const struct log_field *, size_t n);
	counter		*dropped;	/* lines, since the last one written */
} state = { .fd = STDERR_FILENO, .level = LEVEL_NOTICE };

static char *
format_text(const char *time, const char *event,
    const struct log_field *fields, size_t n)
{
	size_t len = 0, size = LINE_MAX_BYTES;
	char *line = malloc(size);

	if (line == NULL)
		return NULL;
	len = (size_t)snprintf(line, size, "%s echo-server[%ld] %s", time,
	    (long)getpid(), event);
	for (size_t i = 0; i < n && len < size; i++) {
		if (fields[i].text != NULL)
			len += (size_t)snprintf(line + len, size - len,
			    " %s=%s", fields[i].key, fields[i].text);
		else
			len += (size_t)snprintf(line + len, size - len,
			    " %s=%" PRIu64, fields[i].key, fields[i].number);
	}
	return line;
}

static int
open_path(void)
{
	return open(state.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC |
	    O_NONBLOCK, 0640);
}

/* poll(2) says that a terminal has room where a newline, which becomes "\r\n",
 * has none; and its mode is the user's shell's, too.  One of our own does not
 * keep us waiting. */
static void
open_terminal(void)
{
	char name[128];
	int fd;

	if (ttyname_r(state.fd, name, sizeof(name)) != 0)
		return;
	fd = open(name, O_WRONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (fd != -1)
		state.fd = fd;
}

int
log_open(const char *path, int json)
{
	struct stat st;

	state.path = path;
	state.format = json ? log_format_json : format_text;
	if (path != NULL) {
		state.fd = open_path();
		if (state.fd == -1)
			return -1;
	} else {
		open_terminal();
	}
	state.is_socket = fstat(state.fd, &st) == 0 && S_ISSOCK(st.st_mode);
	return 0;
}

void
log_reopen(void)
{
	int fd;

	if (state.path == NULL)
		return;
	fd = open_path();
	if (fd == -1) {
		log_error("cannot reopen the log", errno);
		return;
	}
	close(state.fd);
	state.fd = fd;
}

void
log_count_dropped(counter *dropped)
{
	state.dropped = dropped;
}

void
log_set_level(enum log_level level)
{
	state.level = level;
}

int
log_has_level(enum log_level level)
{
	return state.level >= level;
}

/* Does not wait for a socket's reader, whatever the socket's mode. */
static ssize_t
write_some(const char *bytes, size_t n)
{
	return state.is_socket ? send(state.fd, bytes, n, MSG_DONTWAIT) :
	    write(state.fd, bytes, n);
}

/* Where a part of a line was taken, as by a full disk or a socket, the next one
 * begins anew. */
static int
put_whole(const char *line, size_t len)
{
	static atomic_int is_torn;
	ssize_t n;

	if (atomic_exchange(&is_torn, 0) && write_some("\n", 1) != 1)
		atomic_store(&is_torn, 1);
	n = write_some(line, len);
	if (n > 0 && n < (ssize_t)len)
		atomic_store(&is_torn, 1);
	return n == (ssize_t)len;
}

/* O_NONBLOCK on standard error would affect whoever shares it, such as the
 * user's shell: poll(2) first.  A pipe that is ready takes PIPE_BUF bytes. */
static int
put(const char *line, size_t len)
{
	struct pollfd ready = { .fd = state.fd, .events = POLLOUT };

	return (state.is_socket || poll(&ready, 1, 0) == 1) &&
	    put_whole(line, len);
}

/* Returns whether the line was written. */
static int
put_event(const char *event, const struct log_field *fields, size_t n)
{
	char when[sizeof("2026-01-01T00:00:00.000Z")];
	struct timespec now;
	struct tm tm;
	size_t len;
	char *line;
	int written;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	len = strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(when + len, sizeof(when) - len, ".%03uZ",
	    (unsigned)(now.tv_nsec / 1000000) % 1000);
	line = state.format(when, event, fields, n);
	if (line == NULL)
		return 0;
	len = strlen(line);
	line[len] = '\n';	/* in the place of the null byte */
	written = put(line, len + 1);
	free(line);
	return written;
}

void
log_event(enum log_level level, const char *event,
    const struct log_field *fields, size_t n)
{
	uint64_t dropped;

	if (level > state.level)
		return;
	dropped = atomic_exchange(state.dropped, 0);
	if (dropped > 0 && !put_event("log lines dropped",
	    &(const struct log_field){ "lines", NULL, dropped }, 1))
		count(state.dropped, dropped);
	if (!put_event(event, fields, n))
		count(state.dropped, 1);
}

void
log_error(const char *event, int error)
{
	static atomic_ulong second;	/* threads share them */
	static atomic_uint in_second;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (atomic_exchange(&second, (unsigned long)now.tv_sec) !=
	    (unsigned long)now.tv_sec)
		atomic_store(&in_second, 0);
	if (atomic_fetch_add(&in_second, 1) >= ERRORS_PER_SEC) {
		count(state.dropped, 1);
		return;
	}
	log_fields(LEVEL_ERROR, event, { "error", strerror(error), 0 });
}

static const char *
peer_text(const struct peer *peer)
{
	const char *text;

	/* Its clients have no name, as a rule, or one that is too long. */
	if (peer->addr.any.sa_family == AF_UNIX)
		return "unix";
	text = sock_ntop((const struct sockaddr *)&peer->addr, peer->len);
	return text != NULL ? text : "?";
}

void
log_fault(const struct peer *peer, enum fault_kind kind, uint64_t offset)
{
	if (state.level < LEVEL_DETAIL)
		return;
	log_fields(LEVEL_DETAIL, "fault",
	    { "fault", fault_rows[kind].name, 0 },
	    { "peer", peer_text(peer), 0 },
	    { "connection", NULL, peer->number }, { "offset", NULL, offset });
}

void
log_connection(const struct peer *peer, enum cause cause, uint64_t in,
    uint64_t out)
{
	if (state.level < LEVEL_DETAIL)
		return;
	log_fields(LEVEL_DETAIL, "connection ended",
	    { "peer", peer_text(peer), 0 },
	    { "cause", cause_names[cause], 0 },
	    { "bytes_in", NULL, in }, { "bytes_out", NULL, out });
}
