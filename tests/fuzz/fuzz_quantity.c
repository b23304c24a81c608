/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Sizes, durations and counts.
 */
#include "fuzz.h"
#include "quantity.h"

#include <string.h>

static void
check_refused(const char why[WHY_MAX])
{
	must(why[0] != '\0' && memchr(why, 0, WHY_MAX) != NULL);
}

static int
begins_with_digit(const char *text)
{
	return text[0] != '\0' && strchr("0123456789.", text[0]) != NULL;
}

static void
size(const char *text)
{
	char why[WHY_MAX] = "";
	uint64_t bytes;

	if (size_parse(text, &bytes, why) == -1) {
		check_refused(why);
		return;
	}
	must(begins_with_digit(text));
	must(bytes <= UINT64_C(1) << 53);
}

static void
duration(const char *text)
{
	char why[WHY_MAX] = "";
	int64_t ns;

	if (duration_parse(text, &ns, why) == -1) {
		check_refused(why);
		return;
	}
	must(begins_with_digit(text));
	must(0 <= ns && ns <= 1000 * 3600 * NSEC_PER_SEC);
}

static void
number(const char *text, uint64_t low, uint64_t high)
{
	char why[WHY_MAX] = "";
	uint64_t n;

	if (count_parse(text, low, high, &n, why) == -1) {
		check_refused(why);
		return;
	}
	must(low <= n && n <= high);
	must(text[strspn(text, "0123456789")] == '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = fuzz_string(data, len);

	size(text);
	duration(text);
	number(text, 1, 10);
	number(text, 0, UINT64_MAX);
	free(text);
	return 0;
}
