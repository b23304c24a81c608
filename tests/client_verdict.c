/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "quantity.h"
#include "support.h"
#include "verdict.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What scripts rely on: neither a token nor a status ever changes. */
static const struct {
	enum verdict	 verdict;
	const char	*token;
	int		 status;
} promises[] = {
	{ VERDICT_OK,			"ok",			0 },
	{ VERDICT_LOCAL_ERROR,		"local-error",		1 },
	{ VERDICT_USAGE,		"usage",		2 },
	{ VERDICT_NAME_NOT_FOUND,	"name-not-found",	10 },
	{ VERDICT_REFUSED,		"refused",		11 },
	{ VERDICT_CONNECT_TIMEOUT,	"connect-timeout",	12 },
	{ VERDICT_UNREACHABLE,		"unreachable",		13 },
	{ VERDICT_CLOSED_MID_REPLY,	"closed-mid-reply",	20 },
	{ VERDICT_RESET_MID_REPLY,	"reset-mid-reply",	21 },
	{ VERDICT_RESET_BEFORE_REPLY,	"reset-before-reply",	22 },
	{ VERDICT_TIMED_OUT,		"timed-out",		23 },
	{ VERDICT_PROCESS_HUNG,		"process-hung",		24 },
	{ VERDICT_ZERO_WINDOW,		"zero-window",		25 },
	{ VERDICT_RESET_AFTER_SILENCE,	"reset-after-silence",	26 },
	{ VERDICT_CLOSED_BETWEEN_MESSAGES, "closed-between-messages", 27 },
	{ VERDICT_MISMATCH,		"mismatch",		30 },
	{ VERDICT_SURPLUS,		"surplus",		31 },
	{ VERDICT_REORDERED,		"reordered",		32 },
	{ VERDICT_LOST,			"lost",			33 },
	{ VERDICT_EXPECTATION_MISSED,	"expectation-missed",	40 },
	{ VERDICT_NOT_PLOTTED,		"not-plotted",		41 },
};

START_TEST(promise)
{
	const struct verdict_row *row = &verdicts[promises[_i].verdict];

	ck_assert_int_eq(ROWS(promises), VERDICTS);
	ck_assert_str_eq(row->token, promises[_i].token);
	ck_assert_int_eq(row->status, promises[_i].status);
	ck_assert_ptr_nonnull(row->clause);
}
END_TEST

