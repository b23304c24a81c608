/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "quantity.h"
#include "simulation.h"
#include "splitmix.h"
#include "support.h"

#define MS		NSEC_PER_MSEC
#define S		NSEC_PER_SEC
#define DIGITS		"0123456789"

static struct simulation s;
static uint64_t dice;

static size_t
below(size_t n)
{
	return (size_t)(splitmix(&dice) % n);
}

/*
 * How much a call transfers.
 */

static size_t
one_byte(void *arg, size_t most)
{
	(void)arg, (void)most;
	return 1;
}

static size_t
any_bytes(void *arg, size_t most)
{
	(void)arg;
	return 1 + below(most);
}

static size_t
three_bytes(void *arg, size_t most)
{
	(void)arg;
	return most < 3 ? most : 3;
}

static size_t (*const transfers[])(void *, size_t) = {
	NULL, one_byte, any_bytes, three_bytes
};
#define TRANSFERS	4

static void
prepare(const char *in, size_t len)
{
	memset(&s, 0, sizeof(s));
	s.in = in;
	s.in_len = len;
	s.has_closed = 1;
}

/* A string of faults, with blanks between them. */
static void
add_faults(const char *faults)
{
	char copy[256], *rest = copy, *word;

	snprintf(copy, sizeof(copy), "%s", faults);
	while ((word = strsep(&rest, " ")) != NULL)
		if (word[0] != '\0')
			simulation_fault(&s, word);
}

static void
run(void)
{
	simulation_start(&s);
	simulation_run(&s);
	ck_assert_msg(s.wrong == NULL, "%s", s.wrong);
	s.out[s.out_len] = '\0';
}

/*
 * What each does to ten bytes and a FIN, however they are transferred.
 */

