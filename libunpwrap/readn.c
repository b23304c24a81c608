/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <errno.h>
#include <poll.h>
#include <limits.h>
#include <unistd.h>

ssize_t
readn(int fd, void *buf, size_t n)
{
	size_t done = 0;
	ssize_t got;

	if (n > SSIZE_MAX) {
		errno = EINVAL;
		return -1;
	}
	while (done < n) {
		got = read(fd, (char *)buf + done, one_call(n - done));
		if (got == 0)
			break;
		if (got > 0)
			done += (size_t)got;
		else if (!retry(fd, POLLIN))
			return -1;
	}
	return (ssize_t)done;
}
EXPORT(readn);

ssize_t
Readn(int fd, void *buf, size_t n)
{
	ssize_t got = readn(fd, buf, n);

	if (got == -1)
		err_sys("readn error");
	return got;
}
EXPORT(Readn);
