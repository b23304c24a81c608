/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

#include <sys/wait.h>

#include <pthread.h>
#include <stdatomic.h>

#define LONG	100000

static const char *
own_name(void)
{
#if defined(__linux__)
	return program_invocation_short_name;
#else
	return getprogname();
#endif
}

/* What the program's own policy puts on standard error. */
static const char *
line(const char *message, int error)
{
	static char text[256];

	snprintf(text, sizeof(text), "%s: %s%s%s\n", own_name(), message,
	    error != 0 ? ": " : "", error != 0 ? strerror(error) : "");
	return text;
}

static int
exited(const struct captured *outcome, int status)
{
	return WIFEXITED(outcome->status) &&
	    WEXITSTATUS(outcome->status) == status;
}

/*
 * Without a policy.
 */

static void
two_messages(void *arg)
{
	(void)arg;
	printf("first, ");
	errno = ENOENT;
	err_msg("message %d", 1);
	err_ret("message %d", 2);
	exit(errno == ENOENT ? 7 : 8);
}

START_TEST(msg_and_ret_go_on)
{
	struct captured outcome;
	char want[512];

	capture(&outcome, two_messages, NULL);
	ck_assert(exited(&outcome, 7));
	snprintf(want, sizeof(want), "%s", line("message 1", 0));
	strcat(want, line("message 2", ENOENT));
	ck_assert_str_eq(outcome.err, want);
	ck_assert_str_eq(outcome.out, "first, ");
}
END_TEST

static void
quit(void *arg)
{
	(void)arg;
	errno = ENOENT;
	err_quit("no %s", "more");
}

static void
sys(void *arg)
{
	(void)arg;
	errno = EACCES;
	err_sys("no %s", "more");
}

static void
dump(void *arg)
{
	(void)arg;
	errno = EPERM;
	err_dump("no %s", "more");
}

START_TEST(quit_exits_without_errno_text)
{
	struct captured outcome;

	capture(&outcome, quit, NULL);
	ck_assert(exited(&outcome, 1));
	ck_assert_str_eq(outcome.err, line("no more", 0));
	ck_assert_int_eq(outcome.out_len, 0);
}
END_TEST

static void
end_slowly(void)
{
	pause_ms(300);
	printf("whole");
}

static void *
quit_too(void *arg)
{
	pause_ms(100);
	quit(arg);
	return NULL;
}

static void
quit_in_two_threads(void *arg)
{
	pthread_t other;

	atexit(end_slowly);
	ck_assert_int_eq(pthread_create(&other, NULL, quit_too, arg), 0);
	quit(arg);
}

/* What the first one does at its exit is not cut off. */
START_TEST(second_thread_does_not_exit)
{
	struct captured outcome;

	capture(&outcome, quit_in_two_threads, NULL);
	ck_assert(exited(&outcome, 1));
	ck_assert_str_eq(outcome.out, "whole");
}
END_TEST

static void
quit_and_quit(void)
{
	err_quit("at the end");
}

static void
quit_at_exit(void *arg)
{
	atexit(quit_and_quit);
	quit(arg);
}

START_TEST(function_of_atexit_may_fail)
{
	struct captured outcome;

	capture(&outcome, quit_at_exit, NULL);
	ck_assert(exited(&outcome, 1));
}
END_TEST

START_TEST(sys_exits_with_errno_text)
{
	struct captured outcome;

	capture(&outcome, sys, NULL);
	ck_assert(exited(&outcome, 1));
	ck_assert_str_eq(outcome.err, line("no more", EACCES));
}
END_TEST

START_TEST(dump_aborts)
{
	struct captured outcome;

	capture(&outcome, dump, NULL);
	ck_assert(WIFSIGNALED(outcome.status));
	ck_assert_int_eq(WTERMSIG(outcome.status), SIGABRT);
	ck_assert_str_eq(outcome.err, line("no more", EPERM));
}
END_TEST

static void
output_then_message(void *arg)
{
	(void)arg;
	dup2(STDOUT_FILENO, STDERR_FILENO);
	printf("output, ");
	err_msg("message");
}

START_TEST(message_follows_the_output_before_it)
{
	struct captured outcome;
	char want[512];

	capture(&outcome, output_then_message, NULL);
	snprintf(want, sizeof(want), "output, %s", line("message", 0));
	ck_assert_str_eq(outcome.out, want);
}
END_TEST

static void
long_message(void *arg)
{
	char *text = malloc(LONG + 1);

	(void)arg;
	memset(text, 'x', LONG);
	text[LONG] = '\0';
	dup2(STDOUT_FILENO, STDERR_FILENO);
	err_msg("%s", text);
	free(text);
}

START_TEST(long_message_is_whole_on_standard_error)
{
	struct captured outcome;

	capture(&outcome, long_message, NULL);
	ck_assert_int_eq(outcome.out_len,
	    strlen(own_name()) + strlen(": \n") + LONG);
}
END_TEST

