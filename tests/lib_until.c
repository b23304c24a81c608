/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

#include <sys/syscall.h>

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <termios.h>
#include <time.h>

#define BIG		1000000	/* more than any socket or pipe holds */
#define TOO_MUCH	((size_t)SSIZE_MAX + 1)
#define LONG_MS		60000	/* a deadline that is not waited for */
#define SHORT_MS	100
#define EARLY_MS	2	/* what the rounding of times may take off */

/*
 * Calls as the library sees them, which fail where a test has said so.
 */
static int accept_failures, accept_error, write_takes_nothing;
static int not_yet;	/* times that a write is, though poll(2) said so */
static int option_error, outcome, connect_interruptions, interruptions;

/* Is a call interrupted, although poll(2) has said that it is to go on? */
static int
interrupted(void)
{
	if (interruptions == 0)
		return 0;
	interruptions--;
	errno = EINTR;
	return 1;
}

int
accept(int fd, struct sockaddr *addr, socklen_t *len)
{
	if (accept_failures > 0) {
		accept_failures--;
		if (len != NULL)
			*len = 0;
		errno = accept_error;
		return -1;
	}
	return accept4(fd, addr, len, SOCK_CLOEXEC);	/* 0: musl calls us */
}

ssize_t
write(int fd, const void *buf, size_t n)
{
	if (interrupted())
		return -1;
	if (not_yet > 0) {
		not_yet--;
		errno = EAGAIN;
		return -1;
	}
	return write_takes_nothing ? 0 : syscall(SYS_write, fd, buf, n);
}

ssize_t
read(int fd, void *buf, size_t n)
{
	return interrupted() ? -1 : syscall(SYS_read, fd, buf, n);
}

int
getsockopt(int fd, int level, int name, void *restrict value,
    socklen_t *restrict len)
{
	if (option_error == 0 && outcome == 0)
		return (int)syscall(SYS_getsockopt, fd, level, name, value,
		    len);
	errno = option_error;
	memcpy(value, &outcome, sizeof(outcome));
	return option_error == 0 ? 0 : -1;
}

/* An interruption before anything was done. */
int
connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	if (connect_interruptions == 0)
		return (int)syscall(SYS_connect, fd, addr, len);
	connect_interruptions--;
	errno = EINTR;
	return -1;
}

static int least_timeout;	/* that was given to poll(2) */

int
poll(struct pollfd *fds, nfds_t n, int timeout)
{
	struct timespec ts = { timeout / 1000, timeout % 1000 * 1000000L };

	if (timeout < least_timeout)
		least_timeout = timeout;
	return (int)syscall(SYS_ppoll, fds, n, timeout < 0 ? NULL : &ts, NULL,
	    8);
}

static struct timespec
deadline_in(int ms)
{
	struct timespec deadline;

	unpwrap_deadline(&deadline, ms);
	return deadline;
}

/*
 * The kinds of descriptors: fds[0] reads what is written into fds[1].
 */

static void
open_pipe(int fds[2])
{
	ck_assert_int_eq(pipe(fds), 0);
}

static void (*const kinds[])(int fds[2]) = {
	socket_pair, tcp_pair, open_pipe
};
#define KINDS	3

/* As many again, non-blocking. */
static void
open_either(int fds[2], int i)
{
	kinds[i % KINDS](fds);
	if (i >= KINDS) {
		nonblocking(fds[0]);
		nonblocking(fds[1]);
	}
}