static const struct {
	const char	*faults;
	const char	*out;
	const char	*wants;		/* the last one ends it */
	const char	*struck;
	enum cause	 cause;
	int64_t		 now;		/* at the end */
} effects[] = {
	{ "", DIGITS, "C", "", CAUSE_CLOSED, 0 },
	{ "abort", "", "R", "abort@0 ", CAUSE_FAULT, 0 },
	{ "fin", "", "F", "fin@0 ", CAUSE_FAULT, 0 },
	{ "fin=1", "0", "F", "fin@1 ", CAUSE_FAULT, 0 },
	{ "fin=4", "0123", "F", "fin@4 ", CAUSE_FAULT, 0 },
	{ "fin=10", DIGITS, "F", "fin@10 ", CAUSE_FAULT, 0 },
	{ "fin=11", DIGITS, "C", "", CAUSE_CLOSED, 0 },
	{ "rst", "", "R", "rst@0 ", CAUSE_FAULT, 0 },
	{ "rst=4", "0123", "R", "rst@4 ", CAUSE_FAULT, 0 },
	{ "rst=10", DIGITS, "R", "rst@10 ", CAUSE_FAULT, 0 },
	{ "die", "", "D", "die@0 ", CAUSE_FAULT, 0 },
	{ "die=4", "0123", "D", "die@4 ", CAUSE_FAULT, 0 },
	{ "shutdown", DIGITS, "SC", "shutdown@0 ", CAUSE_CLOSED, 0 },
	{ "shutdown=4", DIGITS, "SC", "shutdown@4 ", CAUSE_CLOSED, 0 },
	{ "hang,for=5s", DIGITS, "HC", "hang@0 ", CAUSE_CLOSED, 5 * S },
	{ "hang,for=5s,every=5s", DIGITS, "HC", "hang@0 ", CAUSE_CLOSED,
	    5 * S },
	{ "hang=4,for=5s", DIGITS, "HC", "hang@4 ", CAUSE_CLOSED, 5 * S },
	{ "hang=10,for=5s", DIGITS, "HC", "hang@10 ", CAUSE_CLOSED, 5 * S },
	{ "zero-window,for=5s", DIGITS, "NHC", "zero-window@0 ",
	    CAUSE_CLOSED, 5 * S },
	{ "zero-window=4,for=5s", DIGITS, "NHC", "zero-window@4 ",
	    CAUSE_CLOSED, 5 * S },
	{ "silence,for=5s", DIGITS, "VHAC", "silence@0 ", CAUSE_CLOSED,
	    5 * S },
	{ "silence,for=5s,every=5s", DIGITS, "VHAC", "silence@0 ",
	    CAUSE_CLOSED, 5 * S },
	{ "silence=4,for=5s", DIGITS, "VHAC", "silence@4 ", CAUSE_CLOSED,
	    5 * S },
	{ "reboot", "", "VHsR", "reboot@0 ", CAUSE_FAULT, S },
	{ "reboot=3s,after=4", "0123", "VHsR", "reboot@4 ", CAUSE_FAULT,
	    3 * S },
	{ "half-close", "", "hC", "half-close@0 ", CAUSE_FAULT, 0 },
	{ "half-close=4", "0123", "hC", "half-close@4 ", CAUSE_FAULT, 0 },
	{ "half-close=10", DIGITS, "hC", "half-close@10 ", CAUSE_FAULT, 0 },
	{ "truncate", "123456789", "C", "truncate@0 ", CAUSE_CLOSED, 0 },
	{ "truncate=3", "3456789", "C", "truncate@0 ", CAUSE_CLOSED, 0 },
	{ "truncate=3,after=4", "0123789", "C", "truncate@4 ", CAUSE_CLOSED,
	    0 },
	{ "truncate=1GiB,after=4", "0123", "C", "truncate@4 ", CAUSE_CLOSED,
	    0 },
	{ "truncate,after=10", DIGITS, "C", "", CAUSE_CLOSED, 0 },
	{ "surplus", "+" DIGITS, "C", "surplus@0 ", CAUSE_CLOSED, 0 },
	{ "surplus=3,after=4", "0123+++456789", "C", "surplus@4 ",
	    CAUSE_CLOSED, 0 },
	{ "surplus=3,after=10", DIGITS "+++", "C", "surplus@10 ",
	    CAUSE_CLOSED, 0 },
	{ "surplus=3,after=11", DIGITS, "C", "", CAUSE_CLOSED, 0 },
	{ "duplicate=1,after=4", "01234456789", "C", "duplicate@4 ",
	    CAUSE_CLOSED, 0 },
	{ "fragment=2,after=3", DIGITS, "C", "fragment@3 ", CAUSE_CLOSED, 0 },
	/* Several. */
	{ "shutdown=4 rst=4", "0123", "SR", "shutdown@4 rst@4 ", CAUSE_FAULT,
	    0 },
	{ "rst=4 fin=4", "0123", "R", "rst@4 ", CAUSE_FAULT, 0 },
	{ "fin=4 rst=4", "0123", "F", "fin@4 ", CAUSE_FAULT, 0 },
	{ "rst=6 fin=4", "0123", "F", "fin@4 ", CAUSE_FAULT, 0 },
	{ "surplus=2,after=4 fin=4", "0123++", "F", "surplus@4 fin@4 ",
	    CAUSE_FAULT, 0 },
	{ "fin=4 surplus=2,after=4", "0123", "F", "fin@4 ", CAUSE_FAULT, 0 },
	{ "surplus=2,after=4 surplus=1,after=4", "0123+++456789", "C",
	    "surplus@4 surplus@4 ", CAUSE_CLOSED, 0 },
	{ "surplus=2,after=4 truncate=3,after=4", "0123++789", "C",
	    "surplus@4 truncate@4 ", CAUSE_CLOSED, 0 },
	{ "truncate=6,after=2 surplus=3,after=5", "01+++89", "C",
	    "truncate@2 surplus@5 ", CAUSE_CLOSED, 0 },
	{ "truncate=6,after=2 fin=5", "01", "F", "truncate@2 fin@5 ",
	    CAUSE_FAULT, 0 },
	{ "truncate=3,after=2 truncate=2,after=3", "01789", "C",
	    "truncate@2 truncate@5 ", CAUSE_CLOSED, 0 },
	{ "truncate=4,after=2 duplicate=1,after=3", "0166789", "C",
	    "truncate@2 duplicate@6 ", CAUSE_CLOSED, 0 },
	{ "truncate=2,after=2 hang=3,for=1s", "01456789", "HC",
	    "truncate@2 hang@3 ", CAUSE_CLOSED, S },
	{ "hang=4,for=1s rst=4", "0123", "HR", "hang@4 rst@4 ", CAUSE_FAULT,
	    S },
	{ "surplus=1,after=1 surplus=1,after=2 truncate,after=3", "0+1+2456789",
	    "C", "surplus@1 surplus@2 truncate@3 ", CAUSE_CLOSED, 0 },
};

