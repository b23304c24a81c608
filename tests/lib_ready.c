/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <time.h>

#define EARLY_MS	2	/* what the rounding of times may take off */
#define WAIT_MS		150

/*
 * Calls as the library sees them: where a test has said so they are interrupted
 * when their time is already over, and say what time they were given next.
 */
static int late, next_ms;

static int
is_late(int64_t ms)
{
	if (late == 0)
		return 0;
	late--;
	pause_ms((int)ms + 2 * EARLY_MS);
	errno = EINTR;
	return 1;
}

int
epoll_wait(int epfd, struct epoll_event *events, int n, int timeout)
{
	if (is_late(timeout))
		return -1;
	next_ms = timeout;
	return (int)syscall(SYS_epoll_pwait, epfd, events, n, timeout, NULL,
	    8);
}

int
poll(struct pollfd *fds, nfds_t n, int timeout)
{
	struct timespec ts = { timeout / 1000, timeout % 1000 * 1000000L };

	if (is_late(timeout))
		return -1;
	next_ms = timeout;
	return (int)syscall(SYS_ppoll, fds, n, timeout < 0 ? NULL : &ts,
	    NULL, 8);
}

int
select(int nfds, fd_set *restrict readable, fd_set *restrict writable,
    fd_set *restrict except, struct timeval *restrict timeout)
{
	struct timespec ts;

	if (timeout == NULL)
		return pselect(nfds, readable, writable, except, NULL, NULL);
	next_ms = (int)(timeout->tv_sec * 1000 + timeout->tv_usec / 1000);
	if (is_late(next_ms))
		return -1;
	ts.tv_sec = timeout->tv_sec;
	ts.tv_nsec = timeout->tv_usec * 1000;
	return pselect(nfds, readable, writable, except, &ts, NULL);
}

/* The mask that the test has, with SIGALRM or without. */
static sigset_t
mask(int blocks)
{
	sigset_t set;

	pthread_sigmask(SIG_SETMASK, NULL, &set);
	if (blocks)
		sigaddset(&set, SIGALRM);
	else
		sigdelset(&set, SIGALRM);
	return set;
}

/*
 * Pselect and Ppoll.
 */

/* Each with fd to be read from, which may be none. */
static int
by_pselect(int fd, const struct timespec *timeout, const sigset_t *set)
{
	fd_set readable;
	int n;

	FD_ZERO(&readable);
	if (fd >= 0)
		FD_SET(fd, &readable);
	n = Pselect(fd + 1, &readable, NULL, NULL, timeout, set);
	if (n == 1)
		ck_assert(FD_ISSET(fd, &readable));
	return n;
}

static int
by_ppoll(int fd, const struct timespec *timeout, const sigset_t *set)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	int n = Ppoll(&ready, 1, timeout, set);

	if (n == 1)
		ck_assert(ready.revents & POLLIN);
	return n;
}

static int (*const calls[])(int, const struct timespec *, const sigset_t *) = {
	by_pselect, by_ppoll
};

START_TEST(readiness_is_told)
{
	struct feed later = { .total = 1, .piece = 1, .pause_ms = 50 };
	const struct timespec none = { 0, 0 }, long_time = { 30, 0 };
	sigset_t set = mask(1);
	int fds[2];

	socket_pair(fds);
	ck_assert_int_eq(calls[_i](fds[0], &none, NULL), 0);
	ck_assert_int_eq(calls[_i](fds[0], &none, &set), 0);
	later.fds = fds;
	spawn(feed, &later);
	ck_assert_int_eq(calls[_i](fds[0], &long_time, NULL), 1);
	ck_assert_int_eq(calls[_i](fds[0], NULL, NULL), 1);
	ck_assert_int_eq(calls[_i](fds[0], NULL, &set), 1);
	ck_assert_int_eq(long_time.tv_sec, 30);
}
END_TEST

