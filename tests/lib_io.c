/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <termios.h>

#define BIG	1000000		/* more than any socket or pipe holds */
#define TOO_MUCH	((size_t)SSIZE_MAX + 1)

/*
 * The kinds of descriptors.  open makes fds[0] to read what is written into
 * fds[1], end makes fds[0] find the end of the file.
 */

static void
open_pipe(int fds[2])
{
	ck_assert_int_eq(pipe(fds), 0);
}

static void
open_file(int fds[2])
{
	char path[] = "/tmp/unpwrap-test.XXXXXX";

	fds[1] = mkstemp(path);
	fds[0] = open(path, O_RDONLY);
	ck_assert(fds[0] != -1 && fds[1] != -1);
	unlink(path);
}

static void
open_terminal(int fds[2])
{
	struct termios settings;

	fds[1] = posix_openpt(O_RDWR | O_NOCTTY);
	ck_assert_int_ne(fds[1], -1);
	ck_assert_int_eq(grantpt(fds[1]), 0);
	ck_assert_int_eq(unlockpt(fds[1]), 0);
	fds[0] = open(ptsname(fds[1]), O_RDWR | O_NOCTTY);
	ck_assert_int_ne(fds[0], -1);
	ck_assert_int_eq(tcgetattr(fds[0], &settings), 0);
	settings.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	ck_assert_int_eq(tcsetattr(fds[0], TCSANOW, &settings), 0);
}

static void
end_by_close(const int fds[2])
{
	close(fds[1]);
}

/* A terminal may take one for the end of the line before it. */
static void
end_terminal(const int fds[2])
{
	ck_assert_int_eq(write(fds[1], "\4\4\4", 3), 3);
}

static const struct kind {
	void	(*open)(int fds[2]);
	void	(*end)(const int fds[2]);
} kinds[] = {
	{ socket_pair,		end_by_close },
	{ tcp_pair,		end_by_close },
	{ open_pipe,		end_by_close },
	{ open_terminal,	end_terminal },
	{ open_file,		end_by_close },
};
enum { UNIX_SOCKET, TCP_SOCKET, PIPE, TERMINAL, REGULAR_FILE };
#define KINDS		5	/* all of them */
#define WAITABLE	4	/* where a reader may have to wait */
#define BINARY		3	/* and any byte may pass */
#define SOCKETS		2

/* As many again, non-blocking. */
static void
open_either(int fds[2], int i, int n)
{
	kinds[i % n].open(fds);
	if (i >= n) {
		nonblocking(fds[0]);
		nonblocking(fds[1]);
	}
}

static void
put(int fd, const char *bytes, size_t n)
{
	ck_assert_int_eq(write(fd, bytes, n), n);
}

static void
put_text(int fd, const char *text)
{
	put(fd, text, strlen(text));
}

static int
is_readable(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	return poll(&ready, 1, 0) == 1 && (ready.revents & POLLIN);
}

/*
 * readn.
 */

START_TEST(readn_waits_for_the_rest)
{
	char buf[1000];
	struct feed slow = { .total = sizeof(buf), .piece = 99,
	    .pause_ms = 10 };
	int fds[2];

	kinds[_i % BINARY].open(fds);
	if (_i >= BINARY)
		nonblocking(fds[0]);
	slow.fds = fds;
	spawn(feed, &slow);
	interrupt_every(2);
	ck_assert_int_eq(readn(fds[0], buf, sizeof(buf)), sizeof(buf));
	interrupt_every(0);
	ck_assert(pattern_is(buf, sizeof(buf), 0));
	ck_assert_int_gt(interrupts, 0);
}
END_TEST

START_TEST(readn_ends_with_the_file)
{
	char buf[100];
	int fds[2];

	kinds[_i].open(fds);
	put_text(fds[1], "seven\n\n");
	kinds[_i].end(fds);
	ck_assert_int_eq(readn(fds[0], buf, sizeof(buf)), 7);
	ck_assert_mem_eq(buf, "seven\n\n", 7);
	ck_assert_int_eq(readn(fds[0], buf, sizeof(buf)), 0);
}
END_TEST

START_TEST(readn_takes_no_more_than_asked)
{
	char buf[4] = "....";
	int fds[2];

	kinds[_i].open(fds);
	put_text(fds[1], "abc\ndef\n");
	ck_assert_int_eq(readn(fds[0], buf, 0), 0);
	ck_assert_int_eq(readn(fds[0], buf, 3), 3);
	ck_assert_mem_eq(buf, "abc.", 4);
	ck_assert_int_eq(readn(fds[0], buf, 4), 4);
	ck_assert_mem_eq(buf, "\ndef", 4);
}
END_TEST