START_TEST(a_fault_does_exactly_this)
{
	for (int i = 0; i < 8; i++) {
		prepare(DIGITS, 10);
		s.transfer = transfers[i % TRANSFERS];
		add_faults(effects[_i].faults);
		run();
		ck_assert_str_eq(s.out, effects[_i].out);
		ck_assert_str_eq(s.wants, effects[_i].wants);
		ck_assert_str_eq(s.struck, effects[_i].struck);
		ck_assert_int_eq(s.connection.cause, effects[_i].cause);
		ck_assert_int_eq(s.now, effects[_i].now);
	}
}
END_TEST

/* The bytes that are there in one read. */
static const struct {
	const char	*faults;
	size_t		 (*transfer)(void *, size_t);
	const char	*out;
	const char	*struck;
} shapes[] = {
	{ "duplicate=3,after=4", NULL, "0123456456789", "duplicate@4 " },
	{ "duplicate", NULL, DIGITS DIGITS, "duplicate@0 " },
	{ "duplicate=10", NULL, DIGITS DIGITS, "duplicate@0 " },
	{ "duplicate=3,after=9", NULL, "01234567899", "duplicate@9 " },
	{ "duplicate,after=10", NULL, DIGITS, "" },
	{ "duplicate=3", one_byte, "0" DIGITS, "duplicate@0 " },
	{ "duplicate=2,after=2 duplicate=1,after=2", NULL, "0123223456789",
	    "duplicate@2 duplicate@2 " },
	{ "duplicate=3 surplus=2", NULL, "012++" DIGITS,
	    "duplicate@0 surplus@0 " },
	{ "reorder=3,after=2", NULL, "0156723489", "reorder@2 " },
	{ "reorder", NULL, "5678901234", "reorder@0 " },
	{ "reorder=1,after=8", NULL, "0123456798", "reorder@8 " },
	{ "reorder,after=9", NULL, DIGITS, "" },
	{ "reorder", one_byte, DIGITS, "" },
	{ "reorder=1", three_bytes, "1023456789", "reorder@0 " },
	{ "reorder=2 reorder=1", NULL, "3201456789", "reorder@0 reorder@0 " },
	{ "surplus=1 reorder=2", NULL, "+2301456789",
	    "surplus@0 reorder@0 " },
	{ "truncate=3,after=1 reorder=1,after=2", NULL, "054" "6789",
	    "truncate@1 reorder@4 " },
};

START_TEST(what_is_there_is_swapped_or_comes_twice)
{
	prepare(DIGITS, 10);
	s.transfer = shapes[_i].transfer;
	add_faults(shapes[_i].faults);
	run();
	ck_assert_str_eq(s.out, shapes[_i].out);
	ck_assert_str_eq(s.struck, shapes[_i].struck);
	ck_assert_str_eq(s.wants, "C");
}
END_TEST

/*
 * Corrupt bytes.
 */

static int
is_power_of_two(unsigned char c)
{
	return c != 0 && (c & (c - 1)) == 0;
}

static const struct {
	const char	*fault;
	size_t		 first, n;
} corruptions[] = {
	{ "corrupt", 0, 1 },
	{ "corrupt=3,after=4", 4, 3 },
	{ "corrupt=100", 0, 10 },
	{ "corrupt=100,after=9", 9, 1 },
	{ "corrupt=3,after=10", 10, 0 },
};

START_TEST(one_bit_is_flipped_in_each_of_these_bytes)
{
	for (int i = 0; i < 8; i++) {
		prepare(DIGITS, 10);
		s.transfer = transfers[i % TRANSFERS];
		s.random = (uint64_t)i;
		add_faults(corruptions[_i].fault);
		run();
		ck_assert_uint_eq(s.out_len, 10);
		for (size_t at = 0; at < 10; at++) {
			char flipped = s.out[at] ^ DIGITS[at];

			ck_assert_int_eq(is_power_of_two((unsigned char)
			    flipped), at - corruptions[_i].first <
			    corruptions[_i].n);
			ck_assert(flipped == 0 || at >= corruptions[_i].first);
		}
	}
}
END_TEST

START_TEST(all_bits_are_flipped_at_times)
{
	static char zeros[1024];
	unsigned char seen = 0;

	prepare(zeros, sizeof(zeros));
	add_faults("corrupt=1024");
	run();
	for (size_t i = 0; i < sizeof(zeros); i++)
		seen |= (unsigned char)s.out[i];
	ck_assert_uint_eq(seen, 255);
}
END_TEST

/*
 * Without an end, or a beginning.
 */

