/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "histogram.h"
#include "support.h"

static struct histogram h, other;

static void
empty(void)
{
	memset(&h, 0, sizeof(h));
	memset(&other, 0, sizeof(other));
}

START_TEST(nothing)
{
	empty();
	ck_assert_int_eq(histogram_quantile(&h, 0.5), 0);
}
END_TEST

/* Each value comes back at most 0.1 % too high, and never too low. */
START_TEST(keeps_three_digits)
{
	for (int64_t value = 0; value < INT64_C(1) << 42;
	    value += value / 3 + 1) {
		int64_t got;

		empty();
		histogram_add(&h, value);
		h.max = INT64_MAX;	/* which would hide a step's end */
		got = histogram_quantile(&h, 1);
		ck_assert_int_ge(got, value);
		ck_assert_int_le(got, value + value / 1000);
	}
}
END_TEST

START_TEST(out_of_range)
{
	empty();
	histogram_add(&h, -5);
	ck_assert_int_eq(histogram_quantile(&h, 1), 0);
	histogram_add(&h, INT64_MAX);
	ck_assert_int_eq(h.max, INT64_MAX);
	ck_assert_int_eq(histogram_quantile(&h, 1), (INT64_C(1) << 42) - 1);
}
END_TEST

START_TEST(quantiles)
{
	empty();
	for (int64_t i = 1; i <= 1000; i++)
		histogram_add(&h, i);
	ck_assert_int_eq(histogram_quantile(&h, 0), 1);
	ck_assert_int_eq(histogram_quantile(&h, 0.5), 500);
	ck_assert_int_eq(histogram_quantile(&h, 0.99), 990);
	ck_assert_int_eq(histogram_quantile(&h, 0.9995), 1000);
	ck_assert_int_eq(histogram_quantile(&h, 1), 1000);
}
END_TEST

START_TEST(merged)
{
	empty();
	for (int64_t i = 1; i <= 10; i++)
		histogram_add(i % 2 == 0 ? &h : &other, i);
	histogram_merge(&other, &h);
	ck_assert_uint_eq(other.total, 10);
	ck_assert_int_eq(other.max, 10);
	ck_assert_int_eq(histogram_quantile(&other, 0.7), 7);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "histogram");

	tcase_add_test(tc, nothing);
	tcase_add_test(tc, keeps_three_digits);
	tcase_add_test(tc, out_of_range);
	tcase_add_test(tc, quantiles);
	tcase_add_test(tc, merged);
}

int
main(void)
{
	return run_suite("histogram", fill);
}