static const struct {
	struct outcome	 outcome;
	const char	*text;
} lines[] = {
	{ { .verdict = VERDICT_REFUSED, .where = "[::1]:8080",
	    .error = ECONNREFUSED },
	    "[::1]:8080: connection refused (refused)" },
	{ { .verdict = VERDICT_CONNECT_TIMEOUT, .where = "h:1",
	    .error = EINPROGRESS, .waited_ns = 250 * NSEC_PER_MSEC },
	    "h:1: connecting timed out: no answer for 0.25s "
	    "(connect-timeout)" },
	{ { .verdict = VERDICT_CONNECT_TIMEOUT, .where = "h:1",
	    .error = ETIMEDOUT },
	    "h:1: connecting timed out: no answer until the system gave up "
	    "(connect-timeout)" },
	{ { .verdict = VERDICT_CLOSED_MID_REPLY, .where = "127.0.0.1:8080",
	    .connected = 1, .sent = 10000, .echoed = 4096 },
	    "127.0.0.1:8080: server closed mid-reply: 4096 of 10000 bytes "
	    "echoed (closed-mid-reply)" },
	{ { .verdict = VERDICT_RESET_MID_REPLY, .where = "h:1",
	    .connected = 1, .sent = 10, .echoed = 3, .error = ECONNRESET },
	    "h:1: connection reset mid-reply: 3 of 10 bytes echoed, "
	    "7 outstanding (reset-mid-reply)" },
	{ { .verdict = VERDICT_RESET_MID_REPLY, .where = "h:1",
	    .connected = 1, .sent = 10, .echoed = 10, .error = ECONNRESET },
	    "h:1: connection reset mid-reply: 10 of 10 bytes echoed, "
	    "0 outstanding (reset-mid-reply)" },
	{ { .verdict = VERDICT_RESET_BEFORE_REPLY, .where = "h:1",
	    .connected = 1, .sent = 10, .error = ECONNRESET },
	    "h:1: connection reset before the first byte: 0 of 10 bytes "
	    "echoed, 10 outstanding (reset-before-reply)" },
	{ { .verdict = VERDICT_RESET_BEFORE_REPLY, .where = "h:1",
	    .error = ECONNRESET },
	    "h:1: connection reset before the first byte: while connecting "
	    "(reset-before-reply)" },
	{ { .verdict = VERDICT_TIMED_OUT, .where = "h:1", .connected = 1,
	    .sent = 9, .echoed = 4, .waited_ns = 2 * NSEC_PER_SEC },
	    "h:1: timed out: no echo for 2s, 5 of 9 bytes outstanding "
	    "(timed-out)" },
	{ { .verdict = VERDICT_TIMED_OUT, .where = "h:1", .connected = 1,
	    .sent = 9, .echoed = 4, .waited_ns = 2 * NSEC_PER_SEC,
	    .tcp = { .known = 1, .unacked = 1, .retransmits = 3 } },
	    "h:1: timed out: no echo for 2s, 5 of 9 bytes outstanding, "
	    "3 retransmissions unanswered (timed-out)" },
	{ { .verdict = VERDICT_PROCESS_HUNG, .where = "h:1", .connected = 1,
	    .sent = 9, .echoed = 4, .waited_ns = 2 * NSEC_PER_SEC },
	    "h:1: server process hangs: no echo for 2s, 5 of 9 bytes "
	    "outstanding, all acknowledged by its host (process-hung)" },
	{ { .verdict = VERDICT_ZERO_WINDOW, .where = "h:1", .connected = 1,
	    .sent = 900, .waited_ns = 2 * NSEC_PER_SEC, .unread = 1,
	    .tcp = { .known = 1, .unsent = 300 } },
	    "h:1: server does not read: nothing taken for 2s, 900 bytes sent, "
	    "300 wait on this side (zero-window)" },
	{ { .verdict = VERDICT_RESET_AFTER_SILENCE, .where = "h:1",
	    .connected = 1, .sent = 9, .echoed = 4, .error = ECONNRESET,
	    .tcp = { .known = 1, .retransmits = 3 } },
	    "h:1: connection reset after silence: 4 of 9 bytes echoed, "
	    "3 retransmissions unanswered before (reset-after-silence)" },
	{ { .verdict = VERDICT_LOST, .where = "h:1", .connected = 1,
	    .sent = 900, .echoed = 40,
	    .diagnosis = { .kind = DAMAGE_LOST, .bytes = 100, .from = 140 } },
	    "h:1: bytes lost: 100 missing at offset 40, then it goes on "
	    "(lost)" },
	{ { .verdict = VERDICT_REORDERED, .where = "h:1", .connected = 1,
	    .sent = 900, .echoed = 40,
	    .diagnosis = { .kind = DAMAGE_REPEATED, .bytes = 8, .from = 32 } },
	    "h:1: bytes out of order or repeated: at offset 40 those of "
	    "offset 32 again (reordered)" },
	{ { .verdict = VERDICT_MISMATCH, .where = "h:1", .connected = 1,
	    .sent = 900, .echoed = 40, .expected = { 1 }, .got = { 2 },
	    .diagnosis = { .kind = DAMAGE_STRANGER, .from = 32, .seed = 5 } },
	    "h:1: echo differs: at offset 40, expected 0x01, got 0x02, "
	    "somebody else's stream: seed 5, offset 32 (mismatch)" },
	{ { .verdict = VERDICT_TIMED_OUT, .where = "h:1", .connected = 1,
	    .sent = 9, .echoed = 9, .waited_ns = 3600 * NSEC_PER_SEC },
	    "h:1: timed out: no close for 3600s, 9 of 9 bytes echoed "
	    "(timed-out)" },
	{ { .verdict = VERDICT_CLOSED_BETWEEN_MESSAGES, .where = "h:1",
	    .connected = 1, .sent = 9, .echoed = 9 },
	    "h:1: server closed between messages: 9 of 9 bytes echoed "
	    "(closed-between-messages)" },
	{ { .verdict = VERDICT_MISMATCH, .where = "h:1", .connected = 1,
	    .sent = UINT64_C(5000000000), .echoed = UINT64_C(4999999999),
	    .expected = { 0x0a }, .got = { 0xff } },
	    "h:1: echo differs: at offset 4999999999, expected 0x0a, got 0xff "
	    "(mismatch)" },
	{ { .verdict = VERDICT_SURPLUS, .where = "h:1", .connected = 1,
	    .sent = 3, .echoed = 3, .n_got = 1, .got = { 'X' } },
	    "h:1: more came than was sent: 0x58 after the echo of all 3 bytes "
	    "(surplus)" },
	{ { .verdict = VERDICT_SURPLUS, .where = "h:1", .connected = 1,
	    .sent = 1, .echoed = 1, .n_got = 1, .got = { 'X' } },
	    "h:1: more came than was sent: 0x58 after the echo of the only "
	    "byte (surplus)" },
	{ { .verdict = VERDICT_SURPLUS, .where = "h:1", .connected = 1,
	    .sent = 900, .echoed = 40, .n_got = 1,
	    .diagnosis = { .kind = DAMAGE_INSERTED, .bytes = 1 } },
	    "h:1: more came than was sent: 1 byte inserted at offset 40 "
	    "(surplus)" },
	{ { .verdict = VERDICT_SURPLUS, .where = "h:1", .connected = 1,
	    .sent = 6, .echoed = 6 },
	    "h:1: more came than was sent: an empty datagram (surplus)" },
};