static const struct {
	const char	*faults;
	const char	*in;
	const char	*out;
	const char	*wants;
	enum want	 want;	/* where it stays */
} stays[] = {
	{ "hang", DIGITS, "", "H", WANT_HOLD },
	{ "hang=4", DIGITS, "0123", "H", WANT_HOLD },
	{ "hang", "", "", "H", WANT_HOLD },
	{ "zero-window", "", "", "NH", WANT_HOLD },
	{ "silence", "", "", "VH", WANT_HOLD },
	{ "silence=4", DIGITS, "0123", "VH", WANT_HOLD },
	{ "reboot", "", "", "VHs", WANT_SENSE },
	/* These wait for the first byte. */
	{ "fin", "", "", "", WANT_READ },
	{ "rst", "", "", "", WANT_READ },
	{ "die", "", "", "", WANT_READ },
	{ "shutdown", "", "", "", WANT_READ },
	{ "half-close", "", "", "", WANT_READ },
	{ "surplus", "", "", "", WANT_READ },
	{ "delay", "", "", "", WANT_READ },
	{ "half-close=4", DIGITS, "0123", "h", WANT_READ },
	{ "fin=11", DIGITS, DIGITS, "", WANT_READ },
};

START_TEST(a_client_that_stays_is_left_there)
{
	prepare(stays[_i].in, strlen(stays[_i].in));
	s.has_closed = 0;
	add_faults(stays[_i].faults);
	run();
	ck_assert_str_eq(s.out, stays[_i].out);
	ck_assert_str_eq(s.wants, stays[_i].wants);
	ck_assert_int_eq(s.want, stays[_i].want);
	if (s.want == WANT_HOLD)
		ck_assert_int_eq(s.course.until, INT64_MAX);
}
END_TEST

/*
 * Time and shape.
 */

static const struct {
	const char	*faults;
	size_t		 (*transfer)(void *, size_t);
	int64_t		 now;	/* at the end */
	unsigned	 writes;
	size_t		 longest;
} paces[] = {
	{ "", NULL, 0, 1, 10 },
	{ "delay=1s", NULL, S, 1, 10 },
	{ "delay=1s", one_byte, 10 * S, 10, 1 },
	{ "delay=1s delay=500ms", NULL, 1500 * MS, 1, 10 },
	{ "delay=1s,after=5", one_byte, 5 * S, 10, 1 },
	{ "delay=0", NULL, 0, 1, 10 },
	{ "fragment=4", NULL, 0, 3, 4 },
	{ "fragment=4,after=5", NULL, 0, 3, 5 },
	{ "fragment=4 fragment=3", NULL, 0, 4, 3 },
	{ "trickle=1s", NULL, 9 * S, 10, 1 },
	{ "trickle=1s,size=4", NULL, 2 * S, 3, 4 },
	{ "trickle=1s,size=4", three_bytes, 3 * S, 4, 3 },
	{ "trickle=1s,after=8", NULL, S, 3, 8 },
	{ "rate=1/s", NULL, 9 * S, 10, 1 },
	{ "rate=20", NULL, 450 * MS, 10, 1 },
	{ "rate=40", NULL, 200 * MS, 5, 2 },
	{ "rate=40", one_byte, 225 * MS, 10, 1 },	/* short writes */
	{ "rate=100", three_bytes, 90 * MS, 4, 3 },
	{ "rate=1kB", NULL, 0, 1, 10 },
	{ "delay=1s trickle=1s,size=5", NULL, 2 * S, 2, 5 },
	{ "delay=1s fragment=5", NULL, S, 2, 5 },
};

START_TEST(right_bytes_come_at_this_pace)
{
	prepare(DIGITS, 10);
	s.transfer = paces[_i].transfer;
	add_faults(paces[_i].faults);
	run();
	ck_assert_str_eq(s.out, DIGITS);
	ck_assert_int_eq(s.want, WANT_CLOSE);
	ck_assert_int_eq(s.connection.cause, CAUSE_CLOSED);
	ck_assert_int_eq(s.now, paces[_i].now);
	ck_assert_uint_eq(s.writes, paces[_i].writes);
	ck_assert_uint_eq(s.longest, paces[_i].longest);
}
END_TEST

START_TEST(a_rate_holds_across_reads)
{
	static char zeros[30000];

	prepare(zeros, sizeof(zeros));
	s.transfer = any_bytes;
	add_faults("rate=10kB/s");
	run();
	ck_assert_uint_eq(s.out_len, sizeof(zeros));
	ck_assert_int_gt(s.now, 2900 * MS);	/* the last piece's is left */
	ck_assert_int_le(s.now, 3000 * MS);
}
END_TEST