static int
open_file(const char *text)
{
	char path[] = "/tmp/unpwrap-test.XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_ne(fd, -1);
	unlink(path);
	ck_assert_int_eq(write(fd, text, strlen(text)), strlen(text));
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void
put(int fd, const char *text)
{
	ck_assert_int_eq(write(fd, text, strlen(text)), strlen(text));
}

/*
 * unpwrap_deadline.
 */

static int64_t
ns_of(const struct timespec *ts)
{
	return (int64_t)ts->tv_sec * 1000000000 + ts->tv_nsec;
}

/* One that is not behind now. */
START_TEST(deadline_is_so_far_from_now)
{
	static const int64_t ms[] = { 0, 1, 999, 1000, 1001, 123456789, -1,
		-999, -1000, INT64_MIN };
	struct timespec before, deadline, after;
	int64_t from_now;

	/* Whatever part of the second has gone. */
	for (int n = 0; n < 50; n++) {
		from_now = ms[n % 10] < 0 ? 0 : ms[n % 10] * 1000000;
		clock_gettime(CLOCK_MONOTONIC, &before);
		unpwrap_deadline(&deadline, ms[n % 10]);
		clock_gettime(CLOCK_MONOTONIC, &after);
		ck_assert_int_ge(ns_of(&deadline), ns_of(&before) + from_now);
		ck_assert_int_le(ns_of(&deadline), ns_of(&after) + from_now);
		ck_assert_int_ge(deadline.tv_nsec, 0);
		ck_assert_int_lt(deadline.tv_nsec, 1000000000);
		pause_ms(7);
	}
}
END_TEST

/* Later than any program runs, and than nanoseconds in 64 bits go. */
START_TEST(deadline_may_be_never)
{
	static const int64_t ms[] = { INT64_C(3000000000),
		INT64_C(10000000000000), INT64_MAX };
	struct feed later = { .total = 1, .piece = 1, .pause_ms = 30 };
	struct timespec deadline;
	char byte;
	int fds[2];

	socket_pair(fds);
	later.fds = fds;
	spawn(feed, &later);
	unpwrap_deadline(&deadline, ms[_i]);
	ck_assert_int_eq(unpwrap_readn_until(fds[0], &byte, 1, &deadline,
	    NULL), 1);
}
END_TEST

START_TEST(deadline_may_be_long_over)
{
	struct timespec deadline;
	char byte;
	int fds[2];

	socket_pair(fds);
	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_sec -= 2;
	ck_assert_error(unpwrap_readn_until(fds[0], &byte, 1, &deadline,
	    NULL), ETIMEDOUT);
	put(fds[1], "x");
	ck_assert_int_eq(unpwrap_readn_until(fds[0], &byte, 1, &deadline,
	    NULL), 1);
}
END_TEST

/* In milliseconds more than an int holds, in seconds not: a negative timeout
 * would be for ever. */
START_TEST(deadline_just_beyond_an_int)
{
	struct feed later = { .total = 1, .piece = 1, .pause_ms = 30 };
	struct timespec now, deadline;
	char byte;
	int fds[2];

	socket_pair(fds);
	later.fds = fds;
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while (now.tv_nsec > 200000000);
	spawn(feed, &later);
	deadline.tv_sec = now.tv_sec + INT_MAX / 1000;
	deadline.tv_nsec = 999999999;
	least_timeout = INT_MAX;
	ck_assert_int_eq(unpwrap_readn_until(fds[0], &byte, 1, &deadline,
	    NULL), 1);
	ck_assert_int_gt(least_timeout, 0);
}
END_TEST

/*
 * readn.
 */

START_TEST(readn_waits_for_the_rest)
{
	char buf[1000];
	struct feed slow = { .total = sizeof(buf), .piece = 99,
	    .pause_ms = 10 };
	struct timespec deadline = deadline_in(LONG_MS);
	size_t done = 7;
	int fds[2], flags;

	open_either(fds, _i);
	slow.fds = fds;
	spawn(feed, &slow);
	flags = fcntl(fds[0], F_GETFL);
	interrupt_every(2);
	ck_assert_int_eq(unpwrap_readn_until(fds[0], buf, sizeof(buf),
	    &deadline, &done), sizeof(buf));
	interrupt_every(0);
	ck_assert_uint_eq(done, sizeof(buf));
	ck_assert(pattern_is(buf, sizeof(buf), 0));
	ck_assert_int_gt(interrupts, 0);
	ck_assert_int_eq(fcntl(fds[0], F_GETFL), flags);
}
END_TEST

START_TEST(readn_ends_with_the_file)
{
	struct timespec deadline = deadline_in(LONG_MS);
	size_t done = 7;
	int fds[2];
	char buf[10];

	open_either(fds, _i);
	put(fds[1], "abc");
	close(fds[1]);
	ck_assert_int_eq(unpwrap_readn_until(fds[0], buf, sizeof(buf),
	    &deadline, &done), 3);
	ck_assert_uint_eq(done, 3);
	ck_assert_int_eq(unpwrap_readn_until(fds[0], buf, sizeof(buf),
	    &deadline, &done), 0);
	ck_assert_uint_eq(done, 0);
}
END_TEST

START_TEST(readn_is_continued_after_its_deadline)
{
	int64_t start = now_ms();
	struct timespec deadline = deadline_in(SHORT_MS);
	size_t done = 7;
	int fds[2];
	char buf[7];

	open_either(fds, _i);
	put(fds[1], "abc");
	interrupt_every(5);
	ck_assert_error(unpwrap_readn_until(fds[0], buf, sizeof(buf),
	    &deadline, &done), ETIMEDOUT);
	interrupt_every(0);
	ck_assert_int_ge(now_ms() - start, SHORT_MS - EARLY_MS);
	ck_assert_uint_eq(done, 3);
	put(fds[1], "defghi");
	ck_assert_int_eq(unpwrap_readn_until(fds[0], buf + 3, 4, &deadline,
	    NULL), 4);		/* it need not wait */
	ck_assert_mem_eq(buf, "abcdefg", 7);
	ck_assert_error(unpwrap_readn_until(fds[0], buf, sizeof(buf),
	    &deadline, NULL), ETIMEDOUT);
}
END_TEST

START_TEST(transfers_are_not_interrupted)
{
	struct timespec deadline = deadline_in(LONG_MS);
	char buf[10];
	int fds[2];

	open_pipe(fds);
	interruptions = 3;
	ck_assert_int_eq(unpwrap_writen_until(fds[1], "abc\nd", 5, &deadline,
	    NULL), 5);
	ck_assert_int_eq(interruptions, 0);
	interruptions = 3;
	ck_assert_int_eq(unpwrap_readline_until(fds[0], buf, sizeof(buf),
	    &deadline, NULL), 4);
	ck_assert_int_eq(interruptions, 0);
	ck_assert_str_eq(buf, "abc\n");
	interruptions = 3;
	ck_assert_int_eq(unpwrap_readn_until(fds[0], buf, 1, &deadline, NULL),
	    1);
	ck_assert_int_eq(interruptions, 0);
	ck_assert_int_eq(buf[0], 'd');
}
END_TEST

START_TEST(readn_of_a_file_does_not_wait)
{
	struct timespec deadline = deadline_in(0);
	char buf[10];

	ck_assert_int_eq(unpwrap_readn_until(open_file("abc"), buf,
	    sizeof(buf), &deadline, NULL), 3);
	ck_assert_mem_eq(buf, "abc", 3);
}
END_TEST

START_TEST(readn_fails)
{
	struct timespec deadline = deadline_in(LONG_MS);
	int tube[2];
	size_t done = 7;
	char buf[10];

	ck_assert_error(unpwrap_readn_until(-1, buf, sizeof(buf), &deadline,
	    &done), EBADF);
	ck_assert_uint_eq(done, 0);
	done = 7;
	ck_assert_error(unpwrap_readn_until(0, buf, TOO_MUCH, &deadline,
	    &done), EINVAL);
	ck_assert_uint_eq(done, 0);
	ck_assert_error(unpwrap_readn_until(open("/", O_RDONLY), buf,
	    sizeof(buf), &deadline, NULL), EISDIR);
	open_pipe(tube);
	limit(RLIMIT_NOFILE, 0);
	ck_assert_error(unpwrap_readn_until(tube[0], buf, sizeof(buf),
	    &deadline, NULL), EINVAL);	/* of poll(2) */
	unlimit(RLIMIT_NOFILE);
}
END_TEST

/*
 * writen.
 */

START_TEST(writen_waits_for_room)
{
	static char buf[BIG];
	struct feed slow = { .total = BIG, .piece = 5000, .pause_ms = 30 };
	struct timespec deadline = deadline_in(LONG_MS);
	size_t done = 7;
	pid_t reader;
	int fds[2], flags;

	open_either(fds, _i);
	slow.fds = fds;
	if (_i >= KINDS)	/* the reader's own, in another process, too */
		ck_assert_int_eq(fcntl(fds[0], F_SETFL, O_RDONLY), 0);
	reader = spawn(drain, &slow);
	close(fds[0]);
	flags = fcntl(fds[1], F_GETFL);
	pattern_fill(buf, BIG, 0);
	interrupt_every(2);
	ck_assert_int_eq(unpwrap_writen_until(fds[1], buf, BIG, &deadline,
	    &done), BIG);
	interrupt_every(0);
	ck_assert_uint_eq(done, BIG);
	ck_assert_int_eq(fcntl(fds[1], F_GETFL), flags);
	close(fds[1]);
	ck_assert_int_eq(join(reader), 0);
	ck_assert_int_gt(interrupts, 0);
}
END_TEST

/* What has gone is what is said, and the call can be continued.  The last kinds
 * are blocking, with no signal that would end a call. */
START_TEST(writen_is_continued_after_its_deadline)
{
	static char buf[BIG];
	struct feed all = { .total = BIG, .piece = 5000 };
	int64_t start = now_ms();
	struct timespec deadline = deadline_in(SHORT_MS);
	size_t done = 7, more = 7;
	pid_t reader;
	ssize_t put;
	int fds[2];

	open_either(fds, _i % (2 * KINDS));
	pattern_fill(buf, BIG, 0);
	interrupt_every(_i < 2 * KINDS ? 5 : 0);
	ck_assert_error(unpwrap_writen_until(fds[1], buf, BIG, &deadline,
	    &done), ETIMEDOUT);
	interrupt_every(0);
	ck_assert_int_ge(now_ms() - start, SHORT_MS - EARLY_MS);
	ck_assert_uint_eq(done == 0 || done >= BIG, 0);
	ck_assert_error(unpwrap_writen_until(fds[1], buf + done, BIG - done,
	    &deadline, NULL), ETIMEDOUT);
	ck_assert_int_eq(fcntl(fds[0], F_SETFL, O_RDONLY), 0);
	all.fds = fds;
	reader = spawn(drain, &all);
	close(fds[0]);
	deadline = deadline_in(LONG_MS);
	put = unpwrap_writen_until(fds[1], buf + done, BIG - done, &deadline,
	    &more);
	ck_assert_str_eq(put == -1 ? strerror(errno) : "", "");
	ck_assert_int_eq(put, BIG - done);
	ck_assert_uint_eq(more, BIG - done);
	close(fds[1]);
	ck_assert_int_eq(join(reader), 0);
}
END_TEST

START_TEST(writen_raises_no_signal)
{
	struct timespec deadline = deadline_in(LONG_MS);
	sigset_t set;
	int fds[2];

	kinds[_i](fds);
	close(fds[0]);
	signal(SIGPIPE, SIG_DFL);
	ck_assert_int_eq(unpwrap_writen_until(fds[1], "", 0, &deadline, NULL),
	    0);
	for (int n = 0; n < 3; n++) {
		unpwrap_writen_until(fds[1], "abc", 3, &deadline, NULL);
		pause_ms(1);	/* a TCP peer's answer */
	}
	ck_assert_error(unpwrap_writen_until(fds[1], "abc", 3, &deadline,
	    NULL), EPIPE);
	pthread_sigmask(SIG_SETMASK, NULL, &set);
	ck_assert_int_eq(sigismember(&set, SIGPIPE), 0);

	/* One that was pending stays so. */
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	raise(SIGPIPE);
	ck_assert_error(unpwrap_writen_until(fds[1], "abc", 3, &deadline,
	    NULL), EPIPE);
	sigpending(&set);
	ck_assert_int_eq(sigismember(&set, SIGPIPE), 1);
}
END_TEST

/* A terminal: fds[0] is the one who looks at it. */
static int
open_terminal(int fds[2])
{
	const char *name = NULL;

	fds[0] = posix_openpt(O_RDWR | O_NOCTTY);
	if (fds[0] != -1 && grantpt(fds[0]) == 0 && unlockpt(fds[0]) == 0)
		name = ptsname(fds[0]);
	fds[1] = name != NULL ? open(name, O_RDWR | O_NOCTTY) : -1;
	if (fds[1] == -1)
		not_tested("no terminals");
	return fds[1] != -1;
}

static int64_t
cpu_ms(void)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return (int64_t)used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

/* It is ready where it has room for a byte; and a newline takes two. */
START_TEST(writen_to_a_terminal_has_a_deadline)
{
	static char buf[BIG];
	struct timespec deadline = deadline_in(SHORT_MS);
	int64_t start = now_ms(), used = cpu_ms();
	size_t done = 7;
	int fds[2], flags;

	if (!open_terminal(fds))
		return;
	if (_i % 2 == 1)
		nonblocking(fds[1]);
	flags = fcntl(fds[1], F_GETFL);
	memset(buf, _i < 2 ? 'x' : '\n', BIG);
	ck_assert_error(unpwrap_writen_until(fds[1], buf, BIG, &deadline,
	    &done), ETIMEDOUT);
	ck_assert_int_ge(now_ms() - start, SHORT_MS - EARLY_MS);
	ck_assert_int_lt(cpu_ms() - used, SHORT_MS / 2);
	ck_assert(done > 0 && done < BIG);
	ck_assert_int_eq(fcntl(fds[1], F_GETFL), flags);
}
END_TEST

/* As drain; but the end of a terminal is an error. */
static void
look_at_terminal(void *arg)
{
	const struct feed *f = arg;
	char buf[1000];
	size_t done = 0;
	ssize_t got = 0;

	while (done < f->total) {
		pause_ms(f->pause_ms);
		got = read(f->fds[0], buf, sizeof(buf));
		if (got <= 0 || !pattern_is(buf, (size_t)got, done))
			exit(EXIT_FAILURE);
		done += (size_t)got;
	}
}

START_TEST(writen_to_a_terminal_waits_for_room)
{
	static char buf[BIG / 10];
	struct feed slow = { .total = sizeof(buf), .pause_ms = 1 };
	struct timespec deadline = deadline_in(LONG_MS);
	int fds[2], flags;
	struct termios mode;
	pid_t reader;

	if (!open_terminal(fds))
		return;
	ck_assert_int_eq(tcgetattr(fds[1], &mode), 0);
	mode.c_oflag &= ~(tcflag_t)OPOST;	/* every byte as it is */
	ck_assert_int_eq(tcsetattr(fds[1], TCSANOW, &mode), 0);
	flags = fcntl(fds[1], F_GETFL);
	slow.fds = fds;
	reader = spawn(look_at_terminal, &slow);
	pattern_fill(buf, sizeof(buf), 0);
	ck_assert_int_eq(unpwrap_writen_until(fds[1], buf, sizeof(buf),
	    &deadline, NULL), sizeof(buf));
	ck_assert_int_eq(fcntl(fds[1], F_GETFL), flags);
	ck_assert_int_eq(join(reader), 0);
}
END_TEST

/* A terminal that has no room for a newline, but is ready: it is not asked all
 * the time. */
START_TEST(writen_to_a_terminal_pauses)
{
	struct timespec deadline = deadline_in(LONG_MS);
	int64_t start = now_ms();
	size_t done = 7;
	int fds[2];

	if (!open_terminal(fds))
		return;
	not_yet = 3;
	ck_assert_int_eq(unpwrap_writen_until(fds[1], "x", 1, &deadline,
	    &done), 1);
	ck_assert_int_ge(now_ms() - start, 3 * 10 - EARLY_MS);
	ck_assert_uint_eq(done, 1);
	not_yet = 1000;
	deadline = deadline_in(SHORT_MS);
	ck_assert_error(unpwrap_writen_until(fds[1], "x", 1, &deadline,
	    &done), ETIMEDOUT);
	ck_assert_int_gt(not_yet, 900);
	not_yet = 0;
}
END_TEST

START_TEST(writen_fails)
{
	struct timespec deadline = deadline_in(LONG_MS);
	size_t done = 7;
	int fds[2];

	ck_assert_error(unpwrap_writen_until(-1, "abc", 3, &deadline, &done),
	    EBADF);
	ck_assert_uint_eq(done, 0);
	done = 7;
	ck_assert_error(unpwrap_writen_until(0, "abc", TOO_MUCH, &deadline,
	    &done), EINVAL);
	ck_assert_uint_eq(done, 0);
#ifdef __linux__
	ck_assert_error(unpwrap_writen_until(open("/dev/full", O_WRONLY),
	    "abc", 3, &deadline, &done), ENOSPC);
#endif
	open_pipe(fds);
	write_takes_nothing = 1;
	ck_assert_error(unpwrap_writen_until(fds[1], "abc", 3, &deadline,
	    &done), EIO);
	ck_assert_error(writen(fds[1], "abc", 3), EIO);
	write_takes_nothing = 0;
	ck_assert_uint_eq(done, 0);
}
END_TEST

/*
 * readline.
 */

START_TEST(readline_waits_for_the_rest)
{
	struct timespec deadline = deadline_in(LONG_MS);
	size_t done = 7;
	char buf[20];
	pid_t writer;
	int fds[2];

	open_either(fds, _i);
	fflush(NULL);
	writer = fork();
	if (writer == 0) {
		for (const char *p = "a line\nnext\nrest"; *p != '\0'; p++) {
			pause_ms(10);
			if (write(fds[1], p, 1) != 1)
				_exit(1);
		}
		_exit(0);
	}
	close(fds[1]);
	interrupt_every(2);
	ck_assert_int_eq(unpwrap_readline_until(fds[0], buf, sizeof(buf),
	    &deadline, &done), 7);
	ck_assert_uint_eq(done, 7);
	ck_assert_str_eq(buf, "a line\n");
	ck_assert_int_eq(unpwrap_readline_until(fds[0], buf, sizeof(buf),
	    &deadline, NULL), 5);
	ck_assert_str_eq(buf, "next\n");
	ck_assert_int_eq(unpwrap_readline_until(fds[0], buf, sizeof(buf),
	    &deadline, &done), 4);
	ck_assert_str_eq(buf, "rest");
	ck_assert_int_eq(unpwrap_readline_until(fds[0], buf, sizeof(buf),
	    &deadline, &done), 0);
	interrupt_every(0);
	ck_assert_uint_eq(done, 0);
	ck_assert_str_eq(buf, "");
	ck_assert_int_eq(join(writer), 0);
	ck_assert_int_gt(interrupts, 0);
}
END_TEST

START_TEST(readline_is_continued_after_its_deadline)
{
	int64_t start = now_ms();
	struct timespec deadline = deadline_in(SHORT_MS);
	size_t done = 7;
	char buf[20];
	int fds[2];

	open_either(fds, _i);
	put(fds[1], "first\npart");
	ck_assert_int_eq(unpwrap_readline_until(fds[0], buf, sizeof(buf),
	    &deadline, &done), 6);
	interrupt_every(5);
	ck_assert_error(unpwrap_readline_until(fds[0], buf, sizeof(buf),
	    &deadline, &done), ETIMEDOUT);
	interrupt_every(0);
	ck_assert_int_ge(now_ms() - start, SHORT_MS - EARLY_MS);
	ck_assert_uint_eq(done, 4);
	ck_assert_str_eq(buf, "part");
	put(fds[1], "ner\nmore");
	deadline = deadline_in(LONG_MS);
	ck_assert_int_eq(unpwrap_readline_until(fds[0], buf + done,
	    sizeof(buf) - done, &deadline, &done), 4);
	ck_assert_str_eq(buf, "partner\n");
	ck_assert_int_eq(unpwrap_readline_until(fds[0], buf, 3, &deadline,
	    &done), 2);
	ck_assert_str_eq(buf, "mo");
}
END_TEST

START_TEST(readline_of_a_file_does_not_wait)
{
	struct timespec deadline = deadline_in(0);
	int fd = open_file("one\ntwo\n");
	char buf[10];

	ck_assert_int_eq(unpwrap_readline_until(fd, buf, sizeof(buf),
	    &deadline, NULL), 4);
	ck_assert_str_eq(buf, "one\n");
	ck_assert_int_eq(lseek(fd, 0, SEEK_CUR), 4);
}
END_TEST

START_TEST(readline_fails)
{
	struct timespec deadline = deadline_in(LONG_MS);
	size_t done = 7;
	char buf[10];

	ck_assert_error(unpwrap_readline_until(-1, buf, sizeof(buf),
	    &deadline, &done), EBADF);
	ck_assert_uint_eq(done, 0);
	for (size_t size = 0; size < 2; size++)
		ck_assert_error(unpwrap_readline_until(0, buf, size,
		    &deadline, NULL), EINVAL);
	ck_assert_error(unpwrap_readline_until(0, buf, TOO_MUCH, &deadline,
	    NULL), EINVAL);
}
END_TEST

/*
 * accept.
 */

struct delayed {
	struct sockaddr_in addr;
	int	 ms;
};

static void
connect_later(void *arg)
{
	struct delayed *delayed = arg;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	pause_ms(delayed->ms);
	if (connect(fd, generic(&delayed->addr), sizeof(delayed->addr)) == -1)
		exit(EXIT_FAILURE);
}

START_TEST(accept_waits_for_a_client)
{
	struct timespec deadline = deadline_in(LONG_MS);
	struct delayed delayed = { .ms = 100 };
	int listenfd = bound_socket(&delayed.addr), fd;
	struct sockaddr_in peer;
	socklen_t len = sizeof(peer);

	Listen(listenfd, 1);
	if (_i == 1)
		nonblocking(listenfd);
	spawn(connect_later, &delayed);
	interrupt_every(5);
	fd = unpwrap_accept_until(listenfd, generic(&peer), &len, &deadline);
	interrupt_every(0);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(len, sizeof(peer));
	ck_assert_int_eq(ntohl(peer.sin_addr.s_addr), INADDR_LOOPBACK);
	ck_assert_int_gt(interrupts, 0);
}
END_TEST

START_TEST(accept_has_a_deadline)
{
	int64_t start = now_ms();
	struct timespec deadline = deadline_in(SHORT_MS);
	struct sockaddr_in addr;
	int listenfd = bound_socket(&addr);

	Listen(listenfd, 1);
	interrupt_every(5);
	ck_assert_error(unpwrap_accept_until(listenfd, NULL, NULL, &deadline),
	    ETIMEDOUT);
	interrupt_every(0);
	ck_assert_int_ge(now_ms() - start, SHORT_MS - EARLY_MS);
}
END_TEST

START_TEST(accept_goes_on_without_a_lost_connection)
{
	static const int errors[] = { EINTR, ECONNABORTED, EPROTO, EAGAIN };
	struct timespec deadline = deadline_in(LONG_MS);
	struct sockaddr_in addr, peer;
	socklen_t len = sizeof(peer);
	int listenfd = bound_socket(&addr);

	Listen(listenfd, 2);
	Connect(Socket(AF_INET, SOCK_STREAM, 0), generic(&addr), sizeof(addr));
	Connect(Socket(AF_INET, SOCK_STREAM, 0), generic(&addr), sizeof(addr));
	accept_failures = 3;
	accept_error = errors[_i];
	ck_assert_int_ge(unpwrap_accept_until(listenfd, generic(&peer), &len,
	    &deadline), 0);
	ck_assert_int_eq(accept_failures, 0);
	ck_assert_int_eq(len, sizeof(peer));
	ck_assert_int_eq(peer.sin_family, AF_INET);
	accept_failures = 3;
	ck_assert_int_ge(unpwrap_accept_until(listenfd, NULL, NULL,
	    &deadline), 0);
}
END_TEST

START_TEST(accept_fails)
{
	struct timespec deadline = deadline_in(LONG_MS);
	struct sockaddr_in addr;
	int listenfd = bound_socket(&addr);

	ck_assert_error(unpwrap_accept_until(1000, NULL, NULL, &deadline),
	    EBADF);
	ck_assert_error(unpwrap_accept_until(open("/dev/null", O_RDONLY),
	    NULL, NULL, &deadline), ENOTSOCK);
	Listen(listenfd, 1);
	Connect(Socket(AF_INET, SOCK_STREAM, 0), generic(&addr), sizeof(addr));
	accept_failures = 1;
	accept_error = EMFILE;
	ck_assert_error(unpwrap_accept_until(listenfd, NULL, NULL, &deadline),
	    EMFILE);
}
END_TEST

/*
 * connect, by all its names.
 */

static int
by_connect_until(int fd, const struct sockaddr *addr, socklen_t len, int s)
{
	struct timespec deadline = deadline_in(s == 0 ? LONG_MS : s * 1000);

	return unpwrap_connect_until(fd, addr, len, &deadline);
}

static int
by_Connect_timeo(int fd, const struct sockaddr *addr, socklen_t len, int s)
{
	Connect_timeo(fd, addr, len, s);
	return 0;
}

static int
by_Connect_nonb(int fd, const struct sockaddr *addr, socklen_t len, int s)
{
	Connect_nonb(fd, addr, len, s);
	return 0;
}

static int (*const connects[])(int, const struct sockaddr *, socklen_t,
    int) = {
	by_connect_until, connect_timeo, connect_nonb, by_Connect_timeo,
	by_Connect_nonb
};
#define CONNECTS	5
#define LOWER_CASE	3	/* of them return errors */
#define SLOW		2	/* of them are tried where that takes long */

START_TEST(connect_keeps_the_mode)
{
	int fd = Socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);
	int listenfd = bound_socket(&addr), flags;

	Listen(listenfd, 1);
	if (_i >= CONNECTS)
		nonblocking(fd);
	flags = fcntl(fd, F_GETFL);
	errno = EDOM;
	ck_assert_int_eq(connects[_i % CONNECTS](fd, generic(&addr), len, 30),
	    0);
	ck_assert_int_eq(errno, EDOM);
	ck_assert_int_eq(getpeername(fd, generic(&addr), &len), 0);
	ck_assert_int_eq(fcntl(fd, F_GETFL), flags);
}
END_TEST

