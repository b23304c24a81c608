/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "sources.h"
#include "support.h"

#include <arpa/inet.h>

#define PARTS	3
#define SLOTS	65536

static uint64_t
key_of(const char *text)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in sin = { .sin_family = AF_INET };

	if (inet_pton(AF_INET, text, &sin.sin_addr) == 1)
		return sources_key((struct sockaddr *)&sin);
	ck_assert_int_eq(inet_pton(AF_INET6, text, &sin6.sin6_addr), 1);
	return sources_key((struct sockaddr *)&sin6);
}

START_TEST(keys)
{
	const struct sockaddr local = { .sa_family = AF_UNIX };
	static const struct {
		const char	*one, *other;
		int		 same;
	} rows[] = {
		{ "127.0.0.1",		"127.0.0.2",		0 },
		{ "0.0.0.0",		"::",			0 },
		{ "192.0.2.1",		"::ffff:192.0.2.1",	1 },
		{ "2001:db8::1",	"2001:db8::ffff:1",	1 },
		{ "2001:db8::1",	"2001:db8:0:1::1",	0 },
		{ "::1",		"::2",			1 },
		{ "::1",		"0.0.0.1",		0 },
		{ "184.13.1.32",	"2001:db8:ffff::1",	0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_uint_ne(key_of(rows[i].one), 0);
		ck_assert_int_eq(key_of(rows[i].one) == key_of(rows[i].other),
		    rows[i].same);
	}
	ck_assert_uint_eq(sources_key(&local), 0);
}
END_TEST

START_TEST(limit_is_of_all_parts)
{
	struct sources *s = sources_new(PARTS);
	uint64_t one = key_of("192.0.2.1"), other = key_of("192.0.2.2");

	ck_assert_int_eq(sources_enter(s, 0, one, 3), 1);
	ck_assert_int_eq(sources_enter(s, 1, one, 3), 1);
	ck_assert_int_eq(sources_enter(s, 2, one, 3), 1);
	ck_assert_int_eq(sources_enter(s, 0, one, 3), 0);
	ck_assert_int_eq(sources_enter(s, 1, one, 3), 0);
	ck_assert_int_eq(sources_enter(s, 1, other, 3), 1);
	sources_leave(s, 1, one);
	ck_assert_int_eq(sources_enter(s, 0, one, 3), 1);
	ck_assert_int_eq(sources_enter(s, 0, one, 3), 0);
}
END_TEST

START_TEST(part_that_is_gone_counts_no_more)
{
	struct sources *s = sources_new(PARTS);
	uint64_t key = key_of("2001:db8::1");

	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(sources_enter(s, 0, key, 3), 1);
	ck_assert_int_eq(sources_enter(s, 1, key, 3), 1);
	sources_part_gone(s, 0);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(sources_enter(s, 2, key, 3), 1);
	ck_assert_int_eq(sources_enter(s, 2, key, 3), 0);
}
END_TEST

START_TEST(who_was_not_counted_takes_nothing_off)
{
	struct sources *s = sources_new(PARTS);
	uint64_t key = key_of("192.0.2.1");

	sources_leave(s, 0, key);
	ck_assert_int_eq(sources_enter(s, 0, key, 1), 1);
	sources_leave(s, 1, key);
	ck_assert_int_eq(sources_enter(s, 0, key, 1), 0);
}
END_TEST

START_TEST(no_more_than_can_be_there)
{
	struct sources *s = sources_new(PARTS);
	uint64_t key = key_of("192.0.2.1");

	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(sources_enter(s, 0, key, 4), 1);
	ck_assert_int_eq(sources_enter(s, 1, key, 4), 1);
	sources_at_most(s, 0, key, 3);
	ck_assert_int_eq(sources_enter(s, 2, key, 4), 0);
	sources_at_most(s, 0, key, 2);
	ck_assert_int_eq(sources_enter(s, 2, key, 4), 1);
	ck_assert_int_eq(sources_enter(s, 2, key, 4), 0);
	sources_at_most(s, 0, key_of("192.0.2.2"), 0);
	ck_assert_int_eq(sources_enter(s, 2, key, 4), 0);
}
END_TEST

/* More sources one after another than there are slots: those without a
 * connection make room, and one that has some is not forgotten. */
START_TEST(slots_are_used_again)
{
	struct sources *s = sources_new(1);

	ck_assert_int_eq(sources_enter(s, 0, 1, 1), 1);
	for (uint64_t key = 2; key < 5 * SLOTS; key++) {
		ck_assert_int_eq(sources_enter(s, 0, key, 1), 1);
		ck_assert_int_eq(sources_enter(s, 0, key, 1), 0);
		sources_leave(s, 0, key);
	}
	ck_assert_int_eq(sources_enter(s, 0, 1, 1), 0);
}
END_TEST

/* Too many at once: some are not limited, none is refused wrongly. */
START_TEST(full_table_limits_no_new_source)
{
	struct sources *s = sources_new(1);
	int limited = 0;

	for (uint64_t key = 1; key < 2 * SLOTS; key++)
		ck_assert_int_eq(sources_enter(s, 0, key, 1), 1);
	for (uint64_t key = 1; key < 2 * SLOTS; key++)
		limited += !sources_enter(s, 0, key, 1);
	ck_assert_int_gt(limited, SLOTS / 10 * 9);
	ck_assert_int_le(limited, SLOTS);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "sources");

	tcase_add_test(tc, keys);
	tcase_add_test(tc, limit_is_of_all_parts);
	tcase_add_test(tc, part_that_is_gone_counts_no_more);
	tcase_add_test(tc, who_was_not_counted_takes_nothing_off);
	tcase_add_test(tc, no_more_than_can_be_there);
	tcase_add_test(tc, slots_are_used_again);
	tcase_add_test(tc, full_table_limits_no_new_source);
}

int
main(void)
{
	return run_suite("sources", fill);
}
