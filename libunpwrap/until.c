/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#define NSEC_PER_MSEC	1000000
#define NSEC_PER_SEC	1000000000
#define PAUSE_MS	10
/* time_t is a signed integer, of 32 or 64 bits. */
#define TIME_MAX	((int64_t)(UINT64_MAX >> (65 - 8 * sizeof(time_t))))

#ifndef PIPE_BUF	/* differs between file systems */
#define PIPE_BUF	_POSIX_PIPE_BUF
#endif

void
unpwrap_deadline(struct timespec *deadline, int64_t ms)
{
	int64_t ns, sec;

	if (ms < 0)
		ms = 0;
	clock_gettime(CLOCK_MONOTONIC, deadline);
	ns = deadline->tv_nsec + ms % 1000 * NSEC_PER_MSEC;
	sec = deadline->tv_sec + ms / 1000 + ns / NSEC_PER_SEC;
	deadline->tv_sec = (time_t)(sec < TIME_MAX ? sec : TIME_MAX);
	deadline->tv_nsec = (long)(ns % NSEC_PER_SEC);
}

int
wait_until(int fd, short events, const struct timespec *deadline)
{
	struct pollfd ready = { .fd = fd, .events = events };
	int left, n;

	if (fd < 0) {		/* which poll(2) would pass over */
		errno = EBADF;
		return -1;
	}
	do {
		left = poll_ms_until(deadline);
		n = poll(&ready, 1, left);
	} while ((n == -1 && errno == EINTR) || (n == 0 && left > 0));
	if (n == 0)
		errno = ETIMEDOUT;
	if (n <= 0)
		return -1;
	if (ready.revents & POLLNVAL) {
		errno = EBADF;
		return -1;
	}
	return 0;
}

int
retry_until(int fd, short events, const struct timespec *deadline)
{
	if (errno == EINTR)
		return 1;
	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return 0;
	return wait_until(fd, events, deadline) == 0;
}

/* Where nothing tells when it is time to try again.  Sets errno: EINTR, do, or
 * ETIMEDOUT. */
static void
pause_until(const struct timespec *deadline)
{
	int left = poll_ms_until(deadline);

	poll(NULL, 0, left < PAUSE_MS ? left : PAUSE_MS);
	errno = left > 0 ? EINTR : ETIMEDOUT;
}

/*
 * One step of each transfer.  On a socket it never blocks.  Elsewhere it comes
 * after poll(2), which promises a reader some bytes, the writer of a pipe room
 * for PIPE_BUF, and that of anything else, such as a terminal, room for one.
 */

static ssize_t
read_step(int fd, void *buf, size_t n, const struct timespec *deadline)
{
	ssize_t got = recv(fd, buf, one_call(n), MSG_DONTWAIT);

	if (got != -1 || errno != ENOTSOCK)
		return got;
	if (wait_until(fd, POLLIN, deadline) == -1)
		return -1;
	return read(fd, buf, one_call(n));
}

/* All processes that share a terminal, the shell too, share its mode.  So it is
 * changed for this one call; if it could be set, it can be set back. */
static ssize_t
write_nonblocking(int fd, const void *buf, size_t n)
{
	int flags = fcntl(fd, F_GETFL), error;
	ssize_t put;

	if (flags == -1 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1)
		return -1;
	put = write(fd, buf, n);
	error = errno;
	fcntl(fd, F_SETFL, flags);
	errno = error;
	return put;
}

/* A terminal may have room and still not take the next byte, if that becomes
 * two ("\r\n").  So there is a pause before poll(2) is asked again. */
