/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "histogram.h"
#include "support.h"

#include <math.h>

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

#define VALUES	1000000

/* A number from 0 to 1, the same ones each time. */
static double
fraction(void)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (double)(state >> 11) / 9007199254740992.;
}

static double
uniform(void)
{
	return 1e6 * fraction();
}

static double
exponential(void)
{
	return -1e5 * log(1 - fraction());
}

static double
log_normal(void)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += fraction();
	return exp(11 + 1.5 * sum);
}

static double
two_humps(void)
{
	return fraction() < 0.95 ? 2e4 + 1e3 * fraction() :
	    1e8 + 1e7 * fraction();
}

static double
long_tail(void)
{
	return 1e4 / pow(1 - fraction(), 1.2);
}

static double	 (*const distributions[])(void) = {
	uniform, exponential, log_normal, two_humps, long_tail
};

static int
ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Within 0.1 % of what sorting says, and never below. */
START_TEST(as_sorted)
{
	static const double parts[] = { 0, .01, .5, .9, .99, .999, .9999,
	    .99999, 1 };
	static int64_t values[VALUES];

	empty();
	for (int i = 0; i < VALUES; i++) {
		values[i] = (int64_t)distributions[_i]();
		histogram_add(&h, values[i]);
	}
	qsort(values, VALUES, sizeof(values[0]), ascending);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		double rank = ceil(parts[i] * VALUES);
		int64_t exact = values[rank < 1 ? 0 : (int)rank - 1];
		int64_t got = histogram_quantile(&h, parts[i]);

		ck_assert_int_ge(got, exact);
		ck_assert_int_le(got, exact + exact / 1000);
	}
}
END_TEST

static void
add_some(struct histogram *to, int n)
{
	for (int i = 0; i < n; i++)
		histogram_add(to, (int64_t)long_tail());
}

START_TEST(merge_is_associative)
{
	static struct histogram a, b, c, left, right;

	add_some(&a, 1000);
	add_some(&b, 10);
	add_some(&c, 100000);
	left = a;		/* (a + b) + c */
	histogram_merge(&left, &b);
	histogram_merge(&left, &c);
	right = c;		/* a + (c + b) */
	histogram_merge(&right, &b);
	histogram_merge(&right, &a);
	ck_assert_mem_eq(&left, &right, sizeof(left));
	ck_assert_uint_eq(left.total, 101010);
}
END_TEST

/* As it travels: by its steps. */
START_TEST(steps_are_all)
{
	unsigned step = 0;
	uint64_t times;
	int64_t ns;

	empty();
	add_some(&h, 100000);
	histogram_add(&h, INT64_C(1) << 60);
	while (histogram_next(&h, &step, &ns, &times))
		histogram_add_many(&other, ns, times);
	ck_assert_mem_eq(h.steps, other.steps, sizeof(h.steps));
	ck_assert_uint_eq(h.total, other.total);
}
END_TEST

START_TEST(difference)
{
	static struct histogram since;

	empty();
	histogram_add(&h, 1000000);
	other = h;
	histogram_add(&h, 10);
	histogram_add(&h, 20);
	histogram_difference(&since, &h, &other);
	ck_assert_uint_eq(since.total, 2);
	ck_assert_int_eq(since.max, 20);
	ck_assert_int_eq(histogram_min(&since), 10);
	ck_assert_uint_eq(histogram_count(&since, 10), 1);
	ck_assert_uint_eq(histogram_count(&since, 9), 0);
}
END_TEST

START_TEST(moments)
{
	empty();
	ck_assert(fabs(histogram_mean(&h)) < 0.01);
	ck_assert(fabs(histogram_deviation(&h)) < 0.01);
	histogram_add_many(&h, 100, 3);
	histogram_add_many(&h, 500, 3);
	ck_assert(fabs(histogram_mean(&h) - 300) < 0.01);
	ck_assert(fabs(histogram_deviation(&h) - 200) < 0.01);
}
END_TEST

/* A value that is not in the middle of its step. */
START_TEST(mean_of_one)
{
	static const int64_t values[] = { 612696, 612607, 613119, 1 };
	int64_t value = values[_i];

	empty();
	histogram_add_many(&h, value, 3);
	ck_assert_int_eq(histogram_min(&h), value);
	ck_assert(fabs(histogram_mean(&h) - (double)value) < 0.01);
	ck_assert(fabs(histogram_deviation(&h)) < 0.01);
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
	tcase_add_loop_test(tc, as_sorted, 0, ROWS(distributions));
	tcase_add_test(tc, merge_is_associative);
	tcase_add_test(tc, steps_are_all);
	tcase_add_test(tc, difference);
	tcase_add_test(tc, moments);
	tcase_add_loop_test(tc, mean_of_one, 0, 4);
}

int
main(void)
{
	return run_suite("histogram", fill);
}
