/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "statistics.h"
#include "turns.h"
#include "support.h"

START_TEST(middle)
{
	double odd[] = { 3, 1, 2 }, even[] = { 4, 1, 3, 2 }, one[] = { 7 };

	ck_assert(median(odd, 3) == 2);
	ck_assert(median(even, 4) == 2.5);
	ck_assert(median(one, 1) == 7);
	ck_assert(median(NULL, 0) == 0);
}
END_TEST

START_TEST(interval_of_equals)
{
	double values[20];
	struct interval interval;

	for (int i = 0; i < 20; i++)
		values[i] = 1.5;
	interval = median_interval(values, 20);
	ck_assert(interval.low == 1.5 && interval.median == 1.5 &&
	    interval.high == 1.5);
}
END_TEST

/* One wild value in ten must not move it. */
START_TEST(interval_bears_outliers)
{
	double values[100];
	struct interval interval;

	for (int i = 0; i < 100; i++)
		values[i] = i % 10 == 9 ? 1000 : 0.8 + 0.001 * (i % 10);
	interval = median_interval(values, 100);
	ck_assert(interval.low >= 0.8 && interval.high <= 0.81);
	ck_assert(interval.low <= interval.median);
	ck_assert(interval.median <= interval.high);
}
END_TEST

/* Of 1 to 101 the order statistics that the binomial law gives are the 41st and
 * the 61st, give or take one. */
START_TEST(interval_has_its_width)
{
	double values[101];
	struct interval interval;

	for (int i = 0; i < 101; i++)
		values[i] = 101 - i;
	interval = median_interval(values, 101);
	ck_assert(interval.median == 51);
	ck_assert(interval.low >= 38 && interval.low <= 44);
	ck_assert(interval.high >= 58 && interval.high <= 64);
}
END_TEST

START_TEST(same_sample_same_interval)
{
	double a[] = { 5, 1, 4, 2, 3 }, b[] = { 5, 1, 4, 2, 3 };
	struct interval first = median_interval(a, 5);
	struct interval again = median_interval(b, 5);

	ck_assert(first.low == again.low && first.high == again.high);
}
END_TEST

START_TEST(few_values_have_no_interval)
{
	double values[] = { .97, .98, .96, .97, .98, .97 };

	for (size_t n = 0; n <= 6; n++) {
		struct interval interval = median_interval(values, n);

		ck_assert_int_eq(interval_is_known(&interval), n >= 6);
	}
}
END_TEST

START_TEST(ratios)
{
	double a[] = { 2, -1, 4, 8, 6 }, b[] = { 1, 1, 2, 0, 3 };
	double none[] = { 0, 0, 0, 0, 0 };
	struct interval interval = ratio_interval(a, b, 5);

	ck_assert(interval.median == 2);
	ck_assert(interval.low == 2 && interval.high == 2);
	ck_assert_uint_eq(interval.n, 3);
	ck_assert_uint_eq(ratio_interval(a, b, 0).n, 0);
	/* A server that does nothing is not one that nobody knows of. */
	interval = ratio_interval(none, a, 5);
	ck_assert(interval.n == 4 && interval.high == 0);
	ck_assert_uint_eq(ratio_interval(a, none, 5).n, 0);
}
END_TEST

/* In two cycles for each each one is at each place. */
START_TEST(turns)
{
	unsigned at[3][3] = { { 0 } };

	for (size_t cycle = 0; cycle < 6; cycle++)
		for (size_t i = 0; i < 3; i++)
			at[whose_turn(cycle, i, 3)][i]++;
	for (size_t who = 0; who < 3; who++)
		for (size_t i = 0; i < 3; i++)
			ck_assert_uint_eq(at[who][i], 2);
}
END_TEST

START_TEST(sides)
{
	struct interval interval = { .low = 0.9, .median = 0.95,
	    .high = 0.99, .n = 3 };

	ck_assert_int_eq(interval_side(&interval, 1), -1);
	ck_assert_int_eq(interval_side(&interval, 0.95), 0);
	ck_assert_int_eq(interval_side(&interval, 0.99), 0);
	ck_assert_int_eq(interval_side(&interval, 0.8), 1);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "statistics");

	tcase_add_test(tc, middle);
	tcase_add_test(tc, interval_of_equals);
	tcase_add_test(tc, interval_bears_outliers);
	tcase_add_test(tc, interval_has_its_width);
	tcase_add_test(tc, same_sample_same_interval);
	tcase_add_test(tc, few_values_have_no_interval);
	tcase_add_test(tc, ratios);
	tcase_add_test(tc, turns);
	tcase_add_test(tc, sides);
}

int
main(void)
{
	return run_suite("statistics", fill);
}