START_TEST(time_is_waited_under_a_mask)
{
	const struct timespec timeout = { 0, WAIT_MS * 1000000 };
	sigset_t set = mask(1);
	int64_t start;

	interrupt_every(5);
	start = now_ms();
	ck_assert_int_eq(calls[_i](-1, &timeout, &set), 0);
	ck_assert_int_ge(now_ms() - start, WAIT_MS - EARLY_MS);
	interrupt_every(0);
	ck_assert_int_eq(timeout.tv_nsec, WAIT_MS * 1000000);
}
END_TEST

/* The signal comes in the call, and only there. */
START_TEST(interruption_is_an_answer)
{
	const struct timespec long_time = { 30, 0 };
	sigset_t blocking = mask(1), open = mask(0);
	int before;

	catch_errors();
	ck_assert_int_eq(pthread_sigmask(SIG_SETMASK, &blocking, NULL), 0);
	interrupt_every(20);
	for (int n = 0; n < 5; n++) {
		pause_ms(1);
		before = interrupts;
		ck_assert_error(calls[_i](-1, n == 0 ? NULL : &long_time,
		    &open), EINTR);
		ck_assert_int_eq(interrupts, before + 1);
	}
	interrupt_every(0);
	ck_assert_int_eq(caught.reports, 0);
}
END_TEST

START_TEST(masked_waits_fail_by_the_policy)
{
	const struct timespec never = { 0, -1 };
	struct pollfd ready = { .fd = -1 };
	int fd = dup(STDOUT_FILENO);

	close(fd);
	ck_assert_fatal(Pselect(0, NULL, NULL, NULL, &never, NULL), EINVAL,
	    "pselect error");
	ck_assert_fatal(by_pselect(fd, NULL, NULL), EBADF, "pselect error");
	ck_assert_fatal(Ppoll(&ready, 1, &never, NULL), EINVAL,
	    "ppoll error");
}
END_TEST

/*
 * epoll.
 */

static int
watched(int fd)
{
	struct epoll_event event = { .events = EPOLLIN };
	int epfd = Epoll_create1(EPOLL_CLOEXEC);

	event.data.fd = fd;
	Epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &event);
	return epfd;
}