START_TEST(connect_without_a_limit)
{
	int fd = Socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);
	int listenfd = bound_socket(&addr);

	Listen(listenfd, 1);
	ck_assert_int_eq(connects[_i](fd, generic(&addr), len, 0), 0);
	ck_assert_int_eq(getpeername(fd, generic(&addr), &len), 0);
}
END_TEST

START_TEST(connect_waits_though_interrupted)
{
	static const int families[] = { AF_INET, AF_UNIX };
	int family = families[_i / SLOW];
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	int fd = Socket(family, SOCK_STREAM, 0);
	struct full full;
	char byte;

	full_listener(&full, family);
	full_release(&full, 100);
	interrupt_every(5);
	ck_assert_int_eq(connects[_i % SLOW](fd, generic(&full.addr),
	    full.len, 30), 0);
	interrupt_every(0);
	ck_assert_int_gt(interrupts, 0);
	ck_assert_int_eq(getpeername(fd, generic(&peer), &len), 0);
	ck_assert_int_eq(readn(fd, &byte, 1), 1);
}
END_TEST

START_TEST(connect_has_a_deadline)
{
	static const int families[] = { AF_INET, AF_UNIX };
	int family = families[_i / SLOW];
	int fd = Socket(family, SOCK_STREAM, 0), flags = fcntl(fd, F_GETFL);
	struct full full;
	int64_t start;

	full_listener(&full, family);
	start = now_ms();
	interrupt_every(5);
	ck_assert_error(connects[_i % SLOW](fd, generic(&full.addr),
	    full.len, 1), ETIMEDOUT);
	interrupt_every(0);
	ck_assert_int_ge(now_ms() - start, 1000 - EARLY_MS);
	ck_assert_int_eq(fcntl(fd, F_GETFL), flags);
}
END_TEST

