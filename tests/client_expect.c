/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "expect.h"
#include "quantity.h"
#include "tuning.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(every_verdict_of_a_connection)
{
	struct expectation e;
	char why[WHY_MAX];

	for (int i = 0; i < VERDICTS; i++) {
		int expected = i == VERDICT_USAGE ||
		    i == VERDICT_EXPECTATION_MISSED ||
		    i == VERDICT_NOT_PLOTTED ? -1 : 0;

		ck_assert_int_eq(expect_parse(verdicts[i].token, &e, why),
		    expected);
		if (expected == -1)
			continue;
		for (int j = 0; j < VERDICTS; j++)
			ck_assert_int_eq(expect_status(&e, (enum verdict)j),
			    i == j ? 0 : 40);
	}
}
END_TEST

START_TEST(several)
{
	struct expectation e;
	char why[WHY_MAX];

	ck_assert_int_eq(expect_parse("lost,ok,reordered", &e, why), 0);
	ck_assert_int_eq(expect_status(&e, VERDICT_LOST), 0);
	ck_assert_int_eq(expect_status(&e, VERDICT_OK), 0);
	ck_assert_int_eq(expect_status(&e, VERDICT_REORDERED), 0);
	ck_assert_int_eq(expect_status(&e, VERDICT_MISMATCH), 40);
}
END_TEST

START_TEST(none)
{
	struct expectation e = { .list = NULL };

	for (int i = 0; i < VERDICTS; i++)
		ck_assert_int_eq(expect_status(&e, (enum verdict)i),
		    verdicts[i].status);
}
END_TEST

START_TEST(wrong_lists)
{
	static const char *const lists[] = { "", ",", "ok,", ",ok", "ok,,lost",
	    "o", "okay", "OK", " ok", "ok lost", "los" };
	struct expectation e;
	char why[WHY_MAX];

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		ck_assert_int_eq(expect_parse(lists[i], &e, why), -1);
	expect_parse("ok,gone,lost", &e, why);
	ck_assert_ptr_nonnull(strstr(why, "\"gone\""));
}
END_TEST

START_TEST(keepalive)
{
	for (int seconds = 1; seconds <= 32767; seconds++) {
		struct keepalive k = keepalive_within(seconds * NSEC_PER_SEC);

		ck_assert_int_ge(k.idle, 1);
		ck_assert_int_ge(k.interval, 1);
		ck_assert_int_ge(k.count, 1);
		ck_assert_int_eq(k.idle + k.count * k.interval,
		    seconds > 1 ? seconds : 2);
	}
	ck_assert_int_eq(keepalive_within(1).idle, 1);
	ck_assert_int_le(keepalive_within(INT64_C(3600000) *
	    NSEC_PER_SEC).idle, 32767);
}
END_TEST

static Suite *
expect_suite(void)
{
	Suite *suite = suite_create("expect");
	TCase *tc = tcase_create("expect");

	tcase_add_test(tc, every_verdict_of_a_connection);
	tcase_add_test(tc, several);
	tcase_add_test(tc, none);
	tcase_add_test(tc, wrong_lists);
	tcase_add_test(tc, keepalive);
	suite_add_tcase(suite, tc);
	return suite;
}

int
main(void)
{
	SRunner *runner = srunner_create(expect_suite());
	int failed;

	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
