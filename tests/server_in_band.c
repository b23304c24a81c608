/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "in_band.h"
#include "quantity.h"
#include "simulation.h"
#include "support.h"
#include "vanish.h"

#define S		NSEC_PER_SEC
#define DIGITS		"0123456789"

static struct simulation s;
static struct fault_plan plan;

/*
 * The line.
 */

static const struct {
	const char	*bytes;
	int		 is;
	size_t		 len;
} lines[] = {
	{ "!", -1, 0 },
	{ "!fault", -1, 0 },
	{ "!fault ", -1, 0 },
	{ "!fault rst", -1, 0 },
	{ "!fault \n", 1, 8 },
	{ "!fault rst\n", 1, 11 },
	{ "!fault rst\r\n", 1, 12 },
	{ "!fault rst\nand more\n", 1, 11 },
	{ "!fault \xff\x01\n", 1, 10 },
	{ "\n", 0, 0 },
	{ "?", 0, 0 },
	{ "!faulty", 0, 0 },
	{ "!fault\n", 0, 0 },
	{ "!fault\trst\n", 0, 0 },
	{ "!FAULT rst\n", 0, 0 },
	{ " !fault rst\n", 0, 0 },
};

START_TEST(a_line_that_asks_is_known)
{
	size_t len = 0;

	ck_assert_int_eq(in_band_line(lines[_i].bytes,
	    strlen(lines[_i].bytes), &len), lines[_i].is);
	ck_assert_uint_eq(len, lines[_i].len);
}
END_TEST

START_TEST(a_line_is_so_long_at_most)
{
	char bytes[IN_BAND_MAX + 1];
	size_t len = 0;

	memset(bytes, 'x', sizeof(bytes));
	memcpy(bytes, "!fault ", 7);
	ck_assert_int_eq(in_band_line(bytes, IN_BAND_MAX - 1, &len), -1);
	ck_assert_int_eq(in_band_line(bytes, IN_BAND_MAX, &len), 0);
	bytes[IN_BAND_MAX] = '\n';
	ck_assert_int_eq(in_band_line(bytes, sizeof(bytes), &len), 0);
	bytes[IN_BAND_MAX - 1] = '\n';
	ck_assert_int_eq(in_band_line(bytes, sizeof(bytes), &len), 1);
	ck_assert_uint_eq(len, IN_BAND_MAX);
}
END_TEST

/*
 * What may be asked for.
 */

static int
parse(const char *line, int64_t now, char why[WHY_MAX])
{
	memset(&plan, 0xff, sizeof(plan));
	return in_band_parse(line, strlen(line), now, &plan, why);
}

/* Without a packet filter, no host vanishes. */
static int
is_beyond_this_host(const char *line)
{
	return vanish_probe() != 0 && (strstr(line, "silence") != NULL ||
	    strstr(line, "reboot") != NULL);
}

START_TEST(each_fault_that_harms_nobody_else_is_granted)
{
	const char *name = fault_rows[_i].name;
	int others = _i <= FAULT_SYN_BLACKHOLE || _i == FAULT_DIE ||
	    _i == FAULT_SHUTDOWN;
	char line[64], why[WHY_MAX] = "", expected[WHY_MAX] = "";

	if (others)
		snprintf(expected, sizeof(expected), "%s is not for clients",
		    name);
	else if (is_beyond_this_host(name))
		snprintf(expected, sizeof(expected), "%s: not on this host",
		    name);
	snprintf(line, sizeof(line), "!fault %s\n", name);
	ck_assert_int_eq(parse(line, 0, why), expected[0] != '\0' ? -1 : 0);
	ck_assert_str_eq(why, expected);
	if (expected[0] == '\0')
		ck_assert_int_eq(plan.faults[0].kind, _i);
}
END_TEST

static const struct {
	const char	*line;
	unsigned	 n;
} granted[] = {
	{ "!fault rst\n", 1 },
	{ "!fault rst\r\n", 1 },
	{ "!fault   rst   \n", 1 },
	{ "!fault rst,after=100 delay=10s\n", 2 },
	{ "!fault rst fin rst fin\n", 4 },
	{ "!fault delay=9s±1s\n", 1 },
	{ "!fault rst,p=1\n", 1 },
	{ "!fault rst,from=1h,for=1h\n", 1 },
};

START_TEST(these_are_granted)
{
	char why[WHY_MAX] = "";

	ck_assert_msg(parse(granted[_i].line, 0, why) == 0, "%s", why);
	ck_assert_uint_eq(plan.n, granted[_i].n);
	ck_assert_uint_eq(plan.seed, 0);
}
END_TEST