START_TEST(connect_fails)
{
	int fd = Socket(AF_INET, SOCK_STREAM, 0), flags = fcntl(fd, F_GETFL);
	struct sockaddr_in addrs[2];	/* room for one of IPv6, too */
	struct sockaddr_in *addr = addrs;

	memset(addrs, 0, sizeof(addrs));
	bound_socket(addr);
	ck_assert_error(connects[_i](fd, generic(addr), sizeof(*addr), 30),
	    ECONNREFUSED);
	ck_assert_int_eq(fcntl(fd, F_GETFL), flags);
	ck_assert_error(connects[_i](-1, generic(addr), sizeof(*addr), 30),
	    EBADF);
	addr->sin_family = AF_INET6;
	ck_assert_error(connects[_i](Socket(AF_INET, SOCK_STREAM, 0),
	    generic(addr), sizeof(*addr), 30), EAFNOSUPPORT);
}
END_TEST

/* With a deadline, and of connect_timeo without a limit. */
START_TEST(connect_fails_by_its_outcome)
{
	int fd = Socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in addr;

	Listen(bound_socket(&addr), 1);
	connect_interruptions = 1;
	option_error = ENOBUFS;
	ck_assert_error(connects[_i](fd, generic(&addr), sizeof(addr), 0),
	    ENOBUFS);
	connect_interruptions = 1;
	option_error = 0;
	outcome = EHOSTUNREACH;
	ck_assert_error(connects[_i](fd, generic(&addr), sizeof(addr), 0),
	    EHOSTUNREACH);
	outcome = 0;
}
END_TEST

