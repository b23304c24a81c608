/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

#include <sys/wait.h>

#include <poll.h>

#define BIG	4000000		/* more than all buffers on the way hold */

static void	(*const open_pair[])(int fds[2]) = { socket_pair, tcp_pair };
#define PAIRS	2

static void
reset(int fd)
{
	struct linger none = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	close(fd);
}

/* For spawn, with the server's socket in fds[1]. */

static void
echo_server(void *arg)
{
	const int *fds = arg;

	close(fds[0]);
	str_echo(fds[1]);
}

static void
interrupted_echo_server(void *arg)
{
	interrupt_every(2);
	echo_server(arg);
	exit(interrupts > 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}

/*
 * str_echo.
 */

/* Sends and receives at the same time, half-closes, and wants all back. */
static void
exchange(int fd, size_t total)
{
	static char out[65536], in[65536];
	struct pollfd ready = { .fd = fd };
	size_t sent = 0, got = 0;
	ssize_t n;

	nonblocking(fd);
	while (got < total) {
		ready.events = sent < total ? POLLIN | POLLOUT : POLLIN;
		ck_assert_int_eq(poll(&ready, 1, SOON_MS), 1);
		if (sent < total && (ready.revents & POLLOUT)) {
			n = (ssize_t)(total - sent < sizeof(out) ?
			    total - sent : sizeof(out));
			pattern_fill(out, (size_t)n, sent);
			n = send(fd, out, (size_t)n, MSG_NOSIGNAL);
			ck_assert_int_gt(n, 0);
			sent += (size_t)n;
			if (sent == total)
				ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
		}
		if (ready.revents & POLLIN) {
			n = read(fd, in, sizeof(in));
			ck_assert_int_gt(n, 0);
			ck_assert(pattern_is(in, (size_t)n, got));
			got += (size_t)n;
		}
	}
	ready.events = POLLIN;
	ck_assert_int_eq(poll(&ready, 1, SOON_MS), 1);
	ck_assert_int_eq(read(fd, in, sizeof(in)), 0);
}

START_TEST(str_echo_returns_every_byte)
{
	void (*server)(void *) = _i < PAIRS ? echo_server :
	    interrupted_echo_server;
	pid_t pid;
	int fds[2];

	open_pair[_i % PAIRS](fds);
	if (_i >= 2 * PAIRS)
		nonblocking(fds[1]);
	pid = spawn(server, fds);
	close(fds[1]);
	if (server == interrupted_echo_server)
		pause_ms(50);	/* all may be over before the first signal */
	exchange(fds[0], BIG);
	ck_assert_int_eq(join(pid), 0);
}
END_TEST

START_TEST(str_echo_of_nothing)
{
	int fds[2];

	open_pair[_i](fds);
	catch_errors();
	shutdown(fds[0], SHUT_WR);
	str_echo(fds[1]);
	ck_assert_int_eq(caught.reports, 0);
}
END_TEST

START_TEST(str_echo_survives_a_peer_that_is_gone)
{
	int fds[2];

	socket_pair(fds);
	signal(SIGPIPE, SIG_DFL);
	ck_assert_int_eq(write(fds[0], "abc", 3), 3);
	close(fds[0]);
	catch_errors();
	str_echo(fds[1]);
	ck_assert_reported(LOG_INFO, EPIPE, "str_echo: write error");
	ck_assert_int_eq(caught.fatals, 0);
}
END_TEST

START_TEST(str_echo_survives_a_reset)
{
	struct pollfd ready = { .events = POLLIN };
	int fds[2];

	tcp_pair(fds);
	reset(fds[0]);
	ready.fd = fds[1];
	ck_assert_int_eq(poll(&ready, 1, SOON_MS), 1);
	catch_errors();
	str_echo(fds[1]);
	ck_assert_reported(LOG_INFO, ECONNRESET, "str_echo: read error");
	ck_assert_int_eq(caught.fatals, 0);
}
END_TEST

/*
 * str_cli, in a process of its own: it prints, and its errors are fatal.
 */

struct client {
	int	 fds[2];	/* the client's socket, the server's */
	FILE	*input;
	int	 interrupt_ms;
	int	 full_output;
	int	 descriptors;	/* not 0: that many are allowed */
};

/* Whoever writes files at the end (gcov) needs them. */
static void
allow_descriptors(void)
{
	unlimit(RLIMIT_NOFILE);
}

static void
client(void *arg)
{
	const struct client *c = arg;
	static const struct unpwrap_error_policy policy = { .program = "" };

	close(c->fds[1]);
	unpwrap_error_policy(&policy);
	signal(SIGPIPE, SIG_DFL);
	interrupt_every(c->interrupt_ms);
	if (c->full_output && freopen("/dev/full", "w", stdout) == NULL)
		exit(99);
	if (c->descriptors != 0) {
		atexit(allow_descriptors);
		limit(RLIMIT_NOFILE, (rlim_t)c->descriptors);
	}
	str_cli(c->input, c->fds[0]);
	exit(EXIT_SUCCESS);
}

static FILE *
input_of(const char *bytes, size_t n)
{
	FILE *fp = tmpfile();

	ck_assert_int_eq(fwrite(bytes, 1, n, fp), n);
	rewind(fp);
	return fp;
}

/* Input that does not come; nor does its end, while fds[1] is open. */
static FILE *
silent_input(int fds[2])
{
	ck_assert_int_eq(pipe(fds), 0);
	return fdopen(fds[0], "r");
}

/* Runs it against a server, which is a child too unless it is NULL. */
static void
run_client(struct client *c, void (*server)(void *), struct captured *outcome)
{
	struct capture capture;
	pid_t pid = -1;

	if (server != NULL)
		pid = spawn(server, c->fds);
	capture_start(&capture, client, c);
	close(c->fds[0]);
	close(c->fds[1]);
	capture_end(&capture, outcome);
	if (server != NULL)
		ck_assert_int_eq(join(pid), 0);
}

static void
expect_end(const struct captured *outcome, int status, const char *message,
    int error)
{
	char want[256] = "";

	if (message != NULL)
		snprintf(want, sizeof(want), "%s%s%s\n", message,
		    error != 0 ? ": " : "", error != 0 ? strerror(error) : "");
	ck_assert_str_eq(outcome->err, want);
	ck_assert(WIFEXITED(outcome->status));
	ck_assert_int_eq(WEXITSTATUS(outcome->status), status);
}

START_TEST(str_cli_prints_the_echo)
{
	static const char lines[] = "one\n\ntwo\nlast\0line";
	struct client c = { .input = input_of(lines, sizeof(lines) - 1) };
	struct captured outcome;

	open_pair[_i](c.fds);
	run_client(&c, echo_server, &outcome);
	expect_end(&outcome, 0, NULL, 0);
	ck_assert_int_eq(outcome.out_len, sizeof(lines) - 1);
	ck_assert_mem_eq(outcome.out, lines, sizeof(lines) - 1);
}
END_TEST

START_TEST(str_cli_without_input)
{
	struct client c = { .input = input_of("", 0) };
	struct captured outcome;

	open_pair[_i](c.fds);
	run_client(&c, echo_server, &outcome);
	expect_end(&outcome, 0, NULL, 0);
	ck_assert_int_eq(outcome.out_len, 0);
}
END_TEST

/* The server writes as much as it reads, and reads nothing while it cannot
 * write: a client that did one after the other would wait for ever.  Small
 * buffers let a client that sends a whole chunk at once do so too. */
START_TEST(str_cli_sends_and_prints_at_once)
{
	static char buf[BIG];
	struct client c = { .interrupt_ms = _i < PAIRS ? 0 : 3 };
	struct capture capture;
	int size = 1;
	char *back;
	pid_t pid;
	FILE *out;

	pattern_fill(buf, BIG, 0);
	c.input = input_of(buf, BIG);
	open_pair[_i % PAIRS](c.fds);
	for (int i = 0; i < 2; i++)
		setsockopt(c.fds[i], SOL_SOCKET, SO_SNDBUF, &size,
		    sizeof(size));
	pid = spawn(echo_server, c.fds);
	capture_start(&capture, client, &c);
	close(c.fds[0]);
	close(c.fds[1]);
	ck_assert_int_eq(join(capture.pid), 0);
	ck_assert_int_eq(join(pid), 0);
	out = capture.out;
	rewind(out);
	back = malloc(BIG + 1);
	ck_assert_int_eq(fread(back, 1, BIG + 1, out), BIG);
	ck_assert(pattern_is(back, BIG, 0));
	free(back);
}
END_TEST

/* Says how much came, once all of it has. */
static void
counting_server(void *arg)
{
	const int *fds = arg;
	char buf[4096];
	size_t total = 0;
	ssize_t got;
	int len;

	close(fds[0]);
	while ((got = read(fds[1], buf, sizeof(buf))) > 0)
		total += (size_t)got;
	pause_ms(50);
	len = snprintf(buf, sizeof(buf), "%zu bytes\n", total);
	if (got != 0 || write(fds[1], buf, (size_t)len) != len)
		exit(EXIT_FAILURE);
}

START_TEST(str_cli_half_closes_and_waits_for_the_rest)
{
	static char buf[100000];
	struct client c = { .input = input_of(buf, sizeof(buf)) };
	struct captured outcome;

	open_pair[_i](c.fds);
	run_client(&c, counting_server, &outcome);
	expect_end(&outcome, 0, NULL, 0);
	ck_assert_str_eq(outcome.out, "100000 bytes\n");
}
END_TEST

static void
server_that_leaves(void *arg)
{
	const int *fds = arg;

	close(fds[0]);
	pause_ms(50);
	if (write(fds[1], "bye\n", 4) != 4)
		exit(EXIT_FAILURE);
}

START_TEST(str_cli_says_at_once_that_the_server_ended)
{
	int input[2];
	struct client c = { .input = silent_input(input) };
	struct captured outcome;

	open_pair[_i](c.fds);
	run_client(&c, server_that_leaves, &outcome);
	expect_end(&outcome, 1, "str_cli: server terminated prematurely", 0);
	ck_assert_str_eq(outcome.out, "bye\n");
	close(input[1]);	/* only now */
}
END_TEST

START_TEST(str_cli_says_that_the_server_reads_no_more)
{
	struct client c = { .input = input_of("x\n", 2) };
	struct captured outcome;

	socket_pair(c.fds);
	shutdown(c.fds[1], SHUT_RD);
	ck_assert_int_ne(dup(c.fds[1]), -1);	/* which stays open */
	run_client(&c, NULL, &outcome);
	expect_end(&outcome, 1, "str_cli: server terminated prematurely", 0);
}
END_TEST

static void
server_that_resets(void *arg)
{
	const int *fds = arg;

	close(fds[0]);
	pause_ms(50);
	reset(fds[1]);
}

START_TEST(str_cli_says_that_the_server_reset)
{
	int input[2];
	struct client c = { .input = silent_input(input) };
	struct captured outcome;

	tcp_pair(c.fds);
	run_client(&c, server_that_resets, &outcome);
	expect_end(&outcome, 1, "str_cli: error reading from server",
	    ECONNRESET);
	close(input[1]);
}
END_TEST

static void
server_that_is_slow(void *arg)
{
	pause_ms(100);
	echo_server(arg);
}

START_TEST(str_cli_waits_though_interrupted)
{
	struct client c = { .input = input_of("one\n", 4),
	    .interrupt_ms = 5 };
	struct captured outcome;

	socket_pair(c.fds);
	run_client(&c, server_that_is_slow, &outcome);
	expect_end(&outcome, 0, NULL, 0);
	ck_assert_str_eq(outcome.out, "one\n");
}
END_TEST

START_TEST(str_cli_says_that_input_fails)
{
	struct client c = { .input = fopen("/", "r") };
	struct captured outcome;

	socket_pair(c.fds);
	run_client(&c, echo_server, &outcome);
	expect_end(&outcome, 1, "str_cli: error reading input", EISDIR);
}
END_TEST

START_TEST(str_cli_says_that_input_has_no_descriptor)
{
	char text[] = "no file";
	struct client c = { .input = fmemopen(text, sizeof(text), "r") };
	struct captured outcome;

	socket_pair(c.fds);
	run_client(&c, echo_server, &outcome);
	expect_end(&outcome, 1, "str_cli: error reading input", EBADF);
}
END_TEST

START_TEST(str_cli_says_that_the_socket_is_none)
{
	struct client c = { .input = input_of("x\n", 2), .fds = { -1, -1 } };
	struct captured outcome;

	run_client(&c, NULL, &outcome);
	expect_end(&outcome, 1, "str_cli: error reading from server", EBADF);
}
END_TEST

/* The server's socket is none. */
START_TEST(str_cli_says_that_it_cannot_half_close)
{
	struct client c = { .input = input_of("", 0) };
	struct captured outcome;
	int tube[2];

	ck_assert_int_eq(pipe(tube), 0);
	c.fds[0] = tube[0];
	c.fds[1] = dup(STDERR_FILENO);	/* which nobody uses */
	run_client(&c, NULL, &outcome);
	expect_end(&outcome, 1, "str_cli: shutdown error", ENOTSOCK);
	close(tube[1]);
}
END_TEST

/* poll(2) takes no more entries than descriptors are allowed. */
START_TEST(str_cli_says_that_it_cannot_wait)
{
	struct pollfd many[16] = { { .fd = -1 } };
	struct client c = { .input = input_of("x\n", 2), .descriptors = 1 };
	struct captured outcome;

	socket_pair(c.fds);
	limit(RLIMIT_NOFILE, 1);
	if (poll(many, 16, 0) != -1) {
		not_tested("no limit of poll(2): valgrind, say");
		return;
	}
	unlimit(RLIMIT_NOFILE);
	run_client(&c, echo_server, &outcome);
	expect_end(&outcome, 1, "str_cli: poll error", EINVAL);
}
END_TEST

#ifdef __linux__
START_TEST(str_cli_says_that_output_fails)
{
	struct client c = { .input = input_of("x\n", 2), .full_output = 1 };
	struct captured outcome;

	socket_pair(c.fds);
	run_client(&c, counting_server, &outcome);
	expect_end(&outcome, 1, "str_cli: error writing output", ENOSPC);
}
END_TEST
#endif

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "str_echo");

	tcase_add_loop_test(tc, str_echo_returns_every_byte, 0, 3 * PAIRS);
	tcase_add_loop_test(tc, str_echo_of_nothing, 0, PAIRS);
	tcase_add_test(tc, str_echo_survives_a_peer_that_is_gone);
	tcase_add_test(tc, str_echo_survives_a_reset);

	tc = add_case(suite, "str_cli");
	tcase_add_loop_test(tc, str_cli_prints_the_echo, 0, PAIRS);
	tcase_add_loop_test(tc, str_cli_without_input, 0, PAIRS);
	tcase_add_loop_test(tc, str_cli_sends_and_prints_at_once, 0,
	    2 * PAIRS);
	tcase_add_loop_test(tc, str_cli_half_closes_and_waits_for_the_rest, 0,
	    PAIRS);
	tcase_add_loop_test(tc, str_cli_says_at_once_that_the_server_ended, 0,
	    PAIRS);
	tcase_add_test(tc, str_cli_says_that_the_server_reads_no_more);
	tcase_add_test(tc, str_cli_says_that_the_server_reset);
	tcase_add_test(tc, str_cli_says_that_input_fails);
	tcase_add_test(tc, str_cli_says_that_input_has_no_descriptor);
	tcase_add_test(tc, str_cli_says_that_the_socket_is_none);
	tcase_add_test(tc, str_cli_says_that_it_cannot_half_close);
	tcase_add_test(tc, str_cli_says_that_it_cannot_wait);
	tcase_add_test(tc, str_cli_waits_though_interrupted);
#ifdef __linux__
	tcase_add_test(tc, str_cli_says_that_output_fails);
#endif
}

int
main(void)
{
	return run_suite("str", fill);
}
