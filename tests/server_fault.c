/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "fault.h"
#include "quantity.h"
#include "splitmix.h"
#include "support.h"

#define MS		NSEC_PER_MSEC
#define S		NSEC_PER_SEC
#define OFTEN		10000	/* connections */

static struct fault_plan plan;

/* The plan of this one fault. */
static const struct fault *
parse(const char *text)
{
	char why[WHY_MAX] = "";

	plan.n = 0;
	ck_assert_msg(fault_parse(text, &plan, why) == 0, "%s: %s", text, why);
	ck_assert_uint_eq(plan.n, 1);
	return &plan.faults[0];
}

/*
 * The grammar.
 */

static const struct {
	const char	*text;
	enum fault_kind	 kind;
	uint64_t	 size;
	int64_t		 time_ns;
	uint64_t	 rate;
	int64_t		 for_ns;
} defaults[] = {
	{ "refuse",	FAULT_REFUSE,		0, 0, 0, 0 },
	{ "slow-accept", FAULT_SLOW_ACCEPT,	0, 0, 0, 2 * S },
	{ "syn-blackhole", FAULT_SYN_BLACKHOLE,	0, 0, 0, 0 },
	{ "abort",	FAULT_ABORT,		0, 0, 0, 0 },
	{ "fin",	FAULT_FIN,		0, 0, 0, 0 },
	{ "rst",	FAULT_RST,		0, 0, 0, 0 },
	{ "die",	FAULT_DIE,		0, 0, 0, 0 },
	{ "shutdown",	FAULT_SHUTDOWN,		0, 0, 0, 0 },
	{ "hang",	FAULT_HANG,		0, 0, 0, 0 },
	{ "zero-window", FAULT_ZERO_WINDOW,	0, 0, 0, 0 },
	{ "silence",	FAULT_SILENCE,		0, 0, 0, 0 },
	{ "reboot",	FAULT_REBOOT,		0, S, 0, 0 },
	{ "half-close",	FAULT_HALF_CLOSE,	0, 0, 0, 0 },
	{ "truncate",	FAULT_TRUNCATE,		1, 0, 0, 0 },
	{ "surplus",	FAULT_SURPLUS,		1, 0, 0, 0 },
	{ "duplicate",	FAULT_DUPLICATE,	16, 0, 0, 0 },
	{ "corrupt",	FAULT_CORRUPT,		1, 0, 0, 0 },
	{ "reorder",	FAULT_REORDER,		8, 0, 0, 0 },
	{ "delay",	FAULT_DELAY,		0, 100 * MS, 0, 0 },
	{ "rate",	FAULT_RATE,		0, 0, 65536, 0 },
	{ "fragment",	FAULT_FRAGMENT,		1, 0, 0, 0 },
	{ "trickle",	FAULT_TRICKLE,		1, 100 * MS, 0, 0 },
};

START_TEST(a_name_alone_has_defaults)
{
	const struct fault *f = parse(defaults[_i].text);

	ck_assert_int_eq(f->kind, defaults[_i].kind);
	ck_assert_str_eq(fault_rows[f->kind].name, defaults[_i].text);
	ck_assert_uint_eq(f->after, 0);
	ck_assert_uint_eq(f->size, defaults[_i].size);
	ck_assert_int_eq(f->time_ns, defaults[_i].time_ns);
	ck_assert_int_eq(f->jitter_ns, 0);
	ck_assert_uint_eq(f->rate, defaults[_i].rate);
	ck_assert_int_eq(f->from_ns, 0);
	ck_assert_int_eq(f->for_ns, defaults[_i].for_ns);
	ck_assert_int_eq(f->period_ns, 0);
	ck_assert_uint_eq(f->nconns, 0);
	ck_assert_uint_eq(f->every, 0);
	ck_assert(f->probability >= 1);
	ck_assert_int_eq(f->family, AF_UNSPEC);
}
END_TEST

START_TEST(every_fault_is_tested)
{
	ck_assert_int_eq(ROWS(defaults), FAULT_KINDS);
	for (int kind = 0; kind < FAULT_KINDS; kind++) {
		ck_assert_int_eq(defaults[kind].kind, kind);
		ck_assert_ptr_nonnull(fault_rows[kind].help);
	}
}
END_TEST