/* A pause of 0.1 ms takes a driver a millisecond more. */
START_TEST(a_rate_holds_though_holds_end_late)
{
	static char zeros[30000];

	prepare(zeros, sizeof(zeros));
	s.transfer = any_bytes;
	s.late = MS;
	add_faults("rate=1MB/s");
	run();
	ck_assert_uint_eq(s.out_len, sizeof(zeros));
	ck_assert_int_ge(s.now, 25 * MS);
	ck_assert_int_le(s.now, 33 * MS);
}
END_TEST

START_TEST(lasting_faults_are_told_once_each)
{
	prepare(DIGITS, 10);
	s.transfer = one_byte;
	add_faults("delay=1s rate=1k,after=2 trickle,after=3 fragment,after=9");
	add_faults("fragment,after=10 delay,from=1h");
	run();
	ck_assert_str_eq(s.struck, "delay@0 rate@2 trickle@3 fragment@9 ");
}
END_TEST

/* The end of ten delays of a byte each. */
static int64_t
jittered(uint64_t random, const char *fault)
{
	prepare(DIGITS, 10);
	s.transfer = one_byte;
	s.random = random;
	add_faults(fault);
	run();
	ck_assert_str_eq(s.out, DIGITS);
	return s.now;
}

START_TEST(a_time_varies_within_its_bounds)
{
	int differ = 0;

	for (uint64_t i = 0; i < 100; i++) {
		int64_t end = jittered(i, "delay=1s±100ms");

		ck_assert_int_ge(end, 9 * S);
		ck_assert_int_le(end, 11 * S);
		differ += end != jittered(i + 1, "delay=1s±100ms");
		ck_assert_int_eq(end, jittered(i, "delay=1s±100ms"));
	}
	ck_assert_int_ge(differ, 99);
}
END_TEST

START_TEST(a_trickle_and_a_reboot_vary_too)
{
	int differ = 0;

	ck_assert(jittered(1, "trickle=1s±1s") != jittered(2,
	    "trickle=1s±1s"));
	for (uint64_t i = 0; i < 100; i++) {
		prepare(DIGITS, 10);
		s.random = i;
		add_faults("reboot=1s±100ms");
		run();
		ck_assert_int_ge(s.now, 900 * MS);
		ck_assert_int_le(s.now, 1100 * MS);
		differ += s.now != S;
	}
	ck_assert_int_ge(differ, 99);
}
END_TEST

START_TEST(a_seed_repeats_the_bytes)
{
	char first[11];

	for (uint64_t seed = 0; seed < 50; seed++) {
		prepare(DIGITS, 10);
		s.random = splitmix_start(seed, 1);
		add_faults("corrupt=10");
		run();
		memcpy(first, s.out, sizeof(first));
		prepare(DIGITS, 10);
		s.random = splitmix_start(seed, 1);
		s.transfer = any_bytes;
		add_faults("corrupt=10");
		run();
		ck_assert_str_eq(s.out, first);
		prepare(DIGITS, 10);
		s.random = splitmix_start(seed + 1, 1);
		add_faults("corrupt=10");
		run();
		ck_assert(strcmp(s.out, first) != 0);
	}
}
END_TEST

/*
 * When a fault is active.
 */

static const struct {
	const char	*faults;
	int64_t		 now;
	const char	*out;
	const char	*wants;
} windows[] = {
	{ "surplus,from=1s", 0, DIGITS, "C" },
	{ "surplus,from=1s", S - 1, DIGITS, "C" },
	{ "surplus,from=1s", S, "+" DIGITS, "C" },
	{ "surplus,for=1s", S - 1, "+" DIGITS, "C" },
	{ "surplus,for=1s", S, DIGITS, "C" },
	{ "surplus,every=2s,for=1s", 5 * S, DIGITS, "C" },
	{ "surplus,every=2s,for=1s", 4 * S, "+" DIGITS, "C" },
	{ "delay,for=1s", S, DIGITS, "C" },
	{ "abort,from=1s", 0, DIGITS, "C" },
	{ "abort,from=1s", S, "", "R" },
	{ "hang,for=1s", S, DIGITS, "C" },
	{ "hang,every=10s,for=1s", 20 * S, DIGITS, "HC" },
	{ "silence,every=10s,for=1s", 20 * S, DIGITS, "VHAC" },
	/* It opens while the connection is held by another. */
	{ "hang=4,for=5s surplus,from=3s,after=2", 0, "0123+456789", "HC" },
	{ "hang=4,for=5s surplus,for=3s,after=6", 0, DIGITS, "HC" },
	{ "delay=2s fin,from=1s", 0, "", "HF" },
	{ "trickle=1s fin,from=2s", 0, "01", "HHF" },
};