START_TEST(line)
{
	char text[VERDICT_TEXT_MAX];

	ck_assert_str_eq(verdict_text(&lines[_i].outcome, text),
	    lines[_i].text);
}
END_TEST

START_TEST(line_with_the_text_of_an_error)
{
	struct outcome o = { .verdict = VERDICT_UNREACHABLE, .where = "h:1",
	    .error = EHOSTUNREACH };
	char text[VERDICT_TEXT_MAX], expected[VERDICT_TEXT_MAX];

	snprintf(expected, sizeof(expected),
	    "h:1: cannot be reached: %s (unreachable)", strerror(EHOSTUNREACH));
	ck_assert_str_eq(verdict_text(&o, text), expected);
	o.connected = 1;
	o.sent = 2;
	snprintf(expected, sizeof(expected), "h:1: cannot be reached: %s, "
	    "0 of 2 bytes echoed (unreachable)", strerror(EHOSTUNREACH));
	ck_assert_str_eq(verdict_text(&o, text), expected);
	o.verdict = VERDICT_TIMED_OUT;
	o.error = ETIMEDOUT;
	snprintf(expected, sizeof(expected), "h:1: timed out: %s, "
	    "0 of 2 bytes echoed (timed-out)", strerror(ETIMEDOUT));
	ck_assert_str_eq(verdict_text(&o, text), expected);
	o.verdict = VERDICT_NAME_NOT_FOUND;
	o.error = EAI_NONAME;
	snprintf(expected, sizeof(expected),
	    "h:1: name not found: %s (name-not-found)",
	    gai_strerror(EAI_NONAME));
	ck_assert_str_eq(verdict_text(&o, text), expected);
}
END_TEST