/* NAME=VALUE is NAME,KEY=VALUE. */
static const struct {
	const char	*brief;
	const char	*whole;
} shorthands[] = {
	{ "fin=100",		"fin,after=100" },
	{ "rst=1KiB",		"rst,after=1024" },
	{ "die=5",		"die,after=5" },
	{ "shutdown=5",		"shutdown,after=5" },
	{ "hang=5",		"hang,after=5" },
	{ "zero-window=5",	"zero-window,after=5" },
	{ "silence=5",		"silence,after=5" },
	{ "reboot=5s",		"reboot,time=5s" },
	{ "half-close=5",	"half-close,after=5" },
	{ "truncate=5",		"truncate,size=5" },
	{ "surplus=5",		"surplus,size=5" },
	{ "duplicate=5",	"duplicate,size=5" },
	{ "corrupt=5",		"corrupt,size=5" },
	{ "reorder=5",		"reorder,size=5" },
	{ "delay=5ms",		"delay,time=5ms" },
	{ "delay=5ms±1ms",	"delay,time=5ms+-1ms" },
	{ "rate=10kB/s",	"rate,rate=10000" },
	{ "fragment=5",		"fragment,size=5" },
	{ "trickle=5ms",	"trickle,time=5ms,size=1" },
};

START_TEST(a_value_of_the_name_is_that_of_its_key)
{
	struct fault brief = *parse(shorthands[_i].brief);
	const struct fault *whole = parse(shorthands[_i].whole);

	ck_assert_int_eq(brief.kind, whole->kind);
	ck_assert_uint_eq(brief.after, whole->after);
	ck_assert_uint_eq(brief.size, whole->size);
	ck_assert_uint_eq(brief.rate, whole->rate);
	ck_assert_int_eq(brief.time_ns, whole->time_ns);
	ck_assert_int_eq(brief.jitter_ns, whole->jitter_ns);
}
END_TEST

START_TEST(each_key_sets_what_it_is_named_after)
{
	ck_assert_uint_eq(parse("rst,after=1.5k")->after, 1500);
	ck_assert_uint_eq(parse("truncate,size=3")->size, 3);
	ck_assert_int_eq(parse("delay,time=250ms")->time_ns, 250 * MS);
	ck_assert_uint_eq(parse("rate,rate=64KiB/s")->rate, 65536);
	ck_assert_uint_eq(parse("rate,rate=7")->rate, 7);
	ck_assert_int_eq(parse("rst,from=5s")->from_ns, 5 * S);
	ck_assert_int_eq(parse("rst,for=10")->for_ns, 10 * S);
	ck_assert_uint_eq(parse("rst,every=3")->every, 3);
	ck_assert_int_eq(parse("rst,every=3")->period_ns, 0);
	ck_assert_int_eq(parse("rst,every=3s,for=1s")->period_ns, 3 * S);
	ck_assert_uint_eq(parse("rst,every=3s,for=3s")->every, 0);
	ck_assert(parse("rst,p=0.25")->probability == 0.25);
	ck_assert(parse("rst,p=0")->probability == 0);
	ck_assert_uint_eq(parse("trickle,size=9,time=2s,after=4")->size, 9);
	ck_assert_uint_eq(parse("truncate=1GiB")->size, 1 << 30);
	ck_assert_uint_eq(parse("surplus=16KiB")->size, 16384);
}
END_TEST

static const struct {
	const char	*time;
	int64_t		 time_ns, jitter_ns;
} jitters[] = {
	{ "delay=50ms±10ms",	50 * MS, 10 * MS },
	{ "delay=50ms+-10ms",	50 * MS, 10 * MS },
	{ "delay=1s±1",		S, S },
	{ "delay,time=2±1.5",	2 * S, 1500 * MS },
	{ "trickle=5us±0",	5000, 0 },
	{ "reboot=2s+-500ms",	2 * S, 500 * MS },
};

START_TEST(a_time_may_vary)
{
	const struct fault *f = parse(jitters[_i].time);

	ck_assert_int_eq(f->time_ns, jitters[_i].time_ns);
	ck_assert_int_eq(f->jitter_ns, jitters[_i].jitter_ns);
}
END_TEST

