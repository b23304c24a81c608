/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "guard.h"
#include "quantity.h"
#include "support.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <string.h>

#define START	(1000 * NSEC_PER_SEC)

static struct guard guard;

static void
fresh(uint64_t rate)
{
	guard_start(&guard, rate, 7);
	guard_add_port(&guard, 8080);
	guard_add_port(&guard, 9090);
}

/* Address and port; an IPv6 one has a colon. */
static int
is_admitted(const char *host, int port, int64_t now)
{
	struct sockaddr_storage addr;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&addr;
	struct sockaddr_in *four = (struct sockaddr_in *)&addr;

	memset(&addr, 0, sizeof(addr));
	if (strchr(host, ':') != NULL) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons((uint16_t)port);
		ck_assert_int_eq(inet_pton(AF_INET6, host, &six->sin6_addr),
		    1);
	} else {
		four->sin_family = AF_INET;
		four->sin_port = htons((uint16_t)port);
		ck_assert_int_eq(inet_pton(AF_INET, host, &four->sin_addr), 1);
	}
	return guard_admits(&guard, (struct sockaddr *)&addr, now);
}

static unsigned
admitted(const char *host, unsigned n, int64_t now)
{
	unsigned are = 0;

	while (n-- > 0)
		are += (unsigned)is_admitted(host, 5000, now);
	return are;
}

static const struct {
	int	 port;
	int	 is;
} ports[] = {
	{ 0, 0 }, { 7, 0 }, { 1023, 0 }, { 1024, 1 }, { 8080, 0 }, { 8081, 1 },
	{ 9090, 0 }, { 65535, 1 },
};

START_TEST(ports_that_answer_themselves_have_none)
{
	fresh(0);
	ck_assert_int_eq(is_admitted("192.0.2.1", ports[_i].port, START),
	    ports[_i].is);
	ck_assert_int_eq(is_admitted("2001:db8::1", ports[_i].port, START),
	    ports[_i].is);
}
END_TEST

START_TEST(a_source_has_those_of_a_second)
{
	fresh(10);
	ck_assert_uint_eq(admitted("192.0.2.1", 50, START), 10);
	ck_assert_uint_eq(admitted("192.0.2.2", 50, START), 10);
	ck_assert_uint_eq(admitted("192.0.2.1", 50, START +
	    NSEC_PER_SEC / 10), 1);
	ck_assert_uint_eq(admitted("192.0.2.1", 50, START +
	    NSEC_PER_SEC / 2), 4);
	ck_assert_uint_eq(admitted("192.0.2.1", 50, START +
	    100 * NSEC_PER_SEC), 10);
}
END_TEST

START_TEST(no_rate_is_no_limit)
{
	fresh(0);
	ck_assert_uint_eq(admitted("192.0.2.1", 100000, START), 100000);
}
END_TEST

START_TEST(a_network_of_ipv6_is_one_source)
{
	fresh(10);
	ck_assert_uint_eq(admitted("2001:db8::1", 8, START), 8);
	ck_assert_uint_eq(admitted("2001:db8::ffff:2", 8, START), 2);
	ck_assert_uint_eq(admitted("2001:db8:0:1::1", 8, START), 8);
	ck_assert_uint_eq(admitted("192.0.2.1", 8, START), 8);
	ck_assert_uint_eq(admitted("::ffff:192.0.2.1", 8, START), 2);
}
END_TEST

/* However many sources there are, forged ones for instance. */
START_TEST(all_together_are_bounded)
{
	unsigned all = 0, own;
	char host[32];

	fresh(10);
	for (unsigned i = 0; i < 100000; i++) {
		snprintf(host, sizeof(host), "10.%u.%u.%u", i >> 16 & 255,
		    i >> 8 & 255, i & 255);
		all += admitted(host, 3, START);
	}
	ck_assert_uint_le(all, 10 * GUARD_ROWS);
	ck_assert_uint_ge(all, 9 * GUARD_ROWS);
	own = admitted("192.0.2.1", 50, START + 2 * NSEC_PER_SEC);
	ck_assert_uint_eq(own, 10);
}
END_TEST

START_TEST(ports_have_a_maximum)
{
	fresh(0);
	for (int i = 0; i < 2 * GUARD_PORTS_MAX; i++)
		for (int again = 0; again < 2; again++)
			guard_add_port(&guard, 2000 + i);
	ck_assert_int_eq(is_admitted("192.0.2.1", 2000 + GUARD_PORTS_MAX - 3,
	    START), 0);
	ck_assert_int_eq(is_admitted("192.0.2.1", 2000, START), 0);
	ck_assert_int_eq(is_admitted("192.0.2.1", 3000, START), 1);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "guard");

	tcase_add_loop_test(tc, ports_that_answer_themselves_have_none, 0,
	    ROWS(ports));
	tcase_add_test(tc, a_source_has_those_of_a_second);
	tcase_add_test(tc, no_rate_is_no_limit);
	tcase_add_test(tc, a_network_of_ipv6_is_one_source);
	tcase_add_test(tc, all_together_are_bounded);
	tcase_add_test(tc, ports_have_a_maximum);
}

int
main(void)
{
	return run_suite("guard", fill);
}
