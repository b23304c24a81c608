/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

static ssize_t
send_some(int fd, const void *buf, size_t n)
{
	return send_quietly(fd, buf, n, 0);
}

/* The bytes from *done to n; *done says how far it came.  Returns 0, or -1. */
static int
put_all(int fd, const char *buf, size_t n, size_t *done,
    ssize_t (*put)(int, const void *, size_t))
{
	ssize_t some;

	while (*done < n) {
		some = put(fd, buf + *done, one_call(n - *done));
		if (some > 0) {
			*done += (size_t)some;
		} else if (some == 0) {	/* a device that takes nothing */
			errno = EIO;
			return -1;
		} else if (!retry(fd, POLLOUT)) {
			return -1;
		}
	}
	return 0;
}

ssize_t
writen(int fd, const void *buf, size_t n)
{
	struct sigpipe held;
	size_t done = 0;
	int result;

	if (n > SSIZE_MAX) {
		errno = EINVAL;
		return -1;
	}
	result = put_all(fd, buf, n, &done, send_some);
	if (result == 0)
		return (ssize_t)n;
	if (errno != ENOTSOCK)
		return -1;
	sigpipe_hold(&held);
	result = put_all(fd, buf, n, &done, write);
	sigpipe_release(&held, result == -1 && errno == EPIPE);
	return result == 0 ? (ssize_t)n : -1;
}
EXPORT(writen);

void
Writen(int fd, const void *buf, size_t n)
{
	if (writen(fd, buf, n) == -1)
		err_sys("writen error");
}
EXPORT(Writen);