static void
expect_range(const struct fault *f, unsigned i, uint64_t first, uint64_t last)
{
	ck_assert_uint_eq(f->conns[i].first, first);
	ck_assert_uint_eq(f->conns[i].last, last);
}

START_TEST(ranges_go_on_after_their_commas)
{
	const struct fault *f = parse("rst,conns=1-3,7,9-,after=5");

	ck_assert_uint_eq(f->nconns, 3);
	expect_range(f, 0, 1, 3);
	expect_range(f, 1, 7, 7);
	expect_range(f, 2, 9, UINT64_MAX);
	ck_assert_uint_eq(f->after, 5);
	f = parse("rst,conns=2-2");
	ck_assert_uint_eq(f->nconns, 1);
	expect_range(f, 0, 2, 2);
	ck_assert_uint_eq(parse("rst,conns=1,2,3,4,5,6,7,8")->nconns,
	    RANGES_MAX);
}
END_TEST

static const struct {
	const char	*text;
	int		 family;
	unsigned	 prefix;
	unsigned char	 first[4];
} sources[] = {
	{ "rst,source=192.0.2.7",	AF_INET, 32, { 192, 0, 2, 7 } },
	{ "rst,source=10.0.0.0/8",	AF_INET, 8, { 10, 0, 0, 0 } },
	{ "rst,source=0.0.0.0/0",	AF_INET, 0, { 0, 0, 0, 0 } },
	{ "rst,source=2001:db8::1",	AF_INET6, 128, { 0x20, 1, 0xd, 0xb8 } },
	{ "rst,source=2001:db8::/33",	AF_INET6, 33, { 0x20, 1, 0xd, 0xb8 } },
	{ "rst,source=::ffff:192.0.2.7", AF_INET, 32, { 192, 0, 2, 7 } },
	{ "rst,source=::ffff:10.0.0.0/104", AF_INET, 8, { 10, 0, 0, 0 } },
	{ "rst,source=::/0",		AF_INET6, 0, { 0, 0, 0, 0 } },
};

START_TEST(a_source_is_an_address_or_a_network)
{
	const struct fault *f = parse(sources[_i].text);

	ck_assert_int_eq(f->family, sources[_i].family);
	ck_assert_uint_eq(f->prefix, sources[_i].prefix);
	ck_assert_mem_eq(f->source, sources[_i].first, 4);
}
END_TEST

