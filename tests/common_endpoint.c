/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "endpoint.h"
#include "support.h"

static const struct {
	const char	*text;
	const char	*host;
	int		 port;
	const char	*again;		/* as endpoint_text has it */
} good[] = {
	{ "7", "", 7, "*:7" },
	{ ":7", "", 7, "*:7" },
	{ "0", "", 0, "*:0" },
	{ "65535", "", 65535, "*:65535" },
	{ "localhost", "localhost", 8080, "localhost:8080" },
	{ "localhost:1", "localhost", 1, "localhost:1" },
	{ "192.0.2.1:80", "192.0.2.1", 80, "192.0.2.1:80" },
	{ "[2001:db8::1]:80", "2001:db8::1", 80, "[2001:db8::1]:80" },
	{ "[::1]", "::1", 8080, "[::1]:8080" },
	{ "::1", "::1", 8080, "[::1]:8080" },
	{ "fe80::1%lo", "fe80::1%lo", 8080, "[fe80::1%lo]:8080" },
	{ "[fe80::1%lo]:9", "fe80::1%lo", 9, "[fe80::1%lo]:9" },
	{ "unix.", "unix.", 8080, "unix.:8080" },
	{ "unix.:7", "unix.", 7, "unix.:7" },
	{ "unixes", "unixes", 8080, "unixes:8080" },
};

START_TEST(is_parsed)
{
	char why[WHY_MAX], text[ENDPOINT_TEXT_MAX];
	struct endpoint endpoint;

	ck_assert_int_eq(endpoint_parse(good[_i].text, DEFAULT_PORT,
	    &endpoint, why), 0);
	ck_assert_str_eq(endpoint.host, good[_i].host);
	ck_assert_int_eq(endpoint.port, good[_i].port);
	ck_assert_str_eq(endpoint.path, "");
	ck_assert_str_eq(endpoint_text(&endpoint, text), good[_i].again);
}
END_TEST

static const struct {
	const char	*text;
	const char	*why;
} bad[] = {
	{ "", "it is empty" },
	{ ":", "the port is missing" },
	{ "localhost:", "the port is missing" },
	{ "65536", "port 65536 is not between 0 and 65535" },
	{ "70000", "port 70000 is not between 0 and 65535" },
	{ "99999999999999999999", "port 99999999999999999999 is not" },
	{ "localhost:-1", "\"-1\" is neither a port nor a service" },
	{ "localhost:no-such-service", "\"no-such-service\" is neither" },
	{ "[::1", "\"]\" is missing" },
	{ "[::1]8", "after \"]\" comes" },
	{ "[::1]:", "the port is missing" },
	{ "[localhost]:8", "\"localhost\" is not an IPv6 address" },
	{ "[]:8", "\"\" is not an IPv6 address" },
	{ "unix:", "the path is missing" },
	{ "unix", "a host \"unix\" is written \"unix.\"" },
	{ "a:b:c", "an IPv6 address with a port is written" },
};

START_TEST(is_refused)
{
	char why[WHY_MAX] = "";
	struct endpoint endpoint;

	ck_assert_int_eq(endpoint_parse(bad[_i].text, DEFAULT_PORT,
	    &endpoint, why), -1);
	ck_assert_msg(strstr(why, bad[_i].why) == why, "%s: %s", bad[_i].text,
	    why);
}
END_TEST

START_TEST(long_host)
{
	char text[ENDPOINT_HOST_MAX + 8], why[WHY_MAX];
	struct endpoint endpoint;

	memset(text, 'a', sizeof(text));
	strcpy(text + ENDPOINT_HOST_MAX - 1, ":80");
	ck_assert_int_eq(endpoint_parse(text, DEFAULT_PORT, &endpoint, why),
	    0);
	ck_assert_uint_eq(strlen(endpoint.host), ENDPOINT_HOST_MAX - 1);
	strcpy(text + ENDPOINT_HOST_MAX - 1, "a:80");
	ck_assert_int_eq(endpoint_parse(text, DEFAULT_PORT, &endpoint, why),
	    -1);
}
END_TEST

static const char *const paths[] = { "/tmp/a", "a", "80", "a:80", "[a]", " " };

START_TEST(path)
{
	char given[ENDPOINT_TEXT_MAX], text[ENDPOINT_TEXT_MAX], why[WHY_MAX];
	struct endpoint endpoint;
	struct sockaddr_un addr;

	snprintf(given, sizeof(given), "unix:%s", paths[_i]);
	ck_assert_int_eq(endpoint_parse(given, DEFAULT_PORT, &endpoint, why),
	    0);
	ck_assert_str_eq(endpoint.path, paths[_i]);
	ck_assert_str_eq(endpoint.host, "");
	ck_assert_str_eq(endpoint_text(&endpoint, text), given);
	endpoint_unix(&endpoint, &addr);
	ck_assert_int_eq(addr.sun_family, AF_UNIX);
	ck_assert_str_eq(addr.sun_path, paths[_i]);
}
END_TEST

START_TEST(long_path)
{
	char text[ENDPOINT_PATH_MAX + 8] = "unix:", why[WHY_MAX];
	struct endpoint endpoint;

	memset(text + 5, 'a', ENDPOINT_PATH_MAX);
	ck_assert_int_eq(endpoint_parse(text, DEFAULT_PORT, &endpoint, why),
	    -1);
	ck_assert_ptr_nonnull(strstr(why, "longer than"));
	text[5 + ENDPOINT_PATH_MAX - 1] = '\0';
	ck_assert_int_eq(endpoint_parse(text, DEFAULT_PORT, &endpoint, why),
	    0);
	ck_assert_uint_eq(strlen(endpoint.path), ENDPOINT_PATH_MAX - 1);
}
END_TEST

static const struct {
	const char	*host;
	const char	*port;
	int		 result;
	const char	*again;
} two[] = {
	{ "localhost", "80", 0, "localhost:80" },
	{ "12345", "80", 0, "12345:80" },	/* a host may be a number */
	{ "::1", "80", 0, "[::1]:80" },
	{ "[::1]", "80", 0, "[::1]:80" },
	{ "", "80", -1, NULL },
	{ "localhost", "", -1, NULL },
	{ "localhost", "70000", -1, NULL },
	{ "localhost:1", "80", -1, NULL },
	{ "[::1]:1", "80", -1, NULL },
	{ "unix:/tmp/a", "80", -1, NULL },
	{ "unix", "80", -1, NULL },
	{ "unix.", "80", 0, "unix.:80" },
};

START_TEST(two_operands)
{
	char why[WHY_MAX], text[ENDPOINT_TEXT_MAX];
	struct endpoint endpoint;

	ck_assert_int_eq(endpoint_parse_two(two[_i].host, two[_i].port,
	    &endpoint, why), two[_i].result);
	if (two[_i].result == 0)
		ck_assert_str_eq(endpoint_text(&endpoint, text),
		    two[_i].again);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "endpoint");

	tcase_add_loop_test(tc, is_parsed, 0, ROWS(good));
	tcase_add_loop_test(tc, is_refused, 0, ROWS(bad));
	tcase_add_test(tc, long_host);
	tcase_add_loop_test(tc, path, 0, ROWS(paths));
	tcase_add_test(tc, long_path);
	tcase_add_loop_test(tc, two_operands, 0, ROWS(two));
}

int
main(void)
{
	return run_suite("endpoint", fill);
}