static const struct {
	const char	*line;
	const char	*why;
} refused[] = {
	{ "!fault \n", "no fault" },
	{ "!fault \r\n", "no fault" },
	{ "!fault    \n", "no fault" },
	{ "!fault rts\n", "no fault \"rts\" (see --help)" },
	{ "!fault rst,size=1\n", "rst has no key size" },
	{ "!fault rst fin,after=x\n",
	    "after: not a number with a unit, such as 64KiB" },
	{ "!fault rst die\n", "die is not for clients" },
	{ "!fault rst fin rst fin rst\n", "more than 4 faults" },
	{ "!fault rst,conns=1\n", "rst: there is one connection" },
	{ "!fault rst,every=1\n", "rst: there is one connection" },
	{ "!fault rst,p=0.5\n", "rst: there is one connection" },
	{ "!fault rst,source=::1\n", "rst: there is one connection" },
	{ "!fault delay=10001ms\n", "delay: longer than 10s" },
	{ "!fault delay=9s±2s\n", "delay: longer than 10s" },
	{ "!fault trickle=11s\n", "trickle: longer than 10s" },
	{ "!fault reboot=11s\n", "reboot: longer than 10s" },
	{ "!fault hang,for=31s\n", "hang: longer than 30s" },
	{ "!fault zero-window,for=1h\n", "zero-window: longer than 30s" },
};

START_TEST(these_are_refused)
{
	char why[WHY_MAX] = "";

	ck_assert_int_eq(parse(refused[_i].line, 0, why), -1);
	ck_assert_str_eq(why, refused[_i].why);
}
END_TEST

START_TEST(the_time_begins_with_the_line)
{
	char why[WHY_MAX];

	ck_assert_int_eq(parse("!fault rst rst,from=2s\n", 7 * S, why), 0);
	ck_assert_int_eq(plan.faults[0].from_ns, 7 * S);
	ck_assert_int_eq(plan.faults[1].from_ns, 9 * S);
}
END_TEST

START_TEST(nothing_is_granted_while_faults_are_switched_off)
{
	char why[WHY_MAX] = "";

	ck_assert_int_eq(parse("!fault rst\n", -1, why), -1);
	ck_assert_str_eq(why, "faults are switched off");
}
END_TEST

/* One that holds the server is over after half a minute. */
static const struct {
	const char	*line;
	int64_t		 for_ns;
} holds[] = {
	{ "!fault hang\n", 30 * S },
	{ "!fault zero-window,for=30s\n", 30 * S },
	{ "!fault silence\n", 30 * S },
	{ "!fault hang,for=29s\n", 29 * S },
	{ "!fault hang,for=20s,every=60s\n", 20 * S },
	{ "!fault delay\n", 0 },
	{ "!fault rst\n", 0 },
};

START_TEST(what_holds_does_not_last)
{
	char why[WHY_MAX];

	if (is_beyond_this_host(holds[_i].line)) {
		not_tested("no host vanishes without a packet filter");
		return;
	}
	ck_assert_int_eq(parse(holds[_i].line, 0, why), 0);
	ck_assert_int_eq(plan.faults[0].for_ns, holds[_i].for_ns);
}
END_TEST

/*
 * Through the machine.
 */

static size_t
one_byte(void *arg, size_t most)
{
	(void)arg, (void)most;
	return 1;
}

static void
prepare(const char *in)
{
	memset(&s, 0, sizeof(s));
	s.in = in;
	s.in_len = strlen(in);
	s.in_band = 1;
	s.has_closed = 1;
}

static void
run(void)
{
	simulation_start(&s);
	simulation_run(&s);
	ck_assert_msg(s.wrong == NULL, "%s", s.wrong);
	s.out[s.out_len] = '\0';
}