/* What is wrong is named. */
static const struct {
	const char	*text;
	const char	*why;
} refused[] = {
	{ "",			"no fault \"\" (see --help)" },
	{ "rts",		"no fault \"rts\"" },
	{ "RST",		"no fault \"RST\"" },
	{ " rst",		"no fault \" rst\"" },
	{ ",after=3",		"no fault \"\"" },
	{ "=3",			"no fault \"\"" },
	{ "abort=3",		"abort: it takes no value" },
	{ "refuse=",		"refuse: it takes no value" },
	{ "slow-accept=2s",	"slow-accept: it takes no value" },
	{ "rst,",		"\"\" is not KEY=VALUE" },
	{ "rst,after",		"\"after\" is not KEY=VALUE" },
	{ "rst,7",		"\"7\" is not KEY=VALUE" },
	{ "rst,conns=1,after=2,7", "\"7\" is not KEY=VALUE" },
	{ "rst,befor=3",	"no key \"befor\"" },
	{ "rst,=3",		"no key \"\"" },
	{ "rst,size=3",		"rst has no key size" },
	{ "rst,time=3",		"rst has no key time" },
	{ "rst,rate=3",		"rst has no key rate" },
	{ "abort,after=3",	"abort has no key after" },
	{ "refuse,conns=1",	"refuse has no key conns" },
	{ "refuse,p=0.5",	"refuse has no key p" },
	{ "refuse,source=::1",	"refuse has no key source" },
	{ "refuse,after=1",	"refuse has no key after" },
	{ "refuse,every=3",	"every: refuse chooses no connections" },
	{ "rst=",		"after: not a number" },
	{ "rst,after=-1",	"after: not a number" },
	{ "rst,after=1x",	"after: unknown unit \"x\"" },
	{ "rst,after=9007200GB", "after: too large" },
	{ "truncate=0",		"size: no byte at all" },
	{ "truncate,size=x",	"size: not a number" },
	{ "surplus=16385",	"size: at most 16384 bytes" },
	{ "corrupt=1MB",	"size: at most 16384 bytes" },
	{ "delay=",		"time: not a number" },
	{ "delay=1001h",	"time: too large" },
	{ "delay=5ms±",		"time: not a number" },
	{ "delay=±5ms",		"time: not a number" },
	{ "delay=5ms±x",	"time: not a number" },
	{ "delay=5ms±1ms±1ms",	"time: unknown unit" },
	{ "delay=5ms±6ms",	"time: its random part is the longer one" },
	{ "rate=0",		"rate: no byte at all" },
	{ "rate=5/m",		"rate: not a rate, such as 64KiB/s" },
	{ "rate=5/s/s",		"rate: not a rate, such as 64KiB/s" },
	{ "rate=/s",		"rate: not a number" },
	{ "rst,conns=",		"conns: not a whole number" },
	{ "rst,conns=0",	"conns: not between 1 and" },
	{ "rst,conns=-3",	"conns: not a whole number" },
	{ "rst,conns=1-2-3",	"conns: not a whole number" },
	{ "rst,conns=3-1",	"conns: not between 3 and" },
	{ "rst,conns=4294967296", "conns: not between 1 and" },
	{ "rst,conns=1,x",	"conns: not a whole number" },
	{ "rst,conns=1,2,3,4,5,6,7,8,9", "conns: more than 8 ranges" },
	{ "rst,every=",		"every: not a whole number" },
	{ "rst,every=0",	"every: not between 1 and" },
	{ "rst,every=0s,for=1s", "every: no time at all" },
	{ "rst,every=5x",	"every: unknown unit" },
	{ "rst,every=5s",	"every: for=TIME must say how long of it" },
	{ "rst,every=5s,for=6s", "for: longer than every" },
	{ "rst,p=",		"p: not a probability from 0 to 1" },
	{ "rst,p=.",		"p: not a probability from 0 to 1" },
	{ "rst,p=1.1",		"p: not a probability from 0 to 1" },
	{ "rst,p=-0.1",		"p: not a probability from 0 to 1" },
	{ "rst,p=0.1.2",	"p: not a probability from 0 to 1" },
	{ "rst,p=nan",		"p: not a probability from 0 to 1" },
	{ "rst,p=0x1",		"p: not a probability from 0 to 1" },
	{ "rst,p=10%",		"p: not a probability from 0 to 1" },
	{ "rst,source=",	"source: not an address" },
	{ "rst,source=10.0.0",	"source: not an address" },
	{ "rst,source=host",	"source: not an address" },
	{ "rst,source=::1::",	"source: not an address" },
	{ "rst,source=10.0.0.0/", "source: not a whole number" },
	{ "rst,source=10.0.0.0/33", "source: not between 0 and 32" },
	{ "rst,source=::/129",	"source: not between 0 and 128" },
	{ "rst,from=x",		"from: not a number" },
	{ "rst,for=x",		"for: not a number" },
	{ "rst,for=0",		"for: no time at all" },
};

START_TEST(what_is_wrong_is_named)
{
	char why[WHY_MAX] = "";

	plan.n = 0;
	ck_assert_int_eq(fault_parse(refused[_i].text, &plan, why), -1);
	ck_assert_msg(strstr(why, refused[_i].why) == why, "%s: %s",
	    refused[_i].text, why);
	ck_assert_uint_eq(plan.n, 0);
}
END_TEST

START_TEST(long_texts_are_refused)
{
	char text[300], why[WHY_MAX];

	memset(text, 'x', sizeof(text));
	text[255] = '\0';
	plan.n = 0;
	ck_assert_int_eq(fault_parse(text, &plan, why), -1);
	ck_assert_msg(strncmp(why, "no fault \"xxxxx", 15) == 0, "%s", why);
	text[255] = 'x';
	text[256] = '\0';
	ck_assert_int_eq(fault_parse(text, &plan, why), -1);
	ck_assert_str_eq(why, "longer than 255 bytes");
}
END_TEST

