/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "moment.h"
#include "quantity.h"
#include "support.h"

#include <time.h>

static const struct {
	const char	*text;
	int64_t		 ns;
} rights[] = {
	{ "1970-01-01T00:00:00Z", 0 },
	{ "2026-11-22T10:00:00Z", INT64_C(1795341600000000000) },
	{ "2026-11-22t10:00:00z", INT64_C(1795341600000000000) },
	{ "2026-11-22 10:00:00Z", INT64_C(1795341600000000000) },
	{ "2026-11-22T11:30:00+01:30", INT64_C(1795341600000000000) },
	{ "2026-11-22T00:00:00-10:00", INT64_C(1795341600000000000) },
	{ "2026-11-22T10:00:00.25Z", INT64_C(1795341600250000000) },
	{ "2026-11-22T10:00:00.1234567899Z", INT64_C(1795341600123456789) },
	{ "2024-02-29T23:59:59Z", INT64_C(1709251199000000000) },
	{ "2024-03-01T00:00:00Z", INT64_C(1709251200000000000) },
	{ "2100-03-01T00:00:00Z", INT64_C(4107542400000000000) },
	{ "2000-02-29T00:00:00Z", INT64_C(951782400000000000) },
	{ "2016-12-31T23:59:60Z", INT64_C(1483228800000000000) },
	{ "@0", 0 },
	{ "@1766397600", INT64_C(1766397600000000000) },
	{ "@1766397600.5", INT64_C(1766397600500000000) },
	{ "@1766397600.000000001", INT64_C(1766397600000000001) },
};

static const char *const wrongs[] = { "", "@", "@x", "@-1", "@1.", "@1.x",
	"@1x", "@1 ", "@ 1", "@99999999999999999999999999", "now",
	"1766397600", "2026-11-22", "2026-11-22T10:00:00", "2026-11-22T10:00Z",
	"2026-11-22T10:00:00.Z", "2026-11-22T10:00:00Zx",
	"2026-11-22T24:00:00Z", "2026-11-22T10:60:00Z",
	"2026-11-22T10:00:61Z", "2026-13-01T00:00:00Z",
	"2026-00-01T00:00:00Z", "2026-11-31T00:00:00Z",
	"2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
	"2026-11-00T00:00:00Z", "1969-12-31T23:59:59Z",
	"1970-01-01T00:00:00+00:01", "2026-11-22T10:00:00+0100",
	"2026-11-22T10:00:00+24:00", "2026-11-22T10:00:00+01:60",
	"9999-01-01T00:00:00Z", "226-11-22T10:00:00Z",
};

START_TEST(right)
{
	char why[WHY_MAX];
	int64_t ns = -1;

	ck_assert_msg(moment_parse(rights[_i].text, &ns, why) == 0, "%s: %s",
	    rights[_i].text, why);
	ck_assert_int_eq(ns, rights[_i].ns);
}
END_TEST

START_TEST(wrong)
{
	char why[WHY_MAX];
	int64_t ns;

	ck_assert_msg(moment_parse(wrongs[_i], &ns, why) == -1, "\"%s\"",
	    wrongs[_i]);
}
END_TEST

START_TEST(now)
{
	int64_t ns = moment_now();
	struct timespec real;	/* time(2) may be a clock tick behind it */

	ck_assert_int_eq(clock_gettime(CLOCK_REALTIME, &real), 0);
	ck_assert(ns / NSEC_PER_SEC <= real.tv_sec);
	ck_assert(ns / NSEC_PER_SEC >= real.tv_sec - 60);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "moment");

	tcase_add_loop_test(tc, right, 0, ROWS(rights));
	tcase_add_loop_test(tc, wrong, 0, ROWS(wrongs));
	tcase_add_test(tc, now);
}

int
main(void)
{
	return run_suite("moment", fill);
}
