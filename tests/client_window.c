/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "window.h"

#include <check.h>
#include <stdlib.h>

/* The byte at a position of the stream: no power of 2 is its period. */
static char
byte_at(uint64_t position)
{
	return (char)(position % 251);
}

/* Reads up to n bytes of input; returns how many there was room for. */
static size_t
fill(struct window *w, size_t n)
{
	size_t done = 0, some;

	while (done < n) {
		char *room = window_room(w, &some);

		if (some == 0)
			break;
		if (some > n - done)
			some = n - done;
		for (size_t i = 0; i < some; i++)
			room[i] = byte_at(w->filled + i);
		window_fill(w, some);
		done += some;
	}
	return done;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void
assert_bytes(const char *bytes, uint64_t position, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ck_assert_int_eq(bytes[i], byte_at(position + i));
}

/* Sends up to n bytes, and sees that they are the right ones. */
static void
send_up_to(struct window *w, size_t n)
{
	size_t some;
	const char *bytes = window_unsent(w, &some);

	some = least(some, n);
	assert_bytes(bytes, w->sent, some);
	window_send(w, some);
}

static void
echo_up_to(struct window *w, size_t n)
{
	char echo[256];

	n = least(n, least(sizeof(echo), (size_t)(w->sent - w->verified)));
	for (size_t i = 0; i < n; i++)
		echo[i] = byte_at(w->verified + i);
	ck_assert_uint_eq(window_verify(w, echo, n), n);
}

static void
print_up_to(struct window *w, size_t n)
{
	size_t some;
	const char *bytes = window_unprinted(w, &some);

	some = least(some, n);
	assert_bytes(bytes, w->printed, some);
	window_print(w, some);
}

START_TEST(begins_empty)
{
	struct window w;
	size_t n;

	ck_assert_int_eq(window_open(&w, 16, 64), 0);
	window_unsent(&w, &n);
	ck_assert_uint_eq(n, 0);
	window_outstanding(&w, &n);
	ck_assert_uint_eq(n, 0);
	window_unprinted(&w, &n);
	ck_assert_uint_eq(n, 0);
	window_room(&w, &n);
	ck_assert_uint_eq(n, 16);
	ck_assert(!window_full(&w));
	window_close(&w);
	ck_assert_ptr_null(w.ring);
}
END_TEST

START_TEST(hands_bytes_from_stage_to_stage)
{
	struct window w;
	size_t n;

	window_open(&w, 16, 16);
	fill(&w, 10);
	window_unsent(&w, &n);
	ck_assert_uint_eq(n, 10);
	window_send(&w, 7);
	window_unsent(&w, &n);
	ck_assert_uint_eq(n, 3);
	window_outstanding(&w, &n);
	ck_assert_uint_eq(n, 7);
	echo_up_to(&w, 5);
	window_outstanding(&w, &n);
	ck_assert_uint_eq(n, 2);
	window_unprinted(&w, &n);
	ck_assert_uint_eq(n, 5);
	print_up_to(&w, 4);
	window_unprinted(&w, &n);
	ck_assert_uint_eq(n, 1);
	window_close(&w);
}
END_TEST

START_TEST(is_full_until_something_is_printed)
{
	struct window w;
	size_t n;

	window_open(&w, 8, 8);
	ck_assert_uint_eq(fill(&w, 100), 8);
	ck_assert(window_full(&w));
	window_send(&w, 8);
	echo_up_to(&w, 8);
	ck_assert(window_full(&w));
	window_print(&w, 3);
	ck_assert(!window_full(&w));
	window_room(&w, &n);
	ck_assert_uint_eq(n, 3);
	window_close(&w);
}
END_TEST

START_TEST(grows_as_far_as_it_may)
{
	struct window w;

	window_open(&w, 4, 32);
	ck_assert_uint_eq(fill(&w, 100), 32);
	ck_assert_uint_eq(w.size, 32);
	ck_assert(window_full(&w));
	assert_bytes(w.ring, 0, 32);
	window_close(&w);
}
END_TEST

/* All three kinds of bytes are in the ring, across its end, when it grows. */
START_TEST(keeps_every_byte_when_it_grows)
{
	struct window w;

	window_open(&w, 16, 64);
	fill(&w, 13);
	send_up_to(&w, 13);
	echo_up_to(&w, 13);
	print_up_to(&w, 11);
	fill(&w, 12);
	send_up_to(&w, 2);
	ck_assert_uint_eq(w.size, 16);
	fill(&w, 20);
	ck_assert_uint_eq(w.size, 64);
	while (w.printed < 45) {
		send_up_to(&w, 64);
		echo_up_to(&w, 64);
		print_up_to(&w, 64);
	}
	ck_assert_uint_eq(w.filled, 45);
	window_close(&w);
}
END_TEST

START_TEST(finds_the_first_byte_that_differs)
{
	struct window w;
	const char *expected;
	char echo[6];
	size_t n;

	for (size_t wrong = 0; wrong < sizeof(echo); wrong++) {
		window_open(&w, 8, 8);
		fill(&w, 5);	/* so that the echo lies across the end */
		send_up_to(&w, 5);
		echo_up_to(&w, 5);
		print_up_to(&w, 5);
		fill(&w, 8);
		send_up_to(&w, 8);
		send_up_to(&w, 8);
		for (size_t i = 0; i < sizeof(echo); i++)
			echo[i] = byte_at(5 + i);
		echo[wrong] ^= 1;
		if (wrong < 5)
			echo[5] ^= 1;
		ck_assert_uint_eq(window_verify(&w, echo, 6), wrong);
		ck_assert_uint_eq(w.verified, 5 + wrong);
		expected = window_outstanding(&w, &n);
		ck_assert(n > 0);
		ck_assert_int_eq(*expected, byte_at(5 + wrong));
		window_close(&w);
	}
}
END_TEST

START_TEST(finds_bytes_too_many)
{
	struct window w;
	char echo[4];
	size_t n;

	for (size_t i = 0; i < sizeof(echo); i++)
		echo[i] = byte_at(i);
	window_open(&w, 8, 8);
	ck_assert_uint_eq(window_verify(&w, echo, 1), 0);
	fill(&w, 4);
	ck_assert_uint_eq(window_verify(&w, echo, 4), 0);	/* not sent */
	window_send(&w, 3);
	ck_assert_uint_eq(window_verify(&w, echo, 4), 3);
	window_outstanding(&w, &n);
	ck_assert_uint_eq(n, 0);
	window_close(&w);
}
END_TEST

START_TEST(counts_beyond_32_bits)
{
	struct window w;

	window_open(&w, 16, 16);
	w.filled = w.sent = w.verified = w.printed = UINT32_MAX - 20;
	while (w.printed < (uint64_t)UINT32_MAX + 20) {
		fill(&w, 5);
		send_up_to(&w, 5);
		echo_up_to(&w, 5);
		print_up_to(&w, 5);
	}
	ck_assert(w.filled - w.printed <= w.size);
	window_close(&w);
}
END_TEST

START_TEST(loses_nothing_in_any_order)
{
	static void (*const act[])(struct window *, size_t) = {
		send_up_to, echo_up_to, print_up_to
	};
	struct window w;

	srand(1);
	window_open(&w, 4, 128);
	while (w.printed < 100000) {
		size_t n = (size_t)rand() % 40;
		int what = rand() % 4;

		if (what == 3)
			fill(&w, n);
		else
			act[what](&w, n);
		ck_assert(w.printed <= w.verified);
		ck_assert(w.verified <= w.sent);
		ck_assert(w.sent <= w.filled);
		ck_assert(w.filled - w.printed <= w.size);
	}
	ck_assert_uint_eq(w.size, 128);
	window_close(&w);
}
END_TEST

static Suite *
window_suite(void)
{
	Suite *suite = suite_create("window");
	TCase *tc = tcase_create("window");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, begins_empty);
	tcase_add_test(tc, hands_bytes_from_stage_to_stage);
	tcase_add_test(tc, is_full_until_something_is_printed);
	tcase_add_test(tc, grows_as_far_as_it_may);
	tcase_add_test(tc, keeps_every_byte_when_it_grows);
	tcase_add_test(tc, finds_the_first_byte_that_differs);
	tcase_add_test(tc, finds_bytes_too_many);
	tcase_add_test(tc, counts_beyond_32_bits);
	tcase_add_test(tc, loses_nothing_in_any_order);
	suite_add_tcase(suite, tc);
	return suite;
}

int
main(void)
{
	SRunner *runner = srunner_create(window_suite());
	int failed;

	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