START_TEST(a_plan_is_full_with_a_fault_for_each_bit)
{
	char why[WHY_MAX];

	plan.n = 0;
	for (unsigned i = 0; i < FAULTS_MAX; i++) {
		ck_assert_int_eq(fault_parse("rst", &plan, why), 0);
		ck_assert_uint_eq(plan.n, i + 1);
	}
	ck_assert_int_eq(fault_parse("rst", &plan, why), -1);
	ck_assert_str_eq(why, "more than 32 faults");
	ck_assert_uint_eq(plan.n, FAULTS_MAX);
}
END_TEST

/*
 * The choice.
 */

static struct sockaddr_in nobody = { .sin_family = AF_INET };

static uint32_t
choose(uint64_t number)
{
	return fault_choose(&plan, number, generic(&nobody));
}

START_TEST(numbers_choose)
{
	parse("rst,conns=1-3,7,9-");
	for (uint64_t n = 1; n < 100; n++)
		ck_assert_uint_eq(choose(n), n <= 3 || n == 7 || n >= 9);
	ck_assert_uint_eq(choose(UINT64_MAX), 1);
}
END_TEST

START_TEST(one_of_so_many_is_chosen)
{
	parse("rst,every=3");
	for (uint64_t n = 1; n < 100; n++)
		ck_assert_uint_eq(choose(n), n % 3 == 0);
}
END_TEST

START_TEST(all_selectors_must_agree)
{
	parse("rst,every=2,conns=4-9,source=0.0.0.0/8");
	for (uint64_t n = 1; n < 20; n++)
		ck_assert_uint_eq(choose(n), n == 4 || n == 6 || n == 8);
	nobody.sin_addr.s_addr = htonl(0x01000000);
	ck_assert_uint_eq(choose(4), 0);
}
END_TEST

START_TEST(each_fault_has_its_bit)
{
	char why[WHY_MAX];

	parse("rst,conns=1");
	ck_assert_int_eq(fault_parse("refuse", &plan, why), 0);
	ck_assert_int_eq(fault_parse("fin,conns=1-2", &plan, why), 0);
	while (plan.n < FAULTS_MAX)
		ck_assert_int_eq(fault_parse("fin,conns=3", &plan, why), 0);
	ck_assert_uint_eq(choose(1), 1 | 4);	/* no listener's */
	ck_assert_uint_eq(choose(2), 4);
	ck_assert_uint_eq(choose(3), UINT32_C(0xfffffff8));
	ck_assert_uint_eq(choose(4), 0);
}
END_TEST

static int
share(uint64_t seed, const char *text)
{
	int chosen = 0;

	parse(text);
	plan.seed = seed;
	for (uint64_t n = 1; n <= OFTEN; n++)
		chosen += (int)choose(n);
	return chosen;
}

static const struct {
	const char	*text;
	int		 low, high;	/* six deviations around the mean */
} shares[] = {
	{ "rst,p=0", 0, 0 },
	{ "rst,p=0.001", 0, 29 },
	{ "rst,p=0.1", 820, 1180 },
	{ "rst,p=0.5", 4700, 5300 },
	{ "rst,p=.9", 8820, 9180 },
	{ "rst,p=1", OFTEN, OFTEN },
};

START_TEST(a_probability_is_a_share)
{
	for (uint64_t seed = 0; seed < 20; seed++) {
		int n = share(seed, shares[_i].text);

		ck_assert_int_ge(n, shares[_i].low);
		ck_assert_int_le(n, shares[_i].high);
	}
}
END_TEST

/* How many of the connections two seeds treat differently. */
static int
differ(uint64_t one, uint64_t other)
{
	int n = 0;

	parse("rst,p=0.5");
	for (uint64_t number = 1; number <= OFTEN; number++) {
		uint32_t chosen;

		plan.seed = one;
		chosen = choose(number);
		plan.seed = other;
		n += chosen != choose(number);
	}
	return n;
}

