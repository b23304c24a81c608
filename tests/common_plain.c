/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "plain.h"
#include "support.h"

static const struct {
	const char	*text;
	const char	*again;
} rows[] = {
	{ "", "" },
	{ "a b~", "a b~" },
	{ "a\nb\t\033[2J\177", "a?b??[2J?" },
	{ "\303\244\342\202\254\360\237\230\200", NULL },	/* 2, 3, 4 */
	{ "\302\240\302\237\302\233m", "\302\240????m" },	/* control */
	{ "\377\376a\200", "??a?" },
	{ "\342\200\215\342\200\217\342\200\247\342\200\256\342\200\257",
	    "\342\200\215???\342\200\247???\342\200\257" },
	{ "\342\201\246\342\201\251\342\201\252",
	    "??????\342\201\252" },		/* right to left */
	{ "\303", "?" },			/* cut */
	{ "\342\202x", "??x" },
	{ "\360\237\230", "???" },
	{ "\300\257\340\200\257\360\200\200\257", "?????????" }, /* too long */
	{ "\355\237\277\355\240\200\356\200\200",
	    "\355\237\277???\356\200\200" },	/* half of a pair */
	{ "\357\277\275\357\277\276\357\277\277",
	    "\357\277\275??????" },		/* no characters */
	{ "\364\217\277\275\364\220\200\200\370\210\200\200\200",
	    "\364\217\277\275?????????" },	/* beyond the last one */
};

START_TEST(is_made_plain)
{
	const char *again = rows[_i].again != NULL ? rows[_i].again :
	    rows[_i].text;
	char text[64];

	snprintf(text, sizeof(text), "%s", rows[_i].text);
	ck_assert_int_eq(is_plain(text), strcmp(text, again) == 0);
	ck_assert_ptr_eq(plain(text), text);
	ck_assert_str_eq(text, again);
	ck_assert(is_plain(text));
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "plain");

	tcase_add_loop_test(tc, is_made_plain, 0, ROWS(rows));
}

int
main(void)
{
	return run_suite("plain", fill);
}