static const struct {
	const char	*in;
	const char	*out;
	const char	*wants;
	const char	*struck;
} dialogues[] = {
	{ "", "", "C", "" },
	{ DIGITS, DIGITS, "C", "" },
	{ "!", "!", "C", "" },
	{ "!faulty\n", "!faulty\n", "C", "" },
	{ "!fault\n", "!fault\n", "C", "" },
	/* Granted: the line is echoed, and offsets count behind it. */
	{ "!fault rst,after=4\n" DIGITS, "!fault rst,after=4\n0123", "R",
	    "rst@4 " },
	{ "!fault rst,after=4\r\n" DIGITS, "!fault rst,after=4\r\n0123", "R",
	    "rst@4 " },
	{ "!fault rst\n" DIGITS, "!fault rst\n", "R", "rst@0 " },
	{ "!fault rst\n", "!fault rst\n", "C", "" },
	{ "!fault abort\n" DIGITS, "!fault abort\n", "R", "abort@0 " },
	{ "!fault hang,for=2s\n" DIGITS, "!fault hang,for=2s\n" DIGITS, "HC",
	    "hang@0 " },
	{ "!fault surplus=2,after=3 truncate,after=5\n" DIGITS,
	    "!fault surplus=2,after=3 truncate,after=5\n012++346789", "C",
	    "surplus@3 truncate@5 " },
	{ "!fault truncate=3\n" DIGITS, "!fault truncate=3\n3456789", "C",
	    "truncate@0 " },
	{ "!fault fin,after=10\n" DIGITS, "!fault fin,after=10\n" DIGITS, "F",
	    "fin@10 " },
	{ "!fault half-close\n" DIGITS, "!fault half-close\n", "hC",
	    "half-close@0 " },
	{ "!fault reboot\n" DIGITS, "!fault reboot\n", "VHsR", "reboot@0 " },
	/* Once: a second line is data. */
	{ "!fault fin,after=30\n!fault rst\n" DIGITS,
	    "!fault fin,after=30\n!fault rst\n" DIGITS, "C", "" },
	{ DIGITS "\n!fault rst\n", DIGITS "\n!fault rst\n", "C", "" },
	/* Refused: the answer is in place of the echo. */
	{ "!fault die\n" DIGITS, "!fault: die is not for clients\n" DIGITS,
	    "C", "" },
	{ "!fault die\r\n", "!fault: die is not for clients\n", "C", "" },
	{ "!fault \n" DIGITS, "!fault: no fault\n" DIGITS, "C", "" },
	{ "!fault rst rts\n" DIGITS,
	    "!fault: no fault \"rts\" (see --help)\n" DIGITS, "C", "" },
	{ "!fault die\n!fault rst\n", "!fault: die is not for clients\n"
	    "!fault rst\n", "C", "" },
	/* Not completed. */
	{ "!fault rst", "!fault rst", "C", "" },
	{ "!fault ", "!fault ", "C", "" },
	{ "!fault rst\r", "!fault rst\r", "C", "" },
};

static size_t (*const transfers[])(void *, size_t) = { NULL, one_byte };

START_TEST(a_client_asks)
{
	if (is_beyond_this_host(dialogues[_i].in)) {
		not_tested("no host vanishes without a packet filter");
		return;
	}
	for (int i = 0; i < 2; i++) {
		prepare(dialogues[_i].in);
		s.transfer = transfers[i];
		run();
		ck_assert_str_eq(s.out, dialogues[_i].out);
		ck_assert_str_eq(s.wants, dialogues[_i].wants);
		ck_assert_str_eq(s.struck, dialogues[_i].struck);
		ck_assert_int_eq(s.connection.cause, s.want == WANT_CLOSE &&
		    strchr(s.wants, 'h') == NULL ? CAUSE_CLOSED : CAUSE_FAULT);
	}
}
END_TEST

START_TEST(nobody_asks_who_may_not)
{
	prepare("!fault rst,after=4\n" DIGITS);
	s.in_band = 0;
	run();
	ck_assert_str_eq(s.out, s.in);
	ck_assert_str_eq(s.wants, "C");
}
END_TEST

START_TEST(a_line_that_is_not_completed_waits)
{
	prepare("!fault rst");
	s.has_closed = 0;
	s.transfer = one_byte;
	run();
	ck_assert_int_eq(s.want, WANT_READ);
	ck_assert_uint_eq(s.out_len, 0);
	ck_assert_uint_eq(connection_room(&s.connection), COURSE_ROOM + 10);
}
END_TEST

START_TEST(a_line_that_is_too_long_is_data)
{
	char in[600];

	memset(in, 'x', sizeof(in));
	memcpy(in, "!fault rst ", 11);
	in[IN_BAND_MAX + _i] = '\n';
	in[sizeof(in) - 1] = '\0';
	for (int i = 0; i < 2; i++) {
		prepare(in);
		s.transfer = transfers[i];
		run();
		ck_assert_str_eq(s.out, in);
		ck_assert_str_eq(s.wants, "C");
	}
}
END_TEST