START_TEST(a_seed_repeats_the_choice)
{
	ck_assert_int_eq(differ(7, 7), 0);
	ck_assert_int_eq(differ(UINT64_MAX, UINT64_MAX), 0);
	ck_assert_int_ge(differ(7, 8), 4700);
	ck_assert_int_le(differ(7, 8), 5300);
	ck_assert_int_ge(differ(0, UINT64_C(1) << 63), 4700);
}
END_TEST

/* Neither the number of another connection nor another fault's key. */
START_TEST(a_choice_depends_on_nothing_else)
{
	uint32_t before[100];
	char why[WHY_MAX];

	parse("rst,p=0.5");
	ck_assert_int_eq(fault_parse("fin,p=0.5", &plan, why), 0);
	for (uint64_t n = 0; n < 100; n++)
		before[n] = choose(n) & 2;
	plan.faults[0].probability = 0;
	plan.faults[0].every = 7;
	for (uint64_t n = 100; n-- > 0;)
		ck_assert_uint_eq(choose(n), before[n]);
}
END_TEST

START_TEST(faults_of_a_plan_draw_apart)
{
	char why[WHY_MAX];
	int same = 0;

	parse("rst,p=0.5");
	ck_assert_int_eq(fault_parse("fin,p=0.5", &plan, why), 0);
	for (uint64_t n = 1; n <= OFTEN; n++)
		same += choose(n) % 3 == 0;	/* both or none */
	ck_assert_int_ge(same, 4700);
	ck_assert_int_le(same, 5300);
}
END_TEST

static const struct {
	const char	*fault;
	const char	*client;
	uint32_t	 chosen;
} origins[] = {
	{ "rst,source=192.0.2.7",	"192.0.2.7", 1 },
	{ "rst,source=192.0.2.7",	"192.0.2.6", 0 },
	{ "rst,source=192.0.2.7",	"::ffff:192.0.2.7", 1 },
	{ "rst,source=192.0.2.7",	"::ffff:192.0.2.8", 0 },
	{ "rst,source=192.0.2.7",	"::192.0.2.7", 0 },
	{ "rst,source=10.0.0.0/8",	"10.255.0.1", 1 },
	{ "rst,source=10.0.0.0/8",	"11.0.0.0", 0 },
	{ "rst,source=10.9.9.9/8",	"10.1.2.3", 1 },
	{ "rst,source=10.0.0.0/9",	"10.127.0.0", 1 },
	{ "rst,source=10.0.0.0/9",	"10.128.0.0", 0 },
	{ "rst,source=10.0.0.0/31",	"10.0.0.1", 1 },
	{ "rst,source=10.0.0.0/31",	"10.0.0.2", 0 },
	{ "rst,source=10.0.0.0/8",	"::ffff:10.1.2.3", 1 },
	{ "rst,source=0.0.0.0/0",	"203.0.113.5", 1 },
	{ "rst,source=0.0.0.0/0",	"2001:db8::1", 0 },
	{ "rst,source=::/0",		"2001:db8::1", 1 },
	{ "rst,source=::/0",		"203.0.113.5", 0 },
	{ "rst,source=::1",		"::1", 1 },
	{ "rst,source=::1",		"::2", 0 },
	{ "rst,source=2001:db8::/33",	"2001:db8:7fff::1", 1 },
	{ "rst,source=2001:db8::/33",	"2001:db8:8000::1", 0 },
	{ "rst,source=2001:db8::/127",	"2001:db8::1", 1 },
	{ "rst,source=2001:db8::/127",	"2001:db8::2", 0 },
};

START_TEST(a_source_chooses)
{
	const char *host = origins[_i].client;
	struct sockaddr_in6 in6;
	struct sockaddr_in in;
	struct sockaddr *client;

	if (strchr(host, ':') != NULL) {
		in6 = inet6_address(host, 1);
		client = generic(&in6);
	} else {
		in = inet_address(host, 1);
		client = generic(&in);
	}
	parse(origins[_i].fault);
	ck_assert_uint_eq(fault_choose(&plan, 1, client), origins[_i].chosen);
}
END_TEST

START_TEST(what_has_no_address_is_from_no_source)
{
	struct sockaddr nowhere = { .sa_family = AF_UNIX };

	parse("rst,source=0.0.0.0/0");
	ck_assert_uint_eq(fault_choose(&plan, 1, &nowhere), 0);
	parse("rst");
	ck_assert_uint_eq(fault_choose(&plan, 1, &nowhere), 1);
}
END_TEST

