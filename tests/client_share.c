/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "quota.h"
#include "share.h"
#include "support.h"

#define CONNECTIONS_MAX	40
#define THREADS_MAX	7
#define ROUNDS		3

/* Each connection, and each message, is of one share and no other. */
START_TEST(shares_are_all)
{
	for (size_t all = 1; all <= CONNECTIONS_MAX; all++)
		for (size_t n = 1; n <= THREADS_MAX && n <= all; n++) {
			char taken[CONNECTIONS_MAX * ROUNDS] = "";

			for (size_t i = 0; i < n; i++) {
				struct share share = share_of(i, n, all);

				ck_assert_uint_ge(share.own, all / n);
				ck_assert_uint_le(share.own, all / n + 1);
				for (uint64_t k = 0; k < share.own * ROUNDS;
				    k++)
					taken[share_nth(&share, k)]++;
			}
			for (size_t k = 0; k < all * ROUNDS; k++)
				ck_assert_int_eq(taken[k], 1);
		}
}
END_TEST

START_TEST(share_counts_below)
{
	for (size_t n = 1; n <= THREADS_MAX; n++)
		for (size_t i = 0; i < n; i++) {
			struct share share = share_of(i, n, 11);
			uint64_t below = 0;

			for (uint64_t k = 0; k < 50; k++) {
				ck_assert_uint_eq(share_below(&share, k),
				    below);
				below += share_nth(&share, below) == k;
			}
		}
}
END_TEST

START_TEST(messages_of_a_share_rise)
{
	struct share share = share_of(2, 3, 11);

	for (uint64_t k = 1; k < 50; k++)
		ck_assert_uint_gt(share_nth(&share, k),
		    share_nth(&share, k - 1));
}
END_TEST

START_TEST(quota_is_exact)
{
	static const uint64_t counts[] = { 0, 1, 2, 63, 64, 1000, 1000003 };

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct quota quota;
		uint64_t all = 0, n;

		quota_make(&quota, counts[i], 3);
		while ((n = quota_take(&quota)) != 0)
			all += n;
		ck_assert_uint_eq(all, counts[i]);
		ck_assert_uint_eq(quota_take(&quota), 0);
		quota_return(&quota, 5);
		ck_assert_uint_eq(quota_take(&quota), 1);
	}
}
END_TEST

/* Who has nothing to do waits as long as another may bring some back. */
START_TEST(quota_is_used_when_all_are)
{
	struct quota quota;
	uint64_t own, others = 0, n;

	quota_make(&quota, 1000, 2);
	own = quota_take(&quota);
	while ((n = quota_take(&quota)) != 0)
		others += n;
	quota_use(&quota, others);
	ck_assert(!quota_is_used(&quota));
	quota_use(&quota, own - 3);
	quota_return(&quota, 3);
	ck_assert(!quota_is_used(&quota));
	ck_assert_uint_eq(quota_take(&quota), 1);
	quota_use(&quota, 3);
	ck_assert(quota_is_used(&quota));
}
END_TEST

/* One thread must not have the rest while the others have nothing to do. */
START_TEST(batches_become_smaller)
{
	struct quota quota;
	uint64_t n, last = UINT64_MAX;

	quota_make(&quota, 10000, 4);
	while ((n = quota_take(&quota)) != 0) {
		ck_assert_uint_le(n, last);
		last = n;
	}
	ck_assert_uint_eq(last, 1);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "share");

	tcase_add_test(tc, shares_are_all);
	tcase_add_test(tc, share_counts_below);
	tcase_add_test(tc, messages_of_a_share_rise);
	tcase_add_test(tc, quota_is_exact);
	tcase_add_test(tc, quota_is_used_when_all_are);
	tcase_add_test(tc, batches_become_smaller);
}

int
main(void)
{
	return run_suite("share", fill);
}