START_TEST(line_of_the_longest_name)
{
	struct outcome o = { .connected = 1, .sent = UINT64_MAX,
	    .error = ETIMEDOUT };
	char text[VERDICT_TEXT_MAX];

	memset(o.where, 'x', sizeof(o.where) - 1);
	for (int i = 0; i < VERDICTS; i++) {
		o.verdict = (enum verdict)i;
		verdict_text(&o, text);
		ck_assert_int_eq(text[strlen(text) - 1], ')');
	}
}
END_TEST

static const struct {
	int		 error;
	enum verdict	 connecting, connected;
} errors[] = {
	{ ECONNREFUSED,	VERDICT_REFUSED,	VERDICT_UNREACHABLE },
	{ ECONNRESET,	VERDICT_RESET_BEFORE_REPLY, VERDICT_RESET_MID_REPLY },
	{ EINPROGRESS,	VERDICT_CONNECT_TIMEOUT, VERDICT_TIMED_OUT },
	{ ETIMEDOUT,	VERDICT_CONNECT_TIMEOUT, VERDICT_TIMED_OUT },
	{ EHOSTUNREACH,	VERDICT_UNREACHABLE,	VERDICT_UNREACHABLE },
	{ ENETUNREACH,	VERDICT_UNREACHABLE,	VERDICT_UNREACHABLE },
	{ EACCES,	VERDICT_UNREACHABLE,	VERDICT_UNREACHABLE },
	{ EADDRNOTAVAIL, VERDICT_LOCAL_ERROR,	VERDICT_LOCAL_ERROR },
	{ EMFILE,	VERDICT_LOCAL_ERROR,	VERDICT_LOCAL_ERROR },
	{ EPIPE,	VERDICT_RESET_BEFORE_REPLY, VERDICT_RESET_MID_REPLY },
};

static const struct tcp_facts nothing_known = { .known = 0 };

START_TEST(error)
{
	int number = errors[_i].error;

	ck_assert_int_eq(verdict_of_connect_error(number),
	    errors[_i].connecting);
	ck_assert_int_eq(verdict_of_reply_error(number, 1, &nothing_known),
	    errors[_i].connected);
}
END_TEST

START_TEST(reset_before_the_first_byte)
{
	ck_assert_int_eq(verdict_of_reply_error(ECONNRESET, 0,
	    &nothing_known),
	    VERDICT_RESET_BEFORE_REPLY);
	ck_assert_int_eq(verdict_of_reply_error(EPIPE, 0,
	    &nothing_known),
	    VERDICT_RESET_BEFORE_REPLY);
	ck_assert_int_eq(verdict_of_reply_error(ETIMEDOUT, 0,
	    &nothing_known),
	    VERDICT_TIMED_OUT);
}
END_TEST

START_TEST(reset_after_silence)
{
	static const struct tcp_facts silent = { .known = 1, .retransmits = 3 },
	    probed = { .known = 1, .probes = 2 },
	    lively = { .known = 1, .probes = 1, .backoff = 4, .unacked = 2 };

	ck_assert_int_eq(verdict_of_reply_error(ECONNRESET, 0, &silent),
	    VERDICT_RESET_AFTER_SILENCE);
	ck_assert_int_eq(verdict_of_reply_error(EPIPE, 7, &probed),
	    VERDICT_RESET_AFTER_SILENCE);
	ck_assert_int_eq(verdict_of_reply_error(ECONNRESET, 7, &lively),
	    VERDICT_RESET_MID_REPLY);
	ck_assert_int_eq(verdict_of_reply_error(ETIMEDOUT, 7, &silent),
	    VERDICT_TIMED_OUT);
}
END_TEST

