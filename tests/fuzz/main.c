/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * A fuzz target without a fuzzer: runs the files that are its arguments, or its
 * standard input.
 */
#include "fuzz.h"

#include <errno.h>
#include <string.h>

#define INPUT_MAX	65536

static void
run(FILE *fp)
{
	static uint8_t input[INPUT_MAX];
	size_t n = fread(input, 1, sizeof(input), fp);
	uint8_t *data = malloc(n > 0 ? n : 1);

	must(data != NULL);
	memcpy(data, input, n);
	LLVMFuzzerTestOneInput(data, n);
	free(data);
}

static int
run_file(const char *name)
{
	FILE *fp = fopen(name, "rb");

	if (fp == NULL) {
		fprintf(stderr, "%s: %s\n", name, strerror(errno));
		return EXIT_FAILURE;
	}
	run(fp);
	fclose(fp);
	return EXIT_SUCCESS;
}

int
main(int argc, char *argv[])
{
	int status = EXIT_SUCCESS;

	if (argc == 1)
		run(stdin);
	for (int i = 1; i < argc; i++)
		if (run_file(argv[i]) != EXIT_SUCCESS)
			status = EXIT_FAILURE;
	return status;
}
