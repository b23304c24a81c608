/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "log.h"

int
log_has_json(void)
{
	return 0;
}

/* --log-format json is refused. */
char *
log_format_json(const char *time, const char *event,
    const struct log_field *fields, size_t n)
{
	(void)time;
	(void)event;
	(void)fields;
	(void)n;
	return NULL;
}
