/*
 * check.h - a stand-in for the part of Check that these tests use
 *
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 *
 * For machines without Check, and for a libc that Check was not built for:
 * -I tests/standin takes it in the place of the real one.  Every test runs in a
 * process group of its own, TAP goes to standard output.  What is not static is
 * weak, so that all files of a program share it.
 */
#ifndef UNPWRAP_STANDIN_CHECK_H
#define UNPWRAP_STANDIN_CHECK_H

#include <sys/mman.h>
#include <sys/wait.h>

#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STANDIN		__attribute__((__weak__))
#define STANDIN_MAX	256	/* tests of a program, cases of a suite */

typedef void (*TFun)(int);

typedef struct {
	const char *name;
	int	 timeout;
} TCase;

struct standin_test {
	const char *file, *name;
	TCase	*tcase;
	TFun	 run;
	int	 i;
};

typedef struct {
	int	 ntests, ncases, nfailed;
	struct standin_test tests[STANDIN_MAX];
	TCase	*cases[STANDIN_MAX];
} Suite;
typedef Suite SRunner;
enum print_output { CK_SILENT };

/* What the process of a test tells its parent, in memory that they share. */
struct standin_result {
	int	 returned;
	char	 text[4096];
};
STANDIN struct standin_result *standin_result;
STANDIN Suite standin_suite;
STANDIN volatile pid_t standin_running;
STANDIN volatile sig_atomic_t standin_late;

#define START_TEST(name)	static void name(int _i __attribute__((unused)))
#define END_TEST

STANDIN void __attribute__((__noreturn__, __format__(__printf__, 3, 4)))
standin_fail(const char *file, int line, const char *format, ...)
{
	char *text = standin_result->text;
	va_list args;
	int n;

	n = snprintf(text, sizeof(standin_result->text), "%s:%d: ", file, line);
	va_start(args, format);
	vsnprintf(text + n, sizeof(standin_result->text) - n, format, args);
	va_end(args);
	exit(1);
}

#define ck_abort_msg(...)	standin_fail(__FILE__, __LINE__, __VA_ARGS__)
#define ck_assert_msg(test, ...)					\
	((test) ? (void)0 : ck_abort_msg(__VA_ARGS__))
