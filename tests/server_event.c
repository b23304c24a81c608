/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What the event loop keeps: deadlines in their order, clients by descriptor.
 */
#include <config.h>

#include "splitmix.h"
#include "support.h"
#include "table.h"
#include "timers.h"

#include <stdlib.h>

#define MANY	1000

static int
by_number(const void *a, const void *b)
{
	int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;

	return (one > other) - (one < other);
}

START_TEST(timers_come_in_order)
{
	struct timers timers = { .n = 0 };
	int64_t at[MANY];
	uint64_t random = (uint64_t)_i;

	ck_assert_ptr_null(timers_first(&timers));
	for (int i = 0; i < MANY; i++) {
		at[i] = (int64_t)(splitmix(&random) % 500);
		ck_assert_int_eq(timers_add(&timers, (struct timer){
		    .at = at[i], .number = (uint64_t)at[i], .fd = (int)at[i] }),
		    0);
	}
	qsort(at, MANY, sizeof(at[0]), by_number);
	for (int i = 0; i < MANY; i++) {
		const struct timer *first = timers_first(&timers);

		ck_assert_int_eq(first->at, at[i]);
		ck_assert_uint_eq(first->number, (uint64_t)at[i]);
		ck_assert_int_eq(first->fd, at[i]);
		timers_remove_first(&timers);
	}
	ck_assert_ptr_null(timers_first(&timers));
	timers_free(&timers);
}
END_TEST

/* Some go while others come. */
START_TEST(timers_are_taken_in_between)
{
	struct timers timers = { .n = 0 };
	uint64_t random = 1;
	int64_t now = 0;

	for (int i = 0; i < MANY; i++) {
		timers_add(&timers, (struct timer){
		    .at = now + (int64_t)(splitmix(&random) % 100) });
		timers_add(&timers, (struct timer){
		    .at = now + (int64_t)(splitmix(&random) % 100) });
		ck_assert_int_ge(timers_first(&timers)->at, now);
		now = timers_first(&timers)->at;
		timers_remove_first(&timers);
	}
	ck_assert_uint_eq(timers.n, MANY);
	timers_free(&timers);
}
END_TEST

START_TEST(table_has_who_was_placed)
{
	static const int fds[] = { 3, 255, 70000, 256 };
	struct table table = { .n = 0 };

	ck_assert_int_eq(table_end(&table), 0);
	ck_assert_ptr_null(table_at(&table, 3));
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		table_place(&table, fds[i])->fd = fds[i];
		ck_assert_int_eq(table_at(&table, fds[i])->fd, fds[i]);
		ck_assert_int_gt(table_end(&table), fds[i]);
		ck_assert_ptr_null(table_at(&table, fds[i] + 1));
	}
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		ck_assert_int_eq(table_at(&table, fds[i])->fd, fds[i]);
	table_at(&table, 256)->fd = 0;
	ck_assert_ptr_null(table_at(&table, 256));
	table_free(&table);
	ck_assert_ptr_null(table_at(&table, 3));
}
END_TEST

/* What an idle connection costs: see the manual page. */
START_TEST(client_is_small)
{
	ck_assert_uint_le(sizeof(struct drive), 96);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "timers");

	tcase_add_loop_test(tc, timers_come_in_order, 0, 20);
	tcase_add_test(tc, timers_are_taken_in_between);

	tc = add_case(suite, "table");
	tcase_add_test(tc, table_has_who_was_placed);
	tcase_add_test(tc, client_is_small);
}

int
main(void)
{
	return run_suite("event", fill);
}