/*
 * The time.
 */

static const struct {
	const char	*text;
	int64_t		 now;
	int		 active;
	int64_t		 changes;
} times[] = {
	{ "rst", 0, 1, INT64_MAX },
	{ "rst", 1000 * 3600 * S, 1, INT64_MAX },
	{ "rst", -1, 0, 0 },
	{ "rst,from=5s", -1, 0, 5 * S },
	{ "rst,from=5s", 0, 0, 5 * S },
	{ "rst,from=5s", 5 * S - 1, 0, 5 * S },
	{ "rst,from=5s", 5 * S, 1, INT64_MAX },
	{ "rst,for=2s", -1, 0, 0 },
	{ "rst,for=2s", 0, 1, 2 * S },
	{ "rst,for=2s", 2 * S - 1, 1, 2 * S },
	{ "rst,for=2s", 2 * S, 0, INT64_MAX },
	{ "rst,from=5s,for=2s", 5 * S, 1, 7 * S },
	{ "rst,from=5s,for=2s", 7 * S - 1, 1, 7 * S },
	{ "rst,from=5s,for=2s", 7 * S, 0, INT64_MAX },
	{ "rst,every=10s,for=2s", -1, 0, 0 },
	{ "rst,every=10s,for=2s", 0, 1, 2 * S },
	{ "rst,every=10s,for=2s", 2 * S, 0, 10 * S },
	{ "rst,every=10s,for=2s", 10 * S - 1, 0, 10 * S },
	{ "rst,every=10s,for=2s", 10 * S, 1, 12 * S },
	{ "rst,every=10s,for=2s", 31 * S, 1, 32 * S },
	{ "rst,every=10s,for=2s", 32 * S, 0, 40 * S },
	{ "rst,every=10s,for=2s,from=1s", 0, 0, S },
	{ "rst,every=10s,for=2s,from=1s", S, 1, 3 * S },
	{ "rst,every=10s,for=2s,from=1s", 3 * S, 0, 11 * S },
	{ "rst,every=10s,for=2s,from=1s", 11 * S, 1, 13 * S },
	{ "rst,every=2s,for=2s", 2 * S - 1, 1, 2 * S },
	{ "rst,every=2s,for=2s", 2 * S, 1, 4 * S },
	{ "slow-accept", 2 * S - 1, 1, 2 * S },
	{ "slow-accept", 2 * S, 0, INT64_MAX },
	{ "slow-accept,every=4s", 5 * S, 1, 6 * S },
};

START_TEST(a_window_opens_and_closes)
{
	const struct fault *f = parse(times[_i].text);
	int64_t now = times[_i].now;

	ck_assert_int_eq(fault_active(f, now), times[_i].active);
	ck_assert_int_eq(fault_changes(f, now), times[_i].changes);
}
END_TEST

/* Between now and what fault_changes says nothing changes; there it does. */
START_TEST(changes_are_where_they_are_said_to_be)
{
	const struct fault *f = parse("rst,every=9ns,for=4ns,from=5ns");

	for (int64_t now = -1; now < 100; now++) {
		int64_t until = fault_changes(f, now);
		int active = fault_active(f, now);

		ck_assert_int_gt(until, now);
		for (int64_t t = now; t < until; t++)
			ck_assert_int_eq(fault_active(f, t), active);
		ck_assert_int_ne(fault_active(f, until), active);
	}
}
END_TEST

START_TEST(of_the_listeners_faults_the_active_one_counts)
{
	char why[WHY_MAX];

	parse("rst");
	ck_assert_int_eq(fault_has_listener(&plan), 0);
	ck_assert_ptr_null(fault_of_listener(&plan, 0));
	ck_assert_int_eq(fault_parse("refuse,from=5s,for=1s", &plan, why), 0);
	ck_assert_int_eq(fault_parse("slow-accept,for=9s", &plan, why), 0);
	ck_assert_int_eq(fault_has_listener(&plan), 1);
	ck_assert_ptr_null(fault_of_listener(&plan, -1));
	ck_assert_ptr_eq(fault_of_listener(&plan, 0), &plan.faults[2]);
	ck_assert_ptr_eq(fault_of_listener(&plan, 5 * S), &plan.faults[1]);
	ck_assert_ptr_eq(fault_of_listener(&plan, 6 * S), &plan.faults[2]);
	ck_assert_ptr_null(fault_of_listener(&plan, 9 * S));
}
END_TEST