#define ck_assert(test)							\
	ck_assert_msg(test, "Assertion '%s' failed", #test)
#define STANDIN_COMPARE(type, format, x, op, y)	do {			\
	type x_ = (x);							\
	type y_ = (y);							\
	ck_assert_msg(x_ op y_, "Assertion '%s' failed: " format ", "	\
	    format, #x " " #op " " #y, x_, y_);				\
} while (0)
#define ck_assert_int_eq(x, y)	STANDIN_COMPARE(intmax_t, "%jd", x, ==, y)
#define ck_assert_uint_eq(x, y)	STANDIN_COMPARE(uintmax_t, "%ju", x, ==, y)
#define ck_assert_int_ne(x, y)	STANDIN_COMPARE(intmax_t, "%jd", x, !=, y)
#define ck_assert_int_lt(x, y)	STANDIN_COMPARE(intmax_t, "%jd", x, <, y)
#define ck_assert_int_le(x, y)	STANDIN_COMPARE(intmax_t, "%jd", x, <=, y)
#define ck_assert_int_gt(x, y)	STANDIN_COMPARE(intmax_t, "%jd", x, >, y)
#define ck_assert_int_ge(x, y)	STANDIN_COMPARE(intmax_t, "%jd", x, >=, y)
#define ck_assert_uint_ne(x, y)	STANDIN_COMPARE(uintmax_t, "%ju", x, !=, y)
#define ck_assert_uint_le(x, y)	STANDIN_COMPARE(uintmax_t, "%ju", x, <=, y)
#define ck_assert_uint_ge(x, y)	STANDIN_COMPARE(uintmax_t, "%ju", x, >=, y)
#define ck_assert_uint_gt(x, y)	STANDIN_COMPARE(uintmax_t, "%ju", x, >, y)
#define ck_assert_ptr_eq(x, y)	STANDIN_COMPARE(const void *, "%p", x, ==, y)
#define ck_assert_ptr_ne(x, y)	STANDIN_COMPARE(const void *, "%p", x, !=, y)
#define ck_assert_ptr_null(x)		ck_assert_ptr_eq(x, NULL)
#define ck_assert_ptr_nonnull(x)	ck_assert_ptr_ne(x, NULL)
#define ck_assert_str_eq(x, y)	do {					\
	const char *x_ = (x), *y_ = (y);				\
	ck_assert_msg(x_ != NULL && y_ != NULL && strcmp(x_, y_) == 0,	\
	    "Assertion '%s' failed: \"%s\", \"%s\"", #x " == " #y,	\
	    x_ != NULL ? x_ : "(null)", y_ != NULL ? y_ : "(null)");	\
} while (0)
#define ck_assert_mem_eq(x, y, n)					\
	ck_assert_msg(memcmp(x, y, n) == 0,				\
	    "Assertion '%s' failed: other bytes", #x " == " #y)

#define suite_create(name)		((void)(name), &standin_suite)
#define suite_add_tcase(suite, tcase)					\
	((suite)->cases[(suite)->ncases++] = (tcase))
#define srunner_create(suite)		(suite)
#define srunner_set_tap(runner, path)	((void)(runner), (void)(path))
#define srunner_ntests_failed(runner)	((runner)->nfailed)
#define tcase_set_timeout(tcase, s)	((tcase)->timeout = (int)(s))
#define tcase_add_test(tcase, test)	tcase_add_loop_test(tcase, test, 0, 1)
#define tcase_add_loop_test(tcase, test, from, to)			\
	standin_add(tcase, __FILE__, #test, test, from, to)

STANDIN TCase *
tcase_create(const char *name)
{
	TCase *tcase = calloc(1, sizeof(*tcase));

	if (tcase == NULL)
		abort();
	tcase->name = name;
	tcase->timeout = 4;
	return tcase;
}

STANDIN void
standin_add(TCase *tcase, const char *file, const char *name, TFun run,
    int from, int to)
{
	const char *slash = strrchr(file, '/');

	for (int i = from; i < to; i++) {
		if (standin_suite.ntests == STANDIN_MAX)
			abort();
		standin_suite.tests[standin_suite.ntests++] =
		    (struct standin_test){ slash != NULL ? slash + 1 : file,
		    name, tcase, run, i };
	}
}

STANDIN void
standin_timeout(int signo)
{
	(void)signo;
	standin_late = 1;
	kill(-standin_running, SIGKILL);
}

STANDIN int
standin_run(const struct standin_test *test)
{
	const char *factor = getenv("CK_TIMEOUT_MULTIPLIER");
	struct sigaction late = { .sa_handler = standin_timeout,
	    .sa_flags = SA_RESTART };
	int status;

	memset(standin_result, 0, sizeof(*standin_result));
	standin_late = 0;
	fflush(NULL);
	standin_running = fork();
	if (standin_running == -1)
		abort();
	if (standin_running == 0) {
		setpgid(0, 0);
		test->run(test->i);
		standin_result->returned = 1;
		exit(0);
	}
	setpgid(standin_running, standin_running);
	sigaction(SIGALRM, &late, NULL);
	alarm(test->tcase->timeout * (factor != NULL ? atoi(factor) : 1));
	waitpid(standin_running, &status, 0);
	alarm(0);
	late.sa_handler = SIG_DFL;
	sigaction(SIGALRM, &late, NULL);
	kill(-standin_running, SIGKILL);	/* what it left behind */
	return status;
}

STANDIN void
srunner_run_all(SRunner *runner, enum print_output mode)
{
	const char *text;
	int status;

	(void)mode;
	standin_result = mmap(NULL, sizeof(*standin_result),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (standin_result == MAP_FAILED)
		abort();
	printf("1..%d\n", runner->ntests);
	for (int n = 0; n < runner->ntests; n++) {
		const struct standin_test *test = &runner->tests[n];

		status = standin_run(test);
		text = standin_result->text;
		if (status == 0 && standin_result->returned)
			text = "Passed";
		else if (standin_late)
			text = "Test timeout expired";
		else if (WIFSIGNALED(status))
			text = strsignal(WTERMSIG(status));
		else if (text[0] == '\0')
			text = "Early exit";
		runner->nfailed += status != 0 || !standin_result->returned;
		printf("%sok %d - %s:%s:%s: %s\n",
		    status == 0 && standin_result->returned ? "" : "not ",
		    n + 1, test->file, test->tcase->name, test->name, text);
	}
	fflush(stdout);
}

STANDIN void
srunner_free(SRunner *runner)
{
	while (runner->ncases > 0)
		free(runner->cases[--runner->ncases]);
	munmap(standin_result, sizeof(*standin_result));
}

#endif