START_TEST(a_fault_strikes_while_it_is_active)
{
	prepare(DIGITS, 10);
	s.now = windows[_i].now;
	add_faults(windows[_i].faults);
	run();
	ck_assert_str_eq(s.out, windows[_i].out);
	ck_assert_str_eq(s.wants, windows[_i].wants);
}
END_TEST

START_TEST(a_fault_that_was_not_chosen_does_not_strike)
{
	prepare(DIGITS, 10);
	add_faults("rst=2 surplus=2,after=3 delay");
	simulation_start(&s);
	s.course.left = 2;
	simulation_run(&s);
	ck_assert_ptr_null(s.wrong);
	ck_assert_mem_eq(s.out, "012++3456789", s.out_len);
	ck_assert_uint_eq(s.out_len, 12);
	ck_assert_int_eq(s.now, 0);
}
END_TEST

START_TEST(faults_strike_beyond_32_bits)
{
	prepare(DIGITS, 10);
	add_faults("surplus=2,after=5GiB");
	simulation_start(&s);
	s.course.offset = (UINT64_C(5) << 30) - 4;
	simulation_run(&s);
	ck_assert_ptr_null(s.wrong);
	ck_assert_mem_eq(s.out, "0123++456789", s.out_len);
	ck_assert_str_eq(s.struck, "surplus@5368709120 ");
}
END_TEST

/*
 * The switch.
 */

START_TEST(switched_off_nothing_strikes)
{
	prepare(DIGITS, 10);
	s.is_off = 1;
	for (int kind = 0; kind < FAULT_KINDS; kind++)
		simulation_fault(&s, fault_rows[kind].name);
	run();
	ck_assert_str_eq(s.out, DIGITS);
	ck_assert_str_eq(s.wants, "C");
	ck_assert_str_eq(s.struck, "");
}
END_TEST

static const struct {
	const char	*faults;
	const char	*out;
	const char	*wants;
} released[] = {
	{ "hang=4", DIGITS, "HC" },
	{ "zero-window", DIGITS, "NHC" },
	{ "silence=4", DIGITS, "VHAC" },
	{ "delay=1h", DIGITS, "HC" },
	{ "trickle=1h", DIGITS, "HC" },
	{ "rate=1", DIGITS, "HC" },
	{ "reboot=1h,after=4", "0123", "VHsR" },
};

START_TEST(switching_off_ends_what_holds)
{
	prepare(DIGITS, 10);
	add_faults(released[_i].faults);
	simulation_start(&s);
	while (s.want != WANT_HOLD)
		ck_assert(simulation_step(&s));
	s.is_off = 1;
	simulation_run(&s);
	ck_assert_ptr_null(s.wrong);
	s.out[s.out_len] = '\0';
	ck_assert_str_eq(s.out, released[_i].out);
	ck_assert_str_eq(s.wants, released[_i].wants);
	ck_assert_int_eq(s.now, 0);
}
END_TEST

START_TEST(switched_on_again_they_strike)
{
	prepare(DIGITS, 10);
	s.transfer = one_byte;
	s.is_off = 1;
	add_faults("surplus=2,after=3");
	simulation_start(&s);
	while (s.out_len < 5)
		ck_assert(simulation_step(&s));
	s.is_off = 0;
	simulation_run(&s);
	s.out[s.out_len] = '\0';
	ck_assert_str_eq(s.out, "01234++56789");
}
END_TEST

/*
 * Sizes.
 */

START_TEST(the_largest_sizes_fit)
{
	static char bytes[8192];

	pattern_fill(bytes, sizeof(bytes), 0);
	prepare(bytes, sizeof(bytes));
	add_faults("surplus=16KiB,after=100 duplicate=16KiB,after=5000");
	add_faults("corrupt=16KiB,after=8192 reorder=16KiB,after=8191");
	run();
	ck_assert_int_eq(pattern_is(s.out, 100, 0), 1);
	for (size_t i = 100; i < 100 + COURSE_ROOM; i++)
		ck_assert_int_eq(s.out[i], '+');
	ck_assert_int_eq(pattern_is(s.out + 100 + COURSE_ROOM, 4900, 100), 1);
	ck_assert(s.out_len > sizeof(bytes) + COURSE_ROOM);
	ck_assert_int_eq(pattern_is(s.out + s.out_len - 3192, 3192, 5000), 1);
}
END_TEST