START_TEST(readn_fails)
{
	char buf[10];

	ck_assert_int_eq(readn(-1, buf, sizeof(buf)), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(readn(STDIN_FILENO, buf, TOO_MUCH), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_fatal(Readn(-1, buf, 1), EBADF, "readn error");
}
END_TEST

START_TEST(Readn_is_readn)
{
	char buf[10];
	int fds[2];

	open_pipe(fds);
	put_text(fds[1], "abc");
	close(fds[1]);
	ck_assert_int_eq(Readn(fds[0], buf, sizeof(buf)), 3);
	ck_assert_int_eq(Readn(fds[0], buf, sizeof(buf)), 0);
}
END_TEST

/*
 * writen.
 */

START_TEST(writen_waits_for_room)
{
	static char buf[BIG];
	struct feed slow = { .total = BIG, .piece = 5000, .pause_ms = 30 };
	pid_t reader;
	int fds[2];

	kinds[_i % BINARY].open(fds);
	if (_i >= BINARY)
		nonblocking(fds[1]);
	slow.fds = fds;
	reader = spawn(drain, &slow);
	pattern_fill(buf, BIG, 0);
	interrupt_every(2);
	ck_assert_int_eq(writen(fds[1], buf, BIG), BIG);
	interrupt_every(0);
	close(fds[1]);
	ck_assert_int_eq(join(reader), 0);
	ck_assert_int_gt(interrupts, 0);
}
END_TEST

START_TEST(writen_to_anything)
{
	char buf[10];
	int fds[2];

	kinds[_i].open(fds);
	ck_assert_int_eq(writen(fds[1], "abc\n", 0), 0);
	ck_assert_int_eq(writen(fds[1], "abc\n", 4), 4);
	ck_assert_int_eq(read(fds[0], buf, sizeof(buf)), 4);
	ck_assert_mem_eq(buf, "abc\n", 4);
}
END_TEST

static volatile sig_atomic_t sigpipes;

static void
count_sigpipe(int signo)
{
	(void)signo;
	sigpipes++;
}

struct sigpipe_state {
	int	 blocked, pending;
	void	(*handler)(int);
};

static struct sigpipe_state
sigpipe_state(void)
{
	struct sigpipe_state state;
	struct sigaction action;
	sigset_t set;

	pthread_sigmask(SIG_SETMASK, NULL, &set);
	state.blocked = sigismember(&set, SIGPIPE);
	sigpending(&set);
	state.pending = sigismember(&set, SIGPIPE);
	sigaction(SIGPIPE, NULL, &action);
	state.handler = action.sa_handler;
	return state;
}

static void
set_sigpipe_state(const struct sigpipe_state *state)
{
	sigset_t set;

	signal(SIGPIPE, state->handler);
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	pthread_sigmask(state->blocked ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
	if (state->pending)
		raise(SIGPIPE);
}

START_TEST(writen_raises_no_signal)
{
	static const struct sigpipe_state before[] = {
		{ 0, 0, SIG_DFL },
		{ 0, 0, SIG_IGN },
		{ 0, 0, count_sigpipe },
		{ 1, 0, SIG_DFL },
		{ 1, 0, count_sigpipe },
		{ 1, 1, SIG_DFL },
		{ 1, 1, count_sigpipe },
	};
	static const int with[] = { UNIX_SOCKET, PIPE };
	struct sigpipe_state after;
	int fds[2];

	kinds[with[_i]].open(fds);
	close(fds[0]);
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		set_sigpipe_state(&before[i]);
		for (int n = 0; n < 2; n++) {
			ck_assert_int_eq(writen(fds[1], "abc", 3), -1);
			ck_assert_int_eq(errno, EPIPE);
		}
		after = sigpipe_state();
		ck_assert_int_eq(after.blocked, before[i].blocked);
		ck_assert_int_eq(after.pending, before[i].pending);
		ck_assert(after.handler == before[i].handler);
		ck_assert_int_eq(sigpipes, 0);
	}
}
END_TEST

static void
read_a_little(void *arg)
{
	const int *fds = arg;
	char buf[100];

	close(fds[1]);
	if (read(fds[0], buf, sizeof(buf)) != sizeof(buf))
		exit(EXIT_FAILURE);
	pause_ms(30);
}

START_TEST(writen_fails_where_the_reader_leaves)
{
	static char buf[BIG];
	pid_t reader;
	int fds[2];

	open_either(fds, _i, BINARY);
	reader = spawn(read_a_little, fds);
	close(fds[0]);
	ck_assert_int_eq(writen(fds[1], buf, BIG), -1);
	ck_assert(errno == EPIPE || errno == ECONNRESET);
	join(reader);
}
END_TEST

START_TEST(writen_fails)
{
	ck_assert_int_eq(writen(-1, "abc", 3), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(writen(STDERR_FILENO, "abc", TOO_MUCH), -1);
	ck_assert_int_eq(errno, EINVAL);
#ifdef __linux__
	ck_assert_int_eq(writen(open("/dev/full", O_WRONLY), "abc", 3), -1);
	ck_assert_int_eq(errno, ENOSPC);
#endif
	ck_assert_fatal(Writen(-1, "abc", 3), EBADF, "writen error");
}
END_TEST

START_TEST(Writen_is_writen)
{
	char buf[10];
	int fds[2];

	open_pipe(fds);
	Writen(fds[1], "abc", 3);
	ck_assert_int_eq(read(fds[0], buf, sizeof(buf)), 3);
}
END_TEST

/*
 * readline.
 */

/* The next line, read with room for it of size bytes, is want. */
static void
expect_line(int fd, size_t size, const char *want, size_t len)
{
	char buf[256];

	ck_assert_int_le(size, sizeof(buf));
	memset(buf, '.', sizeof(buf));
	ck_assert_int_eq(readline(fd, buf, size), len);
	ck_assert_mem_eq(buf, want, len);
	ck_assert_int_eq(buf[len], '\0');
	for (size_t i = size; i < sizeof(buf); i++)
		ck_assert_int_eq(buf[i], '.');
}

static void
expect_text(int fd, size_t size, const char *want)
{
	expect_line(fd, size, want, strlen(want));
}

START_TEST(readline_leaves_what_follows)
{
	char buf[20];
	int fds[2];

	open_either(fds, _i, KINDS);
	put_text(fds[1], "first\nsecond\nthird\n");
	expect_text(fds[0], 100, "first\n");
	ck_assert(is_readable(fds[0]));
	ck_assert_int_eq(readn(fds[0], buf, 3), 3);
	ck_assert_mem_eq(buf, "sec", 3);
	expect_text(fds[0], 100, "ond\n");
	ck_assert_int_eq(readn(fds[0], buf, 6), 6);
	ck_assert_mem_eq(buf, "third\n", 6);
	if (_i % KINDS != REGULAR_FILE)
		ck_assert(!is_readable(fds[0]));
}
END_TEST

START_TEST(readline_gives_long_lines_in_pieces)
{
	int fds[2];

	kinds[_i].open(fds);
	put_text(fds[1], "abcdefghij\n1234\n\nab\n");
	expect_text(fds[0], 5, "abcd");
	expect_text(fds[0], 5, "efgh");
	expect_text(fds[0], 5, "ij\n");
	expect_text(fds[0], 5, "1234");
	expect_text(fds[0], 5, "\n");
	expect_text(fds[0], 5, "\n");
	expect_text(fds[0], 2, "a");
	expect_text(fds[0], 2, "b");
	expect_text(fds[0], 2, "\n");
}
END_TEST

START_TEST(readline_fills_the_buffer_exactly)
{
	int fds[2];

	kinds[_i].open(fds);
	put_text(fds[1], "123\n456\n");
	expect_text(fds[0], 5, "123\n");
	expect_text(fds[0], 5, "456\n");
}
END_TEST

START_TEST(readline_passes_null_bytes)
{
	int fds[2];

	kinds[_i].open(fds);
	put(fds[1], "a\0b\n\0\nc\n", 8);
	expect_line(fds[0], 100, "a\0b\n", 4);
	expect_line(fds[0], 100, "\0\n", 2);
	expect_text(fds[0], 100, "c\n");
}
END_TEST

START_TEST(readline_passes_a_last_line_without_newline)
{
	int fds[2];

	kinds[_i].open(fds);
	put_text(fds[1], "line\nlast");
	kinds[_i].end(fds);
	expect_text(fds[0], 100, "line\n");
	expect_text(fds[0], 100, "last");
	expect_text(fds[0], 100, "");
	if (_i != TERMINAL)
		expect_text(fds[0], 100, "");
}
END_TEST

static void
put_slowly(void *arg)
{
	const int *fds = arg;

	for (const char *c = "slow\nrest\n"; *c != '\0'; c++) {
		pause_ms(10);
		if (write(fds[1], c, 1) != 1)
			exit(EXIT_FAILURE);
	}
	pause_ms(SOON_MS);	/* and no end of the file */
}

START_TEST(readline_waits_for_the_rest)
{
	int fds[2];

	kinds[_i % WAITABLE].open(fds);
	if (_i >= WAITABLE)
		nonblocking(fds[0]);
	spawn(put_slowly, fds);
	interrupt_every(2);
	expect_text(fds[0], 100, "slow\n");
	interrupt_every(0);
	expect_text(fds[0], 100, "rest\n");
	ck_assert_int_gt(interrupts, 0);
}
END_TEST

START_TEST(readline_reads_a_file_from_its_offset)
{
	int fds[2];

	open_file(fds);
	put_text(fds[1], "first\nsecond\nthird\n");
	ck_assert_int_eq(lseek(fds[0], 8, SEEK_SET), 8);
	expect_text(fds[0], 100, "cond\n");
	ck_assert_int_eq(lseek(fds[0], 0, SEEK_CUR), 13);
	ck_assert_int_eq(lseek(fds[0], 0, SEEK_SET), 0);
	expect_text(fds[0], 100, "first\n");
}
END_TEST

START_TEST(readline_fails)
{
	char buf[10];

	for (size_t size = 0; size < 2; size++) {
		ck_assert_int_eq(readline(STDIN_FILENO, buf, size), -1);
		ck_assert_int_eq(errno, EINVAL);
	}
	ck_assert_int_eq(readline(STDIN_FILENO, buf, TOO_MUCH), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(readline(-1, buf, sizeof(buf)), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(readline(open("/", O_RDONLY), buf, sizeof(buf)), -1);
	ck_assert_int_eq(errno, EISDIR);
	ck_assert_fatal(Readline(-1, buf, sizeof(buf)), EBADF,
	    "readline error");
}
END_TEST

START_TEST(Readline_is_readline)
{
	char buf[10];
	int fds[2];

	open_pipe(fds);
	put_text(fds[1], "abc\ndef\n");
	ck_assert_int_eq(Readline(fds[0], buf, sizeof(buf)), 4);
	ck_assert_str_eq(buf, "abc\n");
}
END_TEST

/*
 * A timeout of the socket's own.
 */

static ssize_t
readn_more_than_comes(const int fds[2])
{
	char buf[10];

	put_text(fds[1], "part");
	return readn(fds[0], buf, sizeof(buf));
}

static ssize_t
readline_more_than_comes(const int fds[2])
{
	char buf[10];

	put_text(fds[1], "part");
	return readline(fds[0], buf, sizeof(buf));
}

static ssize_t
writen_more_than_goes(const int fds[2])
{
	static char buf[8 * BIG];

	return writen(fds[1], buf, sizeof(buf));
}

START_TEST(timeout_of_the_socket_is_obeyed)
{
	static ssize_t (*const calls[])(const int fds[2]) = {
		readn_more_than_comes, readline_more_than_comes,
		writen_more_than_goes
	};
	int fds[2];
	int64_t start;

	kinds[_i % SOCKETS].open(fds);
	socket_timeout(fds[0], SO_RCVTIMEO, 60);
	socket_timeout(fds[1], SO_SNDTIMEO, 60);
	start = now_ms();
	ck_assert_int_eq(calls[_i / SOCKETS](fds), -1);
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_ge(now_ms() - start, 50);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "readn");

	tcase_add_loop_test(tc, readn_waits_for_the_rest, 0, 2 * BINARY);
	tcase_add_loop_test(tc, readn_ends_with_the_file, 0, KINDS);
	tcase_add_loop_test(tc, readn_takes_no_more_than_asked, 0, KINDS);
	tcase_add_test(tc, readn_fails);
	tcase_add_test(tc, Readn_is_readn);

	tc = add_case(suite, "writen");
	tcase_add_loop_test(tc, writen_waits_for_room, 0, 2 * BINARY);
	tcase_add_loop_test(tc, writen_to_anything, 0, KINDS);
	tcase_add_loop_test(tc, writen_raises_no_signal, 0, 2);
	tcase_add_loop_test(tc, writen_fails_where_the_reader_leaves, 0,
	    2 * BINARY);
	tcase_add_test(tc, writen_fails);
	tcase_add_test(tc, Writen_is_writen);

	tc = add_case(suite, "readline");
	tcase_add_loop_test(tc, readline_leaves_what_follows, 0, 2 * KINDS);
	tcase_add_loop_test(tc, readline_gives_long_lines_in_pieces, 0, KINDS);
	tcase_add_loop_test(tc, readline_fills_the_buffer_exactly, 0, KINDS);
	tcase_add_loop_test(tc, readline_passes_null_bytes, 0, KINDS);
	tcase_add_loop_test(tc, readline_passes_a_last_line_without_newline, 0,
	    KINDS);
	tcase_add_loop_test(tc, readline_waits_for_the_rest, 0, 2 * WAITABLE);
	tcase_add_test(tc, readline_reads_a_file_from_its_offset);
	tcase_add_test(tc, readline_fails);
	tcase_add_test(tc, Readline_is_readline);

	tc = add_case(suite, "timeout");
	tcase_add_loop_test(tc, timeout_of_the_socket_is_obeyed, 0,
	    3 * SOCKETS);
}

int
main(void)
{
	return run_suite("io", fill);
}