START_TEST(connect_timeo_fails_by_the_policy)
{
	struct sockaddr_in addr;

	bound_socket(&addr);
	ck_assert_error(connect_timeo(-1, generic(&addr), sizeof(addr), -1),
	    EINVAL);
	ck_assert_error(connect_nonb(-1, generic(&addr), sizeof(addr), -1),
	    EINVAL);
	ck_assert_fatal(Connect_timeo(Socket(AF_INET, SOCK_STREAM, 0),
	    generic(&addr), sizeof(addr), 30), ECONNREFUSED,
	    "connect_timeo error to 127.0.0.1:%d", ntohs(addr.sin_port));
	ck_assert_fatal(Connect_nonb(Socket(AF_INET, SOCK_STREAM, 0),
	    generic(&addr), sizeof(addr), 30), ECONNREFUSED,
	    "connect_nonb error to 127.0.0.1:%d", ntohs(addr.sin_port));
}
END_TEST

/*
 * readable_timeo, writable_timeo.
 */

START_TEST(ready_at_once)
{
	int fds[2];

	kinds[_i](fds);
	ck_assert_int_eq(readable_timeo(fds[0], 0), 0);
	ck_assert_int_eq(Readable_timeo(fds[0], 0), 0);
	ck_assert_int_eq(writable_timeo(fds[1], 0), 1);
	ck_assert_int_eq(Writable_timeo(fds[1], 0), 1);
	put(fds[1], "x");
	ck_assert_soon(readable_timeo(fds[0], 0) == 1);
	ck_assert_int_eq(Readable_timeo(fds[0], INT_MAX), 1);
	nonblocking(fds[1]);
	while (write(fds[1], "full", 4) != -1)
		continue;
	ck_assert_int_eq(writable_timeo(fds[1], 0), 0);
	ck_assert_int_eq(Writable_timeo(fds[1], 0), 0);
}
END_TEST

