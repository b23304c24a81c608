/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "connection.h"
#include "support.h"

static struct connection c;

START_TEST(echoes_what_is_read)
{
	ck_assert_int_eq(connection_start(&c, NULL, NULL), WANT_READ);
	ck_assert_int_eq(connection_read(&c, 10), WANT_WRITE);
	ck_assert_uint_eq(c.start, 0);
	ck_assert_uint_eq(c.end, 10);
	ck_assert_int_eq(connection_wrote(&c, 10), WANT_READ);
}
END_TEST

START_TEST(goes_on_after_a_short_write)
{
	connection_start(&c, NULL, NULL);
	connection_read(&c, 10);
	ck_assert_int_eq(connection_wrote(&c, 4), WANT_WRITE);
	ck_assert_uint_eq(c.start, 4);
	ck_assert_uint_eq(c.end, 10);
	ck_assert_int_eq(connection_wrote(&c, 5), WANT_WRITE);
	ck_assert_int_eq(connection_wrote(&c, 1), WANT_READ);
}
END_TEST

/* Every byte once, in order, however reads and writes are cut. */
START_TEST(loses_and_repeats_nothing)
{
	enum want want = connection_start(&c, NULL, NULL);
	size_t in = 0, out = 0;
	unsigned random = 1;

	for (int i = 0; i < 100000; i++) {
		random = random * 1103515245 + 12345;
		if (want == WANT_READ) {
			size_t n = random / 65536 % 1000 + 1;

			ck_assert_uint_eq(in, out);
			in += n;
			want = connection_read(&c, n);
		} else {
			size_t n;

			ck_assert_int_eq(want, WANT_WRITE);
			n = random / 65536 % (c.end - c.start) + 1;
			out += n;
			want = connection_wrote(&c, n);
		}
	}
}
END_TEST

START_TEST(closes_when_the_client_does)
{
	connection_start(&c, NULL, NULL);
	ck_assert_int_eq(connection_read(&c, 0), WANT_CLOSE);
	ck_assert_int_eq(c.cause, CAUSE_CLOSED);
}
END_TEST

START_TEST(ends_an_idle_client_in_order)
{
	connection_start(&c, NULL, NULL);
	ck_assert_int_eq(connection_read_timeout(&c), WANT_FINISH);
	ck_assert_int_eq(c.cause, CAUSE_IDLE_TIMEOUT);
}
END_TEST

START_TEST(resets_a_client_that_does_not_read)
{
	connection_start(&c, NULL, NULL);
	connection_read(&c, 10);
	ck_assert_int_eq(connection_write_timeout(&c), WANT_RESET);
	ck_assert_int_eq(c.cause, CAUSE_WRITE_TIMEOUT);
}
END_TEST

static const struct {
	int		 error;
	enum cause	 cause;
} failures[] = {
	{ ECONNRESET,	CAUSE_RESET },
	{ EPIPE,	CAUSE_RESET },
	{ ETIMEDOUT,	CAUSE_HOST_DEAD },
	{ EHOSTUNREACH,	CAUSE_HOST_DEAD },
	{ ENETUNREACH,	CAUSE_HOST_DEAD },
	{ ENOBUFS,	CAUSE_ERROR },
	{ EBADF,	CAUSE_ERROR },
};

START_TEST(names_the_cause_of_a_failure)
{
	connection_start(&c, NULL, NULL);
	ck_assert_int_eq(connection_failed(&c, failures[_i].error),
	    WANT_CLOSE);
	ck_assert_int_eq(c.cause, failures[_i].cause);
}
END_TEST

START_TEST(every_cause_has_a_name)
{
	for (int i = 0; i < CAUSES; i++)
		ck_assert_ptr_nonnull(cause_names[i]);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "connection");

	tcase_add_test(tc, echoes_what_is_read);
	tcase_add_test(tc, goes_on_after_a_short_write);
	tcase_add_test(tc, loses_and_repeats_nothing);
	tcase_add_test(tc, closes_when_the_client_does);
	tcase_add_test(tc, ends_an_idle_client_in_order);
	tcase_add_test(tc, resets_a_client_that_does_not_read);
	tcase_add_loop_test(tc, names_the_cause_of_a_failure, 0,
	    ROWS(failures));
	tcase_add_test(tc, every_cause_has_a_name);
}

int
main(void)
{
	return run_suite("connection", fill);
}