/*
 * The parts of a policy.
 */

START_TEST(msg_is_informational)
{
	catch_errors();
	errno = ENOENT;
	err_msg("a %s", "message");
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_reported(LOG_INFO, 0, "a message");
	ck_assert_int_eq(caught.fatals, 0);
}
END_TEST

START_TEST(ret_is_informational)
{
	catch_errors();
	errno = ENOENT;
	err_ret("a %s", "message");
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_reported(LOG_INFO, ENOENT, "a message");
	ck_assert_int_eq(caught.fatals, 0);
}
END_TEST

START_TEST(quit_is_fatal)
{
	errno = ENOENT;
	ck_assert_fatal(err_quit("a %s", "message"), 0, "a message");
}
END_TEST

START_TEST(sys_is_fatal)
{
	errno = ENOENT;
	ck_assert_fatal(err_sys("a %s", "message"), ENOENT, "a message");
}
END_TEST

START_TEST(percent_sign_in_an_argument_is_text)
{
	catch_errors();
	err_msg("%s", "100%s%n");
	ck_assert_reported(LOG_INFO, 0, "100%%s%%n");
}
END_TEST

START_TEST(unknown_errno_has_a_text)
{
	catch_errors();
	errno = 99999;
	err_ret("odd");
	ck_assert_reported(LOG_INFO, 99999, "odd");
}
END_TEST

static void
keep_last(int priority, const char *message, void *arg)
{
	char **last = arg;

	(void)priority;
	free(*last);
	*last = strdup(message);
	errno = ERANGE;
}

START_TEST(errno_is_kept_from_the_callback)
{
	char *last = NULL;
	struct unpwrap_error_policy policy = {
		.report = keep_last, .arg = &last
	};

	unpwrap_error_policy(&policy);
	errno = ENOENT;
	err_msg("one");
	ck_assert_int_eq(errno, ENOENT);
	err_ret("two");
	ck_assert_int_eq(errno, ENOENT);
	free(last);
}
END_TEST

START_TEST(program_name_is_the_policy_s)
{
	static const char *const names[] = { NULL, "", "name" };
	char *last = NULL, want[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct unpwrap_error_policy policy = {
			.program = names[i], .report = keep_last, .arg = &last
		};
		const char *shown = names[i] != NULL ? names[i] : own_name();

		unpwrap_error_policy(&policy);
		err_msg("text");
		snprintf(want, sizeof(want), "%s%stext", shown,
		    shown[0] != '\0' ? ": " : "");
		ck_assert_str_eq(last, want);
	}
	free(last);
}
END_TEST

/* Every length about that of any buffer on the way. */
START_TEST(no_length_is_cut)
{
	static const size_t middles[] = { 128, 256, 512, 1024, 2048, 4096,
		8192, LONG };
	struct unpwrap_error_policy policy = { .program = "",
		.report = keep_last };
	char *text = malloc(LONG + 10), *last = NULL;

	policy.arg = &last;
	unpwrap_error_policy(&policy);
	for (size_t i = 0; i < sizeof(middles) / sizeof(middles[0]); i++)
		for (size_t n = middles[i] - 40; n < middles[i] + 5; n++) {
			memset(text, 'x', n);
			text[0] = '<';
			text[n - 1] = '>';
			text[n] = '\0';
			err_msg("%s", text);
			ck_assert_str_eq(last, text);
			errno = EPIPE;
			err_ret("%s", text);
			ck_assert_int_eq(strlen(last), n + strlen(": ") +
			    strlen(strerror(EPIPE)));
			ck_assert_str_eq(last + n + 2, strerror(EPIPE));
		}
	free(last);
	free(text);
}
END_TEST

START_TEST(policy_returns_the_one_before)
{
	static const struct unpwrap_error_policy one, two;
	const struct unpwrap_error_policy *standard;

	standard = unpwrap_error_policy(&one);
	ck_assert_ptr_nonnull(standard);
	ck_assert_ptr_eq(unpwrap_error_policy(&two), &one);
	ck_assert_ptr_eq(unpwrap_error_policy(NULL), &two);
	ck_assert_ptr_eq(unpwrap_error_policy(standard), standard);
}
END_TEST

static void
lenient(int status, void *arg)
{
	printf("fatal %d %s", status, (const char *)arg);
	fflush(stdout);
}

static const struct unpwrap_error_policy lenient_policy = {
	.fatal = lenient, .arg = "arg"
};

static void
quit_leniently(void *arg)
{
	unpwrap_error_policy(&lenient_policy);
	quit(arg);
}

static void
dump_leniently(void *arg)
{
	unpwrap_error_policy(&lenient_policy);
	dump(arg);
}