START_TEST(ready_at_the_end)
{
	int fds[2];

	kinds[_i](fds);
	close(fds[1]);
	ck_assert_int_eq(readable_timeo(fds[0], 30), 1);
}
END_TEST

START_TEST(readiness_is_waited_for_though_interrupted)
{
	struct feed later = { .total = 1, .piece = 1, .pause_ms = 100 };
	int fds[2];

	kinds[_i](fds);
	later.fds = fds;
	spawn(feed, &later);
	interrupt_every(5);
	ck_assert_int_eq(readable_timeo(fds[0], 30), 1);
	interrupt_every(0);
	ck_assert_int_gt(interrupts, 0);
}
END_TEST

START_TEST(readiness_has_a_limit_though_interrupted)
{
	int64_t start = now_ms();
	int fds[2];

	socket_pair(fds);
	interrupt_every(5);
	ck_assert_int_eq(readable_timeo(fds[0], 1), 0);
	interrupt_every(0);
	ck_assert_int_ge(now_ms() - start, 1000 - EARLY_MS);
}
END_TEST

START_TEST(readiness_fails)
{
	ck_assert_error(readable_timeo(1000, 0), EBADF);
	ck_assert_error(writable_timeo(1000, 30), EBADF);
	ck_assert_error(readable_timeo(0, -1), EINVAL);
	ck_assert_error(writable_timeo(0, -1), EINVAL);
	ck_assert_fatal(Readable_timeo(0, -1), EINVAL,
	    "readable_timeo error");
	ck_assert_fatal(Writable_timeo(1000, 30), EBADF,
	    "writable_timeo error");
}
END_TEST