/* Before accept(2), where it vanishes for every client from the start. */
static const struct {
	const char	*text;
	int		 is_listeners;
} vanishing[] = {
	{ "refuse", 1 },
	{ "slow-accept", 1 },
	{ "syn-blackhole", 1 },
	{ "abort", 0 },
	{ "hang", 0 },
	{ "silence", 1 },
	{ "reboot", 1 },
	{ "silence,after=1", 0 },
	{ "silence,conns=1-", 0 },
	{ "silence,every=2", 0 },
	{ "reboot,p=0.9", 0 },
	{ "reboot,source=::/0", 0 },
};

START_TEST(who_vanishes_for_all_does_so_at_the_listener)
{
	const struct fault *f = parse(vanishing[_i].text);

	ck_assert_int_eq(fault_has_listener(&plan),
	    vanishing[_i].is_listeners);
	ck_assert_ptr_eq(fault_of_listener(&plan, 0),
	    vanishing[_i].is_listeners ? f : NULL);
}
END_TEST

START_TEST(random_numbers_are_splitmix64s)
{
	uint64_t state = 1234567;	/* of the published test vectors */

	ck_assert_uint_eq(splitmix(&state),
	    UINT64_C(6457827717110365317));
	ck_assert_uint_eq(splitmix(&state),
	    UINT64_C(3203168211198807973));
	ck_assert_uint_eq(splitmix(&state),
	    UINT64_C(9817491932198370423));
	ck_assert(splitmix_start(1, 1) != splitmix_start(1, 2));
	ck_assert(splitmix_start(1, 1) != splitmix_start(2, 1));
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "fault");

	tcase_add_loop_test(tc, a_name_alone_has_defaults, 0, ROWS(defaults));
	tcase_add_test(tc, every_fault_is_tested);
	tcase_add_loop_test(tc, a_value_of_the_name_is_that_of_its_key, 0,
	    ROWS(shorthands));
	tcase_add_test(tc, each_key_sets_what_it_is_named_after);
	tcase_add_loop_test(tc, a_time_may_vary, 0, ROWS(jitters));
	tcase_add_test(tc, ranges_go_on_after_their_commas);
	tcase_add_loop_test(tc, a_source_is_an_address_or_a_network, 0,
	    ROWS(sources));
	tcase_add_loop_test(tc, what_is_wrong_is_named, 0, ROWS(refused));
	tcase_add_test(tc, long_texts_are_refused);
	tcase_add_test(tc, a_plan_is_full_with_a_fault_for_each_bit);
	tcase_add_test(tc, numbers_choose);
	tcase_add_test(tc, one_of_so_many_is_chosen);
	tcase_add_test(tc, all_selectors_must_agree);
	tcase_add_test(tc, each_fault_has_its_bit);
	tcase_add_loop_test(tc, a_probability_is_a_share, 0, ROWS(shares));
	tcase_add_test(tc, a_seed_repeats_the_choice);
	tcase_add_test(tc, a_choice_depends_on_nothing_else);
	tcase_add_test(tc, faults_of_a_plan_draw_apart);
	tcase_add_loop_test(tc, a_source_chooses, 0, ROWS(origins));
	tcase_add_test(tc, what_has_no_address_is_from_no_source);
	tcase_add_loop_test(tc, a_window_opens_and_closes, 0, ROWS(times));
	tcase_add_test(tc, changes_are_where_they_are_said_to_be);
	tcase_add_test(tc, of_the_listeners_faults_the_active_one_counts);
	tcase_add_loop_test(tc, who_vanishes_for_all_does_so_at_the_listener,
	    0, ROWS(vanishing));
	tcase_add_test(tc, random_numbers_are_splitmix64s);
}

int
main(void)
{
	return run_suite("fault", fill);
}
