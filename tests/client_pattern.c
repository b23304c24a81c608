/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "diagnosis.h"
#include "pattern.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define SEED	12345
#define LENGTH	4096

static unsigned char stream[LENGTH];	/* as it was sent */
static unsigned char echo[2 * LENGTH];	/* as it comes back */

START_TEST(word_tells_its_place)
{
	static const uint64_t offsets[] = { 0, 8, 16, 65536,
	    PATTERN_LENGTH_MAX - PATTERN_WORD };
	static const uint32_t seeds[] = { 0, 1, SEED, PATTERN_SEED_MAX };
	unsigned char word[PATTERN_WORD];
	uint64_t offset;
	uint32_t seed;

	for (size_t i = 0; i < 5; i++) {
		for (size_t j = 0; j < 4; j++) {
			pattern_bytes(seeds[j], offsets[i], word, sizeof(word));
			pattern_read(word, &seed, &offset);
			ck_assert_uint_eq(seed, seeds[j]);
			ck_assert_uint_eq(offset, offsets[i]);
		}
	}
}
END_TEST

START_TEST(pieces_make_the_whole)
{
	unsigned char pieces[LENGTH];
	size_t n;

	pattern_bytes(SEED, 0, stream, sizeof(stream));
	for (size_t at = 0; at < LENGTH; at += n) {
		n = 1 + at % 23;
		if (n > LENGTH - at)
			n = LENGTH - at;
		pattern_bytes(SEED, at, pieces + at, n);
	}
	ck_assert_int_eq(memcmp(pieces, stream, LENGTH), 0);
}
END_TEST

/* What is read after the first byte that differs; n of the echo are there. */
static struct diagnosis
diagnosis_of(size_t n)
{
	struct diagnosis d;
	size_t at = 0;

	while (at < n && at < LENGTH && echo[at] == stream[at])
		at++;
	diagnose(SEED, LENGTH, at, echo + at, n - at, &d);
	return d;
}

static void
set_up(void)
{
	pattern_bytes(SEED, 0, stream, LENGTH);
	memcpy(echo, stream, LENGTH);
	memset(echo + LENGTH, 0, LENGTH);
}

/* Puts other bytes in: n at the offset, with the rest behind them. */
static void
insert(size_t at, const void *bytes, size_t n)
{
	memmove(echo + at + n, stream + at, LENGTH - at);
	memcpy(echo + at, bytes, n);
}

static const size_t places[] = { 0, 1, 7, 8, 1000, 1001, 2047, 4000 };
#define PLACES	((int)(sizeof(places) / sizeof(places[0])))

START_TEST(changed)
{
	size_t at = places[_i];
	struct diagnosis d;

	set_up();
	echo[at] ^= 0x10;
	echo[at + 20] ^= 0xff;
	d = diagnosis_of(LENGTH);
	ck_assert_int_eq(d.kind, DAMAGE_CHANGED);
	/* The word between them is in its place: the first is one fault. */
	ck_assert_uint_eq(d.bytes, 1);
	ck_assert_uint_eq(d.from, at);
	ck_assert_uint_eq(d.seed, 0);
}
END_TEST

START_TEST(changed_at_the_end)
{
	struct diagnosis d;

	set_up();
	echo[LENGTH - 4] ^= 0x10;
	d = diagnosis_of(LENGTH);
	ck_assert_int_eq(d.kind, DAMAGE_CHANGED);
	ck_assert_uint_eq(d.bytes, 1);
	memset(echo + LENGTH - 20, 0, 20);
	d = diagnosis_of(LENGTH);
	ck_assert_int_eq(d.kind, DAMAGE_UNKNOWN);
}
END_TEST

START_TEST(lost)
{
	static const size_t gaps[] = { 1, 7, 8, 9, 80 };
	size_t at = places[_i];
	struct diagnosis d;

	for (size_t i = 0; i < 5; i++) {
		set_up();
		memmove(echo + at, stream + at + gaps[i],
		    LENGTH - at - gaps[i]);
		d = diagnosis_of(LENGTH - gaps[i]);
		ck_assert_int_eq(d.kind, DAMAGE_LOST);
		ck_assert_uint_eq(d.bytes, gaps[i]);
		ck_assert_uint_eq(d.from, at + gaps[i]);
		ck_assert_uint_eq(d.seed, 0);
	}
}
END_TEST