/* A longer text than fault_parse takes cannot come; the answer fits anyway. */
START_TEST(a_long_line_is_answered)
{
	char in[IN_BAND_MAX + 1], head[] = "!fault: no fault \"xxxx";

	memset(in, 'x', sizeof(in));
	memcpy(in, "!fault ", 7);
	in[IN_BAND_MAX - 1] = '\n';
	in[IN_BAND_MAX] = '\0';
	for (int i = 0; i < 2; i++) {
		prepare(in);
		s.transfer = transfers[i];
		run();
		ck_assert_mem_eq(s.out, head, sizeof(head) - 1);
		ck_assert_int_eq(s.out[s.out_len - 1], '\n');
		ck_assert_uint_eq(strlen(s.out), s.out_len);
	}
}
END_TEST

START_TEST(bytes_after_a_nul_do_not_count)
{
	static const char in[] = "!fault rst,after=1\0 die\n" DIGITS;

	prepare(in);
	s.in_len = sizeof(in) - 1;
	run();
	ck_assert_uint_eq(s.out_len, sizeof(in) - sizeof(DIGITS) + 1);
	ck_assert_mem_eq(s.out, in, s.out_len);
	ck_assert_str_eq(s.struck, "rst@1 ");
}
END_TEST

/* What the client asks for is instead of what it would have met, but not of
 * what it has met already. */
START_TEST(the_servers_faults_give_way)
{
	prepare("!fault fin,after=6\n" DIGITS);
	simulation_fault(&s, "hang,for=1s");
	simulation_fault(&s, "delay=1h");
	simulation_fault(&s, "rst,after=2");
	run();
	ck_assert_str_eq(s.out, "!fault fin,after=6\n012345");
	ck_assert_str_eq(s.wants, "HF");
	ck_assert_int_eq(s.now, S);
}
END_TEST

START_TEST(the_servers_faults_stay_after_a_refusal)
{
	prepare("!fault die\n" DIGITS);
	simulation_fault(&s, "rst,after=2");
	run();
	ck_assert_str_eq(s.out, "!fault: die is not for clients\n01");
	ck_assert_str_eq(s.wants, "R");
}
END_TEST

START_TEST(switched_off_a_client_is_told)
{
	prepare("!fault hang\n" DIGITS);
	s.is_off = 1;
	run();
	ck_assert_str_eq(s.out, "!fault: faults are switched off\n" DIGITS);
	ck_assert_str_eq(s.wants, "C");
}
END_TEST

START_TEST(switching_off_ends_what_was_asked_for)
{
	prepare("!fault hang,after=2\n" DIGITS);
	simulation_start(&s);
	while (s.want != WANT_HOLD)
		ck_assert(simulation_step(&s));
	ck_assert_int_eq(s.course.until, 30 * S);
	s.is_off = 1;
	simulation_run(&s);
	ck_assert_str_eq(s.wants, "HC");
	ck_assert_int_eq(s.now, 0);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "in-band");

	tcase_add_loop_test(tc, a_line_that_asks_is_known, 0, ROWS(lines));
	tcase_add_test(tc, a_line_is_so_long_at_most);
	tcase_add_loop_test(tc, each_fault_that_harms_nobody_else_is_granted,
	    0, FAULT_KINDS);
	tcase_add_loop_test(tc, these_are_granted, 0, ROWS(granted));
	tcase_add_loop_test(tc, these_are_refused, 0, ROWS(refused));
	tcase_add_test(tc, the_time_begins_with_the_line);
	tcase_add_test(tc, nothing_is_granted_while_faults_are_switched_off);
	tcase_add_loop_test(tc, what_holds_does_not_last, 0, ROWS(holds));
	tcase_add_loop_test(tc, a_client_asks, 0, ROWS(dialogues));
	tcase_add_test(tc, nobody_asks_who_may_not);
	tcase_add_test(tc, a_line_that_is_not_completed_waits);
	tcase_add_loop_test(tc, a_line_that_is_too_long_is_data, 0, 3);
	tcase_add_test(tc, a_long_line_is_answered);
	tcase_add_test(tc, bytes_after_a_nul_do_not_count);
	tcase_add_test(tc, the_servers_faults_give_way);
	tcase_add_test(tc, the_servers_faults_stay_after_a_refusal);
	tcase_add_test(tc, switched_off_a_client_is_told);
	tcase_add_test(tc, switching_off_ends_what_was_asked_for);
}

int
main(void)
{
	return run_suite("in-band", fill);
}
