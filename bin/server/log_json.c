/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "log.h"

#include <jansson.h>

#include <unistd.h>

char *
log_format_json(const char *time, const char *event,
    const struct log_field *fields, size_t n)
{
	json_t *object = json_object();
	char *line;

	json_object_set_new(object, "time", json_string(time));
	json_object_set_new(object, "pid", json_integer(getpid()));
	json_object_set_new(object, "event", json_string(event));
	for (size_t i = 0; i < n; i++)
		json_object_set_new(object, fields[i].key,
		    fields[i].text != NULL ? json_string(fields[i].text) :
		    json_integer((json_int_t)fields[i].number));
	line = json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER);
	json_decref(object);
	return line;
}

int
log_has_json(void)
{
	return 1;
}
