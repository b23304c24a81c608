/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Against a server of one process for each connection, which can do wrong.
 */
#include "deadline.h"
#include "load.h"
#include "quantity.h"
#include "unpwrap.h"

#include <sys/wait.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SLICE_NS	(50 * NSEC_PER_MSEC)
#define PATIENCE_NS	(20 * NSEC_PER_SEC)
#define LATE_BYTES	20000	/* a fault strikes behind so many */

enum wrong { NOTHING, CORRUPT, CLOSE, SURPLUS, HANG };

static struct load_sum sum;
static pid_t server;

static void
serve(int fd, enum wrong wrong)
{
	static char buf[65536];
	size_t echoed = 0;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf) - 1)) > 0) {
		echoed += (size_t)n;
		if (echoed > LATE_BYTES && wrong == CLOSE)
			return;
		if (echoed > LATE_BYTES && wrong == CORRUPT)
			buf[n / 2] ^= 1;
		if (echoed > LATE_BYTES && wrong == HANG)
			continue;
		n += echoed > LATE_BYTES && wrong == SURPLUS;
		if (writen(fd, buf, (size_t)n) != n)
			return;
	}
}

static void
run_server(int listener, enum wrong wrong)
{
	int fd;

	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	while ((fd = accept(listener, NULL, NULL)) != -1) {
		if (fork() == 0) {
			close(listener);
			serve(fd, wrong);
			_exit(0);
		}
		close(fd);
	}
	_exit(1);
}

static struct load_how
start(enum wrong wrong)
{
	struct load_how how = { .connections = 4, .length = 512,
	    .patience_ns = PATIENCE_NS };
	struct sockaddr_in *in = (struct sockaddr_in *)&how.path.to;
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	pid_t parent = getpid();

	memset(&sum, 0, sizeof(sum));
	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	how.path.to_len = sizeof(*in);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)in, sizeof(*in)),
	    0);
	ck_assert_int_eq(listen(listener, 64), 0);
	getsockname(listener, (struct sockaddr *)in, &how.path.to_len);
	server = fork();
	if (server == 0) {
		unpwrap_end_with_parent(parent);
		run_server(listener, wrong);
	}
	close(listener);
	return how;
}

static void
stop(void)
{
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
}

static struct load *
opened(const struct load_how *how)
{
	char why[WHY_MAX] = "";
	struct load *load = load_open(how, why);

	ck_assert_msg(load != NULL, "%s", why);
	return load;
}

static const struct {
	enum load_mode	 mode;
	size_t		 connections, length;
} rights[] = {
	{ LOAD_PING_PONG, 1, 1 },
	{ LOAD_PING_PONG, 20, 512 },
	{ LOAD_PING_PONG, 2, 12000007 },	/* no buffer takes it whole */
	{ LOAD_BULK, 1, 512 },
	{ LOAD_BULK, 3, 512 },
	{ LOAD_CHURN, 1, 512 },
	{ LOAD_CHURN, 4, 16384 }
};

START_TEST(right)
{
	struct load_how how = start(NOTHING);
	struct load *load;
	uint64_t first;

	how.mode = rights[_i].mode;
	how.connections = rights[_i].connections;
	how.length = rights[_i].length;
	load = opened(&how);
	load_slice(load, SLICE_NS, &sum);
	first = sum.bytes;
	load_slice(load, SLICE_NS, &sum);
	ck_assert(first > 0);
	ck_assert(sum.bytes > first);
	ck_assert_uint_eq(load_failures(&sum), 0);
	ck_assert_int_ge(sum.elapsed_ns, 2 * SLICE_NS);
	if (how.mode != LOAD_BULK) {
		ck_assert_uint_eq(sum.bytes, sum.echoes * how.length);
		ck_assert_uint_eq(sum.latency.total, sum.echoes);
	}
	ck_assert_uint_eq(load_opened(load), how.mode == LOAD_CHURN ? 0 :
	    how.connections);
	load_close(load);
	stop();
}
END_TEST

static const struct {
	enum wrong	 wrong;
	enum verdict	 verdict;
} wrongs[] = {
	{ CORRUPT, VERDICT_MISMATCH },
	{ CLOSE, VERDICT_CLOSED_MID_REPLY },
	{ SURPLUS, VERDICT_SURPLUS }
};

/* Each connection fails and is made anew: more failures than connections. */
START_TEST(wrong)
{
	struct load_how how = start(wrongs[_i].wrong);
	struct load *load = opened(&how);
	uint64_t *failed = &sum.failed[wrongs[_i].verdict];
	int64_t began = monotonic_ns();

	for (int i = 0; i < 400 && *failed <= how.connections; i++)
		load_slice(load, SLICE_NS, &sum);
	ck_assert(*failed > how.connections);
	ck_assert(sum.echoes > 0);
	/* No slice waited for one that was gone. */
	ck_assert_int_lt(monotonic_ns() - began, PATIENCE_NS);
	load_close(load);
	stop();
}
END_TEST

START_TEST(hangs)
{
	struct load_how how = start(HANG);
	int64_t began = monotonic_ns();
	struct load *load;

	how.patience_ns = NSEC_PER_SEC;
	load = opened(&how);
	for (int i = 0; i < 100 && load_failures(&sum) == 0; i++)
		load_slice(load, SLICE_NS, &sum);
	ck_assert(sum.failed[VERDICT_TIMED_OUT] +
	    sum.failed[VERDICT_PROCESS_HUNG] > 0);
	/* It was waited, and that is no time of the load. */
	ck_assert_int_ge(monotonic_ns() - began, sum.elapsed_ns +
	    how.patience_ns / 2);
	load_close(load);
	stop();
}
END_TEST

START_TEST(nobody_listens)
{
	struct load_how how = start(NOTHING);
	char why[WHY_MAX];

	stop();
	ck_assert(load_open(&how, why) == NULL);
	ck_assert_str_eq(why, "serves 0 of 4 connections: connection refused");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("load");
	TCase *tc = tcase_create("load");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, right, 0, sizeof(rights) / sizeof(rights[0]));
	tcase_add_loop_test(tc, wrong, 0, sizeof(wrongs) / sizeof(wrongs[0]));
	tcase_add_test(tc, hangs);
	tcase_add_test(tc, nobody_listens);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