START_TEST(repeated)
{
	static const size_t sizes[] = { 1, 8, 9, 80, 1000 };
	size_t at = places[_i];
	struct diagnosis d;

	for (size_t i = 0; i < 5; i++) {
		if (sizes[i] > at)
			continue;
		set_up();
		insert(at, stream + at - sizes[i], sizes[i]);
		d = diagnosis_of(LENGTH + sizes[i]);
		ck_assert_int_eq(d.kind, DAMAGE_REPEATED);
		ck_assert_uint_eq(d.bytes, sizes[i]);
		ck_assert_uint_eq(d.from, at - sizes[i]);
		ck_assert_uint_eq(d.seed, 0);
	}
}
END_TEST

START_TEST(repeated_after_the_end)
{
	struct diagnosis d;

	set_up();
	memcpy(echo + LENGTH, stream + LENGTH - 100, 100);
	d = diagnosis_of(LENGTH + 100);
	ck_assert_int_eq(d.kind, DAMAGE_REPEATED);
	ck_assert_uint_eq(d.from, LENGTH - 100);
	memset(echo + LENGTH, 0, 100);
	d = diagnosis_of(LENGTH + 100);
	ck_assert_int_eq(d.kind, DAMAGE_UNKNOWN);
}
END_TEST

START_TEST(inserted)
{
	size_t at = places[_i];
	struct diagnosis d;

	set_up();
	insert(at, "HTTP/1.1 400 Bad Request\r\n", 26);
	d = diagnosis_of(LENGTH + 26);
	ck_assert_int_eq(d.kind, DAMAGE_INSERTED);
	ck_assert_uint_eq(d.bytes, 26);
	ck_assert_uint_eq(d.from, 0);	/* it belongs nowhere */
	ck_assert_uint_eq(d.seed, 0);
}
END_TEST

START_TEST(reordered)
{
	static const size_t sizes[] = { 1, 4, 16, 40 };
	size_t at = places[_i];

	for (size_t i = 0; i < 4; i++) {
		size_t n = sizes[i];

		set_up();
		memcpy(echo + at, stream + at + n, n);
		memcpy(echo + at + n, stream + at, n);
		ck_assert_int_eq(diagnosis_of(LENGTH).kind, DAMAGE_REORDERED);
	}
}
END_TEST

START_TEST(stranger)
{
	size_t at = places[_i];
	struct diagnosis d;

	set_up();
	pattern_bytes(SEED + 1, at, echo + at, LENGTH - at);
	d = diagnosis_of(LENGTH);
	ck_assert_int_eq(d.kind, DAMAGE_STRANGER);
	ck_assert_uint_eq(d.seed, SEED + 1);
	ck_assert_uint_eq(d.from, (at + 7) / 8 * 8);
}
END_TEST

START_TEST(noise)
{
	set_up();
	srand(1);
	for (int i = 100; i < LENGTH; i++)
		echo[i] = (unsigned char)rand();
	ck_assert_int_eq(diagnosis_of(LENGTH).kind, DAMAGE_UNKNOWN);
	memset(echo + 100, 0, LENGTH - 100);
	ck_assert_int_eq(diagnosis_of(LENGTH).kind, DAMAGE_UNKNOWN);
	ck_assert_int_eq(diagnosis_of(101).kind, DAMAGE_UNKNOWN);
}
END_TEST

static Suite *
pattern_suite(void)
{
	Suite *suite = suite_create("pattern");
	TCase *tc = tcase_create("pattern");

	tcase_add_test(tc, word_tells_its_place);
	tcase_add_test(tc, pieces_make_the_whole);
	tcase_add_loop_test(tc, changed, 0, PLACES);
	tcase_add_test(tc, changed_at_the_end);
	tcase_add_loop_test(tc, lost, 0, PLACES);
	tcase_add_loop_test(tc, repeated, 0, PLACES);
	tcase_add_test(tc, repeated_after_the_end);
	tcase_add_loop_test(tc, inserted, 0, PLACES);
	tcase_add_loop_test(tc, reordered, 0, PLACES);
	tcase_add_loop_test(tc, stranger, 0, PLACES);
	tcase_add_test(tc, noise);
	suite_add_tcase(suite, tc);
	return suite;
}

int
main(void)
{
	SRunner *runner = srunner_create(pattern_suite());
	int failed;

	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
