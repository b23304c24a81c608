/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "quantity.h"
#include "support.h"

static const struct {
	const char	*text;
	uint64_t	 bytes;
} sizes[] = {
	{ "0", 0 },
	{ "1", 1 },
	{ "4096B", 4096 },
	{ "1.5k", 1500 },
	{ "2kB", 2000 },
	{ "64KiB", 65536 },
	{ "64kib", 65536 },
	{ "10MB", 10000000 },
	{ "1Mi", 1048576 },
	{ "3g", 3000000000 },
	{ "1GiB", 1073741824 },
	{ "9007199254740992", UINT64_C(9007199254740992) },
};

START_TEST(size)
{
	char why[WHY_MAX];
	uint64_t bytes;

	ck_assert_int_eq(size_parse(sizes[_i].text, &bytes, why), 0);
	ck_assert_uint_eq(bytes, sizes[_i].bytes);
}
END_TEST

static const struct {
	const char	*text;
	int64_t		 ns;
} durations[] = {
	{ "0", 0 },
	{ "5", 5 * NSEC_PER_SEC },
	{ "5s", 5 * NSEC_PER_SEC },
	{ "7ns", 7 },
	{ "10us", 10000 },
	{ "250ms", 250 * NSEC_PER_MSEC },
	{ "0.5s", 500 * NSEC_PER_MSEC },
	{ "1.5m", 90 * NSEC_PER_SEC },
	{ "2min", 120 * NSEC_PER_SEC },
	{ "1000h", 3600000 * NSEC_PER_SEC },
};

START_TEST(duration)
{
	char why[WHY_MAX];
	int64_t ns;

	ck_assert_int_eq(duration_parse(durations[_i].text, &ns, why), 0);
	ck_assert_int_eq(ns, durations[_i].ns);
}
END_TEST

/* What is wrong is named. */
static const struct {
	const char	*text;
	const char	*why;
} bad_durations[] = {
	{ "", "not a number" },
	{ ".", "not a number" },
	{ "s", "not a number" },
	{ "-1s", "not a number" },
	{ "+1s", "not a number" },
	{ " 1s", "not a number" },
	{ "inf", "not a number" },
	{ "nan", "not a number" },
	{ "1.2.3s", "not a number" },
	{ "5x", "unknown unit \"x\"" },
	{ "5 s", "unknown unit \" s\"" },
	{ "0x10", "unknown unit \"x10\"" },
	{ "1e3", "unknown unit \"e3\"" },
	{ "1001h", "too large" },
	{ "99999999999999999999999", "too large" },
};

START_TEST(bad_duration)
{
	char why[WHY_MAX] = "";
	int64_t ns;

	ck_assert_int_eq(duration_parse(bad_durations[_i].text, &ns, why),
	    -1);
	ck_assert_msg(strstr(why, bad_durations[_i].why) == why, "%s: %s",
	    bad_durations[_i].text, why);
}
END_TEST

START_TEST(size_too_large)
{
	char why[WHY_MAX];
	uint64_t bytes;

	ck_assert_int_eq(size_parse("9007200GB", &bytes, why), -1);
	ck_assert_str_eq(why, "too large");
}
END_TEST

static const struct {
	const char	*text;
	int		 result;
	uint64_t	 count;
} counts[] = {
	{ "1", 0, 1 },
	{ "10", 0, 10 },
	{ "007", 0, 7 },
	{ "0", -1, 0 },
	{ "11", -1, 0 },
	{ "", -1, 0 },
	{ "-1", -1, 0 },
	{ "1x", -1, 0 },
	{ " 1", -1, 0 },
	{ "18446744073709551617", -1, 0 },	/* 2^64 + 1 */
};

START_TEST(count_in_range)
{
	char why[WHY_MAX];
	uint64_t n = 0;

	ck_assert_int_eq(count_parse(counts[_i].text, 1, 10, &n, why),
	    counts[_i].result);
	ck_assert_uint_eq(n, counts[_i].count);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "quantity");

	tcase_add_loop_test(tc, size, 0, ROWS(sizes));
	tcase_add_test(tc, size_too_large);
	tcase_add_loop_test(tc, duration, 0, ROWS(durations));
	tcase_add_loop_test(tc, bad_duration, 0, ROWS(bad_durations));
	tcase_add_loop_test(tc, count_in_range, 0, ROWS(counts));
}

int
main(void)
{
	return run_suite("quantity", fill);
}