/* The table of three silences, and what is between its rows. */
static const struct {
	struct tcp_facts facts;
	enum verdict	 verdict;
} silences[] = {
	{ { .known = 0 },				VERDICT_TIMED_OUT },
	{ { .known = 1 },				VERDICT_PROCESS_HUNG },
	{ { .known = 1, .probes = 1 },			VERDICT_PROCESS_HUNG },
	{ { .known = 1, .unacked = 1 },			VERDICT_TIMED_OUT },
	{ { .known = 1, .unacked = 1, .retransmits = 1, .backoff = 1 },
	    VERDICT_TIMED_OUT },
	{ { .known = 1, .unacked = 9, .retransmits = 1, .unsent = 5000 },
	    VERDICT_TIMED_OUT },
	{ { .known = 1, .backoff = 1 },			VERDICT_ZERO_WINDOW },
	{ { .known = 1, .unsent = 1 },			VERDICT_ZERO_WINDOW },
	{ { .known = 1, .unsent = 1, .backoff = 3, .window_closed = 1,
	    .probes = 1 },				VERDICT_ZERO_WINDOW },
	/* The host died behind its closed window. */
	{ { .known = 1, .unsent = 1, .backoff = 3, .window_closed = 1,
	    .probes = 2 },				VERDICT_TIMED_OUT },
	/* It closed its window on what was under way. */
	{ { .known = 1, .unacked = 1, .retransmits = 2, .backoff = 2,
	    .window_closed = 1, .answered = 1 },	VERDICT_ZERO_WINDOW },
	{ { .known = 1, .unacked = 1, .retransmits = 2, .backoff = 2,
	    .window_closed = 1 },			VERDICT_TIMED_OUT },
	{ { .known = 1, .unacked = 1, .retransmits = 2, .backoff = 2,
	    .answered = 1 },				VERDICT_TIMED_OUT },
};

START_TEST(silence)
{
	ck_assert_int_eq(verdict_of_silence(&silences[_i].facts),
	    silences[_i].verdict);
}
END_TEST

START_TEST(damage)
{
	ck_assert_int_eq(verdict_of_damage(DAMAGE_UNKNOWN, 1),
	    VERDICT_MISMATCH);
	ck_assert_int_eq(verdict_of_damage(DAMAGE_UNKNOWN, 0), VERDICT_SURPLUS);
	ck_assert_int_eq(verdict_of_damage(DAMAGE_INSERTED, 1),
	    VERDICT_SURPLUS);
	ck_assert_int_eq(verdict_of_damage(DAMAGE_REPEATED, 0),
	    VERDICT_REORDERED);
	ck_assert_int_eq(verdict_of_damage(DAMAGE_REORDERED, 1),
	    VERDICT_REORDERED);
	ck_assert_int_eq(verdict_of_damage(DAMAGE_LOST, 1), VERDICT_LOST);
	ck_assert_int_eq(verdict_of_damage(DAMAGE_STRANGER, 1),
	    VERDICT_MISMATCH);
}
END_TEST

START_TEST(one_failure_tells_more)
{
	static const int order[] = { ECONNREFUSED, EINPROGRESS, EHOSTUNREACH,
	    EADDRNOTAVAIL };

	for (int i = 0; i < ROWS(order); i++)
		for (int j = 0; j < ROWS(order); j++)
			ck_assert_int_eq(error_tells_more(order[i], order[j]),
			    i < j);
}
END_TEST

static Suite *
verdict_suite(void)
{
	Suite *suite = suite_create("verdict");
	TCase *tc = tcase_create("verdict");

	tcase_add_loop_test(tc, promise, 0, ROWS(promises));
	tcase_add_loop_test(tc, line, 0, ROWS(lines));
	tcase_add_test(tc, line_with_the_text_of_an_error);
	tcase_add_test(tc, line_of_the_longest_name);
	tcase_add_loop_test(tc, error, 0, ROWS(errors));
	tcase_add_test(tc, reset_before_the_first_byte);
	tcase_add_test(tc, reset_after_silence);
	tcase_add_loop_test(tc, silence, 0, ROWS(silences));
	tcase_add_test(tc, damage);
	tcase_add_test(tc, one_failure_tells_more);
	suite_add_tcase(suite, tc);
	return suite;
}

int
main(void)
{
	SRunner *runner = srunner_create(verdict_suite());
	int failed;

	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