START_TEST(fatal_that_returns_is_an_exit)
{
	struct captured outcome;

	capture(&outcome, quit_leniently, NULL);
	ck_assert(exited(&outcome, 1));
	ck_assert_str_eq(outcome.out, "fatal 1 arg");
	ck_assert_str_eq(outcome.err, line("no more", 0));
}
END_TEST

START_TEST(dump_does_not_ask_fatal)
{
	struct captured outcome;

	capture(&outcome, dump_leniently, NULL);
	ck_assert(WIFSIGNALED(outcome.status));
	ck_assert_int_eq(WTERMSIG(outcome.status), SIGABRT);
	ck_assert_str_eq(outcome.out, "");
}
END_TEST

static void
end_thread(int status, void *arg)
{
	(void)status;
	pthread_exit(arg);
}

static void
ignore(int priority, const char *message, void *arg)
{
	(void)priority, (void)message, (void)arg;
}

static void *
fatal_in_a_thread(void *arg)
{
	(void)arg;
	err_quit("this thread");
}

START_TEST(fatal_may_end_the_thread)
{
	static const struct unpwrap_error_policy policy = {
		.report = ignore, .fatal = end_thread, .arg = &caught
	};
	pthread_t thread;
	void *result;

	unpwrap_error_policy(&policy);
	ck_assert_int_eq(pthread_create(&thread, NULL, fatal_in_a_thread,
	    NULL), 0);
	ck_assert_int_eq(pthread_join(thread, &result), 0);
	ck_assert_ptr_eq(result, &caught);
}
END_TEST

/* A policy's parts must never be seen mixed with another's. */
static atomic_int mixed, reported;

static void
compare_name(int priority, const char *message, void *arg)
{
	(void)priority;
	if (strncmp(message, arg, strlen(arg)) != 0)
		atomic_fetch_add(&mixed, 1);
	atomic_fetch_add(&reported, 1);
}

static void *
report_often(void *arg)
{
	(void)arg;
	for (int i = 0; i < 5000; i++)
		err_msg("text");
	return NULL;
}

START_TEST(policy_changes_while_threads_report)
{
	static const struct unpwrap_error_policy policies[] = {
		{ "one", compare_name, NULL, "one: " },
		{ "two", compare_name, NULL, "two: " },
	};
	pthread_t threads[2];

	unpwrap_error_policy(&policies[0]);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL,
		    report_often, NULL), 0);
	for (int i = 0; atomic_load(&reported) < 10000; i++)
		unpwrap_error_policy(&policies[i % 2]);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(atomic_load(&mixed), 0);
}
END_TEST

static void
message_to_syslog(void *arg)
{
	static const struct unpwrap_error_policy policy = {
		.program = "", .report = unpwrap_report_syslog
	};

	(void)arg;
	openlog("tests", LOG_PERROR, LOG_USER);
	unpwrap_error_policy(&policy);
	err_quit("%s", "50%s%n");
}

START_TEST(syslog_takes_messages)
{
	struct captured outcome;

	capture(&outcome, message_to_syslog, NULL);
	ck_assert(exited(&outcome, 1));
	ck_assert_msg(strstr(outcome.err, "tests: 50%s%n") != NULL, "%s",
	    outcome.err);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "default");

	tcase_add_test(tc, msg_and_ret_go_on);
	tcase_add_test(tc, quit_exits_without_errno_text);
	tcase_add_test(tc, second_thread_does_not_exit);
	tcase_add_test(tc, function_of_atexit_may_fail);
	tcase_add_test(tc, sys_exits_with_errno_text);
	tcase_add_test(tc, dump_aborts);
	tcase_add_test(tc, message_follows_the_output_before_it);
	tcase_add_test(tc, long_message_is_whole_on_standard_error);

	tc = add_case(suite, "policy");
	tcase_add_test(tc, msg_is_informational);
	tcase_add_test(tc, ret_is_informational);
	tcase_add_test(tc, quit_is_fatal);
	tcase_add_test(tc, sys_is_fatal);
	tcase_add_test(tc, percent_sign_in_an_argument_is_text);
	tcase_add_test(tc, unknown_errno_has_a_text);
	tcase_add_test(tc, errno_is_kept_from_the_callback);
	tcase_add_test(tc, program_name_is_the_policy_s);
	tcase_add_test(tc, no_length_is_cut);
	tcase_add_test(tc, policy_returns_the_one_before);
	tcase_add_test(tc, fatal_that_returns_is_an_exit);
	tcase_add_test(tc, dump_does_not_ask_fatal);
	tcase_add_test(tc, fatal_may_end_the_thread);
	tcase_add_test(tc, policy_changes_while_threads_report);
	tcase_add_test(tc, syslog_takes_messages);
}

int
main(void)
{
	return run_suite("error", fill);
}