static ssize_t
write_other(int fd, const void *buf, size_t n, const struct timespec *deadline)
{
	ssize_t put = write_nonblocking(fd, buf, n);

	if (put == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		pause_until(deadline);
	return put;
}

static ssize_t
write_step(int fd, const void *buf, size_t n, const struct timespec *deadline)
{
	ssize_t put = send_quietly(fd, buf, one_call(n), MSG_DONTWAIT);
	struct stat st;

	if (put != -1 || errno != ENOTSOCK)
		return put;
	if (wait_until(fd, POLLOUT, deadline) == -1 || fstat(fd, &st) == -1)
		return -1;
	if (n > PIPE_BUF)
		n = PIPE_BUF;
	if (S_ISFIFO(st.st_mode))
		return write(fd, buf, n);
	return write_other(fd, buf, n, deadline);
}

ssize_t
unpwrap_readn_until(int fd, void *buf, size_t n,
    const struct timespec *deadline, size_t *done)
{
	size_t unused;
	ssize_t got;

	if (done == NULL)
		done = &unused;
	*done = 0;
	if (n > SSIZE_MAX) {
		errno = EINVAL;
		return -1;
	}
	while (*done < n) {
		got = read_step(fd, (char *)buf + *done, n - *done, deadline);
		if (got == 0)
			break;
		if (got > 0)
			*done += (size_t)got;
		else if (!retry_until(fd, POLLIN, deadline))
			return -1;
	}
	return (ssize_t)*done;
}

ssize_t
unpwrap_writen_until(int fd, const void *buf, size_t n,
    const struct timespec *deadline, size_t *done)
{
	struct sigpipe held;
	size_t unused;
	ssize_t put = 0;

	if (done == NULL)
		done = &unused;
	*done = 0;
	if (n > SSIZE_MAX) {
		errno = EINVAL;
		return -1;
	}
	sigpipe_hold(&held);
	while (*done < n) {
		put = write_step(fd, (const char *)buf + *done, n - *done,
		    deadline);
		if (put > 0) {
			*done += (size_t)put;
		} else if (put == 0) {
			errno = EIO;	/* a device that takes nothing */
			break;
		} else if (!retry_until(fd, POLLOUT, deadline)) {
			break;
		}
	}
	sigpipe_release(&held, *done < n && errno == EPIPE);
	return *done == n ? (ssize_t)n : -1;
}

int
unpwrap_accept_until(int fd, struct sockaddr *addr, socklen_t *len,
    const struct timespec *deadline)
{
	socklen_t room = len != NULL ? *len : 0;
	int connected;

	do {
		if (wait_until(fd, POLLIN, deadline) == -1)
			return -1;
		if (len != NULL)
			*len = room;
		connected = accept(fd, addr, len);
	} while (connected == -1 && (errno == EAGAIN || accept_again()));
	return connected;
}

/* Returns 0, or -1: EINTR, where it is to be made again. */
static int
connect_step(int fd, const struct sockaddr *addr, socklen_t len,
    const struct timespec *deadline)
{
	if (connect(fd, addr, len) == 0)
		return 0;
	/* A UNIX listener's queue is full, and nothing tells when it no longer
	 * is. */
	if (errno == EAGAIN && family_of(addr) == AF_UNIX) {
		pause_until(deadline);
		return -1;
	}
	if (errno != EINPROGRESS && errno != EINTR)
		return -1;
	if (wait_until(fd, POLLOUT, deadline) == -1)
		return -1;
	return connect_outcome(fd);
}

static int
connect_nonblocking(int fd, const struct sockaddr *addr, socklen_t len,
    const struct timespec *deadline)
{
	int result;

	do
		result = connect_step(fd, addr, len, deadline);
	while (result == -1 && errno == EINTR);
	return result;
}

int
unpwrap_connect_until(int fd, const struct sockaddr *addr, socklen_t len,
    const struct timespec *deadline)
{
	int flags = fcntl(fd, F_GETFL), result, error = errno;

	if (flags == -1 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1)
		return -1;
	result = connect_nonblocking(fd, addr, len, deadline);
	if (result == -1)
		error = errno;
	/* Connected, but the mode is not what it was: the caller is told. */
	if (fcntl(fd, F_SETFL, flags) == -1 && result == 0)
		return -1;
	errno = error;
	return result;
}
