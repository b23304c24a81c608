/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "threshold.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct thresholds all;
static struct result r;

static size_t
held(const char *list)
{
	char why[WHY_MAX] = "";
	size_t i = 0, n = 0;

	all.n = 0;
	ck_assert_msg(thresholds_parse(list, &all, why) == 0, "%s: %s", list,
	    why);
	while (thresholds_next(&all, &i, &r) != NULL)
		n++;
	return n;
}

static void
some_result(void)
{
	memset(&r, 0, sizeof(r));
	r.sum.elapsed_ns = 2000000000;
	r.sum.echoes = 200;
	r.sum.failed[VERDICT_REFUSED] = 2;
	histogram_add_many(&r.sum.latency, 1000000, 200);
}

static const struct {
	const char	*list;
	size_t		 held;
} rows[] = {
	{ "p99>5ms", 0 }, { "p99>500us", 1 }, { "p99<5ms", 1 },
	{ "p99.99>0.5ms", 1 }, { "p50>1ms", 0 }, { "p50>=1ms", 1 },
	{ "p50<=1ms", 1 }, { "p50<1ms", 0 }, { "max>=1000us", 1 },
	{ "errors>0", 1 }, { "errors>=3", 0 }, { "errors>2", 0 },
	{ "rate<10000", 1 }, { "rate<1k", 1 }, { "rate<100", 0 },
	{ "rate<=100", 1 }, { "stddev>1s", 0 },
	{ "p99>5ms,errors>0,rate<10000", 2 },
	{ "elapsed>1s,late>0,unsent>0,lost>0", 1 },
};

START_TEST(right)
{
	some_result();
	ck_assert_uint_eq(held(rows[_i].list), rows[_i].held);
}
END_TEST

/* What no echo tells is a failure. */
START_TEST(no_echo)
{
	memset(&r, 0, sizeof(r));
	ck_assert_uint_eq(held("p99>5ms,p99<5ms,max>1h"), 3);
	ck_assert_uint_eq(held("errors>0"), 0);
}
END_TEST

START_TEST(has)
{
	held("p99>5ms,errors>0");
	ck_assert(thresholds_have(&all, "errors"));
	ck_assert(!thresholds_have(&all, "rate"));
}
END_TEST

static const struct {
	const char	*list, *why;
} wrongs[] = {
	{ "", "\"\" is not FIGURE>VALUE or FIGURE<VALUE" },
	{ "p99", "\"p99\" is not FIGURE>VALUE or FIGURE<VALUE" },
	{ "p99,errors>0", "\"p99\" is not FIGURE>VALUE or FIGURE<VALUE" },
	{ "errors>0,", "\"\" is not FIGURE>VALUE or FIGURE<VALUE" },
	{ "p98>1s", "no figure is called \"p98\"" },
	{ ">1s", "no figure is called \"\"" },
	{ "p99>", "p99>: not a number with a unit, such as 500ms, 5s, 2m or "
	    "1h" },
	{ "p99>5x", "p99>5x: unknown unit \"x\", write it as 500ms, 5s, 2m "
	    "or 1h" },
	{ "p99==5ms", "\"p99==5ms\" is not FIGURE>VALUE or FIGURE<VALUE" },
	{ "p99>>5ms", "p99>>5ms: not a number with a unit, such as 500ms, 5s,"
	    " 2m or 1h" },
	{ "rate<ten", "rate<ten: not a number with a unit, such as 1000 or"
	    " 1.5k" },
	{ "rate<1111111111111111111111111111111111",
	    "rate<1111111111111111111111111111111111: too long" },
};

START_TEST(lists_add_up)
{
	char why[WHY_MAX] = "";

	ck_assert_int_eq(thresholds_parse("p99>5ms,rate<1", &all, why), 0);
	ck_assert_int_eq(thresholds_parse("errors>0", &all, why), 0);
	ck_assert_uint_eq(all.n, 3);
	ck_assert(thresholds_have(&all, "rate"));
	ck_assert(thresholds_have(&all, "errors"));
}
END_TEST

START_TEST(wrong)
{
	char why[WHY_MAX] = "";

	ck_assert_int_eq(thresholds_parse(wrongs[_i].list, &all, why), -1);
	ck_assert_str_eq(why, wrongs[_i].why);
}
END_TEST

START_TEST(too_many)
{
	char list[THRESHOLDS_MAX * 9 + 9] = "errors>0", why[WHY_MAX];

	for (int i = 0; i < THRESHOLDS_MAX; i++)
		strcat(list, ",errors>0");
	ck_assert_int_eq(thresholds_parse(list, &all, why), -1);
	ck_assert_str_eq(why, "more than 32 conditions");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("threshold");
	TCase *tc = tcase_create("threshold");
	SRunner *runner;
	int failed;

	tcase_add_test(tc, lists_add_up);
	tcase_add_loop_test(tc, right, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tc, no_echo);
	tcase_add_test(tc, has);
	tcase_add_loop_test(tc, wrong, 0, sizeof(wrongs) / sizeof(wrongs[0]));
	tcase_add_test(tc, too_many);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