START_TEST(epoll_tells_what_is_ready)
{
	struct epoll_event event = { .events = 0 };
	int fds[2], epfd;

	socket_pair(fds);
	epfd = watched(fds[0]);
	ck_assert_int_eq(fcntl(epfd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(fcntl(Epoll_create1(0), F_GETFD), 0);
	ck_assert_int_eq(Epoll_wait(epfd, &event, 1, 0), 0);
	Send(fds[1], "x", 1, 0);
	ck_assert_int_eq(Epoll_wait(epfd, &event, 1, -1), 1);
	ck_assert_int_eq(event.data.fd, fds[0]);
	ck_assert_int_eq(event.events, EPOLLIN);
	event.events = EPOLLOUT;
	event.data.fd = 77;
	Epoll_ctl(epfd, EPOLL_CTL_MOD, fds[0], &event);
	ck_assert_int_eq(Epoll_wait(epfd, &event, 1, INT_MAX), 1);
	ck_assert_int_eq(event.data.fd, 77);
	ck_assert_int_eq(event.events, EPOLLOUT);
	Epoll_ctl(epfd, EPOLL_CTL_DEL, fds[0], NULL);
	ck_assert_int_eq(Epoll_wait(epfd, &event, 1, 0), 0);
}
END_TEST

START_TEST(epoll_waits_its_time_though_interrupted)
{
	struct epoll_event event;
	int fds[2], epfd;
	int64_t start;

	socket_pair(fds);
	epfd = watched(fds[0]);
	interrupt_every(5);
	start = now_ms();
	ck_assert_int_eq(Epoll_wait(epfd, &event, 1, WAIT_MS), 0);
	ck_assert_int_ge(now_ms() - start, WAIT_MS - EARLY_MS);
	interrupt_every(0);
	ck_assert_int_gt(interrupts, 0);
}
END_TEST

START_TEST(epoll_waits_for_ever_though_interrupted)
{
	struct feed later = { .total = 1, .piece = 1, .pause_ms = 100 };
	struct epoll_event event;
	int fds[2], epfd;

	socket_pair(fds);
	later.fds = fds;
	spawn(feed, &later);
	epfd = watched(fds[0]);
	interrupt_every(5);
	ck_assert_int_eq(Epoll_wait(epfd, &event, 1, _i == 0 ? -1 : INT_MAX),
	    1);
	interrupt_every(0);
	ck_assert_int_gt(interrupts, 0);
}
END_TEST

START_TEST(epoll_fails_by_the_policy)
{
	struct epoll_event event = { .events = EPOLLIN };
	int fds[2], epfd;

	socket_pair(fds);
	epfd = watched(fds[0]);
	ck_assert_fatal(Epoll_create1(-1), EINVAL, "epoll_create1 error");
	ck_assert_fatal(Epoll_ctl(epfd, EPOLL_CTL_ADD, fds[0], &event),
	    EEXIST, "epoll_ctl error for descriptor %d", fds[0]);
	ck_assert_fatal(Epoll_ctl(epfd, EPOLL_CTL_DEL, fds[1], NULL), ENOENT,
	    "epoll_ctl error for descriptor %d", fds[1]);
	ck_assert_fatal(Epoll_ctl(-1, EPOLL_CTL_ADD, 7, &event), EBADF,
	    "epoll_ctl error for descriptor 7");
	ck_assert_fatal(Epoll_wait(-1, &event, 1, 0), EBADF,
	    "epoll_wait error");
	ck_assert_fatal(Epoll_wait(epfd, &event, 0, 0), EINVAL,
	    "epoll_wait error");
}
END_TEST

/*
 * Interrupted, also when there is no time left.
 */

#define LATE_MS	30

static int
late_poll(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	return Poll(&ready, 1, LATE_MS);
}

static int
late_select(int fd)
{
	struct timeval timeout = { 0, LATE_MS * 1000 };
	fd_set readable;

	FD_ZERO(&readable);
	FD_SET(fd, &readable);
	return Select(fd + 1, &readable, NULL, NULL, &timeout);
}

static int
late_epoll(int fd)
{
	struct epoll_event event;

	return Epoll_wait(watched(fd), &event, 1, LATE_MS);
}

static int (*const waits[])(int) = { late_poll, late_select, late_epoll };

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Not a part of a millisecond less. */
START_TEST(interruption_takes_nothing_off)
{
	int64_t start;
	int fds[2];

	socket_pair(fds);
	interrupt_every(7);
	for (int i = 0; i < 20; i++) {
		start = now_ns();
		ck_assert_int_eq(waits[_i](fds[0]), 0);
		ck_assert_int_ge(now_ns() - start, LATE_MS * 1000000);
	}
	interrupt_every(0);
	ck_assert_int_gt(interrupts, 0);
}
END_TEST

/* What has become ready is told even so. */
START_TEST(interruption_at_the_end)
{
	int fds[2];

	socket_pair(fds);
	late = 1;
	next_ms = -1;
	ck_assert_int_eq(waits[_i](fds[0]), 0);
	ck_assert_int_eq(late, 0);
	ck_assert_int_eq(next_ms, 0);
	Send(fds[1], "x", 1, 0);
	late = 1;
	ck_assert_int_eq(waits[_i](fds[0]), 1);
	ck_assert_int_eq(next_ms, 0);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "mask");

	tcase_add_loop_test(tc, readiness_is_told, 0, 2);
	tcase_add_loop_test(tc, time_is_waited_under_a_mask, 0, 2);
	tcase_add_loop_test(tc, interruption_is_an_answer, 0, 2);
	tcase_add_test(tc, masked_waits_fail_by_the_policy);

	tc = add_case(suite, "epoll");
	tcase_add_test(tc, epoll_tells_what_is_ready);
	tcase_add_test(tc, epoll_waits_its_time_though_interrupted);
	tcase_add_loop_test(tc, epoll_waits_for_ever_though_interrupted, 0, 2);
	tcase_add_test(tc, epoll_fails_by_the_policy);

	tc = add_case(suite, "late");
	tcase_add_loop_test(tc, interruption_takes_nothing_off, 0, 3);
	tcase_add_loop_test(tc, interruption_at_the_end, 0, 3);
}

int
main(void)
{
	return run_suite("ready", fill);
}