/* poll(2) passes over a negative descriptor, and waits. */
START_TEST(negative_descriptor_is_an_error)
{
	struct timespec deadline = deadline_in(SHORT_MS);

	ck_assert_error(unpwrap_accept_until(-1, NULL, NULL, &deadline),
	    EBADF);
	ck_assert_error(readable_timeo(-1, 0), EBADF);
	ck_assert_error(writable_timeo(-1, 0), EBADF);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "deadline");

	tcase_add_test(tc, deadline_is_so_far_from_now);
	tcase_add_loop_test(tc, deadline_may_be_never, 0, 3);
	tcase_add_test(tc, deadline_may_be_long_over);
	tcase_add_test(tc, deadline_just_beyond_an_int);

	tc = add_case(suite, "readn");
	tcase_add_loop_test(tc, readn_waits_for_the_rest, 0, 2 * KINDS);
	tcase_add_loop_test(tc, readn_ends_with_the_file, 0, 2 * KINDS);
	tcase_add_loop_test(tc, readn_is_continued_after_its_deadline, 0,
	    2 * KINDS);
	tcase_add_test(tc, readn_of_a_file_does_not_wait);
	tcase_add_test(tc, transfers_are_not_interrupted);
	tcase_add_test(tc, readn_fails);

	tc = add_case(suite, "writen");
	tcase_add_loop_test(tc, writen_waits_for_room, 0, 2 * KINDS);
	tcase_add_loop_test(tc, writen_is_continued_after_its_deadline, 0,
	    3 * KINDS);
	tcase_add_loop_test(tc, writen_raises_no_signal, 0, KINDS);
	tcase_add_loop_test(tc, writen_to_a_terminal_has_a_deadline, 0, 4);
	tcase_add_test(tc, writen_to_a_terminal_waits_for_room);
	tcase_add_test(tc, writen_to_a_terminal_pauses);
	tcase_add_test(tc, writen_fails);

	tc = add_case(suite, "readline");
	tcase_add_loop_test(tc, readline_waits_for_the_rest, 0, 2 * KINDS);
	tcase_add_loop_test(tc, readline_is_continued_after_its_deadline, 0,
	    2 * KINDS);
	tcase_add_test(tc, readline_of_a_file_does_not_wait);
	tcase_add_test(tc, readline_fails);

	tc = add_case(suite, "accept");
	tcase_add_loop_test(tc, accept_waits_for_a_client, 0, 2);
	tcase_add_test(tc, accept_has_a_deadline);
	tcase_add_loop_test(tc, accept_goes_on_without_a_lost_connection, 0,
	    4);
	tcase_add_test(tc, accept_fails);

	tc = add_case(suite, "connect");
	tcase_add_loop_test(tc, connect_keeps_the_mode, 0, 2 * CONNECTS);
	tcase_add_loop_test(tc, connect_without_a_limit, 0, CONNECTS);
	tcase_add_loop_test(tc, connect_waits_though_interrupted, 0,
	    2 * SLOW);
	tcase_add_loop_test(tc, connect_has_a_deadline, 0, 2 * SLOW);
	tcase_add_loop_test(tc, connect_fails, 0, LOWER_CASE);
	tcase_add_loop_test(tc, connect_fails_by_its_outcome, 0, LOWER_CASE);
	tcase_add_test(tc, connect_timeo_fails_by_the_policy);

	tc = add_case(suite, "ready");
	tcase_add_loop_test(tc, ready_at_once, 0, KINDS);
	tcase_add_loop_test(tc, ready_at_the_end, 0, KINDS);
	tcase_add_loop_test(tc, readiness_is_waited_for_though_interrupted, 0,
	    KINDS);
	tcase_add_test(tc, readiness_has_a_limit_though_interrupted);
	tcase_add_test(tc, readiness_fails);
	tcase_add_test(tc, negative_descriptor_is_an_error);
}

int
main(void)
{
	return run_suite("until", fill);
}
