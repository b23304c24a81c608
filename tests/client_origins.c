/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "origins.h"
#include "support.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <string.h>

static const struct {
	const char	*text;
	size_t		 n;
	const char	*last;
} rights[] = {
	{ "127.0.0.1", 1, "127.0.0.1" },
	{ "127.0.0.2,127.0.0.9", 2, "127.0.0.9" },
	{ "127.0.0.2-127.0.0.9", 8, "127.0.0.9" },
	{ "10.0.0.250-10.0.1.5,127.0.0.1", 13, "127.0.0.1" },
	{ "10.0.0.250-10.0.1.5", 12, "10.0.1.5" },
	{ "[::1]", 1, "::1" },
	{ "2001:db8::fe-2001:db8::101", 4, "2001:db8::101" },
	{ "127.0.0.7-127.0.0.7", 1, "127.0.0.7" }
};

static const struct {
	const char	*text, *why;
} wrongs[] = {
	{ "", "empty" },
	{ "127.0.0.1,", "empty" },
	{ ":80", "missing" },
	{ "example.org", "not an address" },
	{ "127.0.0.9-127.0.0.2", "not a range" },
	{ "127.0.0.1-::2", "not a range" },
	{ "2001:db8::1-2001:db9::1", "not a range" },
	{ "127.0.0.1:80-127.0.0.2", "not a range" },
	{ "127.0.0.1,::1", "do not go together" },
	{ "10.0.0.0-10.1.0.0", "more than 4096" },
	{ "10.0.0.0-10.0.15.255,127.0.0.1", "more than 4096" }
};

static void
text_of(const struct sockaddr_storage *addr, char text[INET6_ADDRSTRLEN])
{
	const void *bytes = addr->ss_family == AF_INET ?
	    (const void *)&((const struct sockaddr_in *)addr)->sin_addr :
	    &((const struct sockaddr_in6 *)addr)->sin6_addr;

	inet_ntop(addr->ss_family, bytes, text, INET6_ADDRSTRLEN);
}

START_TEST(right)
{
	struct origins s = { .n = 0 };
	char why[WHY_MAX] = "", last[INET6_ADDRSTRLEN];

	for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++) {
		ck_assert_msg(origins_parse(rights[i].text, &s, why) == 0,
		    "%s: %s", rights[i].text, why);
		ck_assert_uint_eq(s.n, rights[i].n);
		text_of(&s.each[s.n - 1], last);
		ck_assert_str_eq(last, rights[i].last);
	}
	origins_free(&s);
}
END_TEST

START_TEST(wrong)
{
	struct origins s = { .n = 0 };
	char why[WHY_MAX];

	for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
		ck_assert_int_eq(origins_parse(wrongs[i].text, &s, why), -1);
		ck_assert_msg(strstr(why, wrongs[i].why) != NULL, "%s: %s",
		    wrongs[i].text, why);
		ck_assert_uint_eq(s.n, 0);
	}
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "origins");

	tcase_add_test(tc, right);
	tcase_add_test(tc, wrong);
}

int
main(void)
{
	return run_suite("origins", fill);
}