START_TEST(a_full_plan_strikes_in_order)
{
	char text[40];

	prepare(DIGITS, 10);
	for (int i = 0; i < FAULTS_MAX; i++) {
		snprintf(text, sizeof(text), "surplus=%d,after=%d", i + 1,
		    i % 10);
		simulation_fault(&s, text);
	}
	run();
	ck_assert_uint_eq(s.out_len, 10 + FAULTS_MAX * (FAULTS_MAX + 1) / 2);
	ck_assert_uint_eq(s.course.left, 0);
}
END_TEST

/*
 * Whatever comes.
 */

#define STREAM	300
static char stream[STREAM];

static void
random_fault(const enum fault_kind *kinds, size_t n)
{
	enum fault_kind kind = kinds[below(n)];
	unsigned has = fault_rows[kind].keys;
	char text[128];
	int len = snprintf(text, sizeof(text), "%s", fault_rows[kind].name);

	if ((has & KEY_AFTER) != 0 && below(4) != 0)
		len += snprintf(text + len, sizeof(text) - (size_t)len,
		    ",after=%zu", below(STREAM));
	if ((has & KEY_SIZE) != 0 && below(4) != 0)
		len += snprintf(text + len, sizeof(text) - (size_t)len,
		    ",size=%zu", 1 + below(40));
	if ((has & KEY_TIME) != 0)
		len += snprintf(text + len, sizeof(text) - (size_t)len,
		    ",time=%zuus+-1us", 1 + below(5));
	simulation_fault(&s, text);
}

/* Its window, by the plan: the grammar has been tested. */
static void
random_window(struct fault *f)
{
	f->from_ns = below(3) == 0 ? (int64_t)below(20000) : 0;
	f->for_ns = below(3) != 0 ? 1 + (int64_t)below(20000) : 0;
	if (f->for_ns != 0 && below(2) == 0)
		f->period_ns = f->for_ns + (int64_t)below(20000);
}

static void
random_run(const enum fault_kind *kinds, size_t n)
{
	prepare(stream, STREAM);
	s.random = splitmix(&dice);
	s.transfer = transfers[below(TRANSFERS)];
	s.has_closed = below(4) != 0;
	for (size_t left = below(10); left > 0; left--)
		random_fault(kinds, n);
}

/* What comes out where bytes are left out and put in, in so many words. */
static size_t
expected(char *out)
{
	uint32_t left = UINT32_MAX;
	size_t drop = 0, n = 0;

	for (size_t at = 0; at <= STREAM; at++) {
		int due = at < STREAM;

		for (unsigned i = 0; i < s.plan.n; i++) {
			const struct fault *f = &s.plan.faults[i];
			int cuts = f->kind == FAULT_TRUNCATE;

			if ((left >> i & 1) == 0 || f->after > at ||
			    (f->after == 0 && !due) ||
			    (cuts && (!due || drop > 0)))
				continue;
			left &= ~(UINT32_C(1) << i);
			if (cuts) {
				drop = (size_t)f->size;
			} else if (f->kind == FAULT_SURPLUS) {
				memset(out + n, '+', (size_t)f->size);
				n += (size_t)f->size;
			} else {
				return n;
			}
		}
		if (drop > 0)
			drop--;
		else if (due)
			out[n++] = stream[at];
	}
	return n;
}

START_TEST(any_faults_do_what_they_say)
{
	static const enum fault_kind kinds[] = {
		FAULT_TRUNCATE, FAULT_SURPLUS, FAULT_TRUNCATE, FAULT_SURPLUS,
		FAULT_TRUNCATE, FAULT_FIN, FAULT_HALF_CLOSE,
	};
	char out[STREAM + 10 * 40];
	size_t n;

	for (int i = 0; i < 20000; i++) {
		random_run(kinds, sizeof(kinds) / sizeof(kinds[0]));
		run();
		n = expected(out);
		ck_assert_uint_eq(s.out_len, n);
		ck_assert_mem_eq(s.out, out, n);
	}
}
END_TEST

START_TEST(faults_of_time_lose_and_add_nothing)
{
	static const enum fault_kind kinds[] = {
		FAULT_DELAY, FAULT_RATE, FAULT_FRAGMENT, FAULT_TRICKLE,
		FAULT_HANG, FAULT_ZERO_WINDOW, FAULT_SILENCE, FAULT_SHUTDOWN,
		FAULT_RST,
	};

	for (int i = 0; i < 20000; i++) {
		random_run(kinds, sizeof(kinds) / sizeof(kinds[0]));
		for (unsigned at = 0; at < s.plan.n; at++)
			random_window(&s.plan.faults[at]);
		run();
		ck_assert_mem_eq(s.out, stream, s.out_len);
		if (s.want == WANT_CLOSE || s.want == WANT_READ)
			ck_assert_uint_eq(s.out_len, STREAM);
	}
}
END_TEST

/* Of all kinds, switched off and on at any moment: the simulation looks at each
 * answer. */
START_TEST(any_faults_keep_the_promises_of_the_machine)
{
	enum fault_kind kinds[FAULT_KINDS];

	for (int kind = 0; kind < FAULT_KINDS; kind++)
		kinds[kind] = (enum fault_kind)kind;
	for (int i = 0; i < 20000; i++) {
		random_run(kinds, FAULT_KINDS);
		for (unsigned at = 0; at < s.plan.n; at++)
			random_window(&s.plan.faults[at]);
		s.is_off = below(4) == 0;
		simulation_start(&s);
		while (simulation_step(&s)) {
			s.is_off ^= below(16) == 0;
			s.now += (int64_t)below(1000);
		}
		ck_assert_msg(s.wrong == NULL, "%s", s.wrong);
		ck_assert(s.steps < 20000);
	}
}
END_TEST

START_TEST(without_an_active_fault_it_is_an_echo)
{
	for (int i = 0; i < 2000; i++) {
		enum fault_kind kind = (enum fault_kind)(i % FAULT_KINDS);

		random_run(&kind, 1);
		s.has_closed = 1;
		for (unsigned at = 0; at < s.plan.n; at++)
			s.plan.faults[at].from_ns = S;
		run();
		ck_assert_uint_eq(s.out_len, STREAM);
		ck_assert_mem_eq(s.out, stream, STREAM);
		ck_assert_str_eq(s.wants, "C");
		ck_assert_str_eq(s.struck, "");
		ck_assert_int_eq(s.now, 0);
	}
}
END_TEST

static void
fill_stream(void)
{
	dice = 4;
	pattern_fill(stream, STREAM, 0);
}

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "course");

	fill_stream();
	tcase_add_loop_test(tc, a_fault_does_exactly_this, 0, ROWS(effects));
	tcase_add_loop_test(tc, what_is_there_is_swapped_or_comes_twice, 0,
	    ROWS(shapes));
	tcase_add_loop_test(tc, one_bit_is_flipped_in_each_of_these_bytes, 0,
	    ROWS(corruptions));
	tcase_add_test(tc, all_bits_are_flipped_at_times);
	tcase_add_loop_test(tc, a_client_that_stays_is_left_there, 0,
	    ROWS(stays));
	tcase_add_loop_test(tc, right_bytes_come_at_this_pace, 0, ROWS(paces));
	tcase_add_test(tc, a_rate_holds_across_reads);
	tcase_add_test(tc, a_rate_holds_though_holds_end_late);
	tcase_add_test(tc, lasting_faults_are_told_once_each);
	tcase_add_test(tc, a_time_varies_within_its_bounds);
	tcase_add_test(tc, a_trickle_and_a_reboot_vary_too);
	tcase_add_test(tc, a_seed_repeats_the_bytes);
	tcase_add_loop_test(tc, a_fault_strikes_while_it_is_active, 0,
	    ROWS(windows));
	tcase_add_test(tc, a_fault_that_was_not_chosen_does_not_strike);
	tcase_add_test(tc, faults_strike_beyond_32_bits);
	tcase_add_test(tc, switched_off_nothing_strikes);
	tcase_add_loop_test(tc, switching_off_ends_what_holds, 0,
	    ROWS(released));
	tcase_add_test(tc, switched_on_again_they_strike);
	tcase_add_test(tc, the_largest_sizes_fit);
	tcase_add_test(tc, a_full_plan_strikes_in_order);
	tcase_add_test(tc, any_faults_do_what_they_say);
	tcase_add_test(tc, faults_of_time_lose_and_add_nothing);
	tcase_add_test(tc, any_faults_keep_the_promises_of_the_machine);
	tcase_add_test(tc, without_an_active_fault_it_is_an_echo);
}

int
main(void)
{
	return run_suite("course", fill);
}
