/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * schema FILE NAME: whether each line of standard input is a JSON value that
 * the definition of that name in the JSON schema allows.  Says of the first
 * that is not where it is wrong: status 1.  What the schema has that this
 * program does not know is an error, too, status 2: it would not be checked.
 */
#include <config.h>

#include <jansson.h>

#include <stdlib.h>
#include <string.h>

#define PATH_MAX_	512

struct at {
	const json_t	*root;		/* of the schema */
	char		 path[PATH_MAX_];	/* in the value */
	int		 silent;	/* one of several that may do */
};

static int	 is_valid(struct at *, const json_t *schema, const json_t *);

static void
bad_schema(const char *what)
{
	fprintf(stderr, "schema: %s is not known\n", what);
	exit(2);
}

static int
wrong(const struct at *at, const char *why, const char *what)
{
	if (!at->silent)
		printf("%s: %s%s\n", at->path[0] == '\0' ? "the value" :
		    at->path, why, what);
	return 0;
}

/* The same for what is inside, under that name. */
static int
is_valid_inside(struct at *at, const char *name, const json_t *schema,
    const json_t *value)
{
	size_t n = strlen(at->path);
	int valid;

	snprintf(at->path + n, sizeof(at->path) - n, "/%s", name);
	valid = is_valid(at, schema, value);
	at->path[n] = '\0';
	return valid;
}

static int
is_of_type(const char *type, const json_t *value)
{
	static const struct {
		const char	*name;
		json_type	 types[2];
	} rows[] = {
		{ "object", { JSON_OBJECT, JSON_OBJECT } },
		{ "array", { JSON_ARRAY, JSON_ARRAY } },
		{ "string", { JSON_STRING, JSON_STRING } },
		{ "integer", { JSON_INTEGER, JSON_INTEGER } },
		{ "number", { JSON_INTEGER, JSON_REAL } },
		{ "boolean", { JSON_TRUE, JSON_FALSE } },
		{ "null", { JSON_NULL, JSON_NULL } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].name, type) == 0)
			return json_typeof(value) == rows[i].types[0] ||
			    json_typeof(value) == rows[i].types[1];
	bad_schema(type);
	return 0;
}

static int
check_type(struct at *at, const json_t *schema, const json_t *type,
    const json_t *value)
{
	size_t i;
	json_t *one;

	(void)schema;
	if (json_is_string(type))
		return is_of_type(json_string_value(type), value) ||
		    wrong(at, "is not of type ", json_string_value(type));
	json_array_foreach(type, i, one)
		if (is_of_type(json_string_value(one), value))
			return 1;
	return wrong(at, "is of none of the types", "");
}

static int
check_const(struct at *at, const json_t *schema, const json_t *expected,
    const json_t *value)
{
	(void)schema;
	return json_equal(expected, value) ||
	    wrong(at, "is another value", "");
}

static int
check_enum(struct at *at, const json_t *schema, const json_t *values,
    const json_t *value)
{
	size_t i;
	json_t *one;

	(void)schema;
	json_array_foreach(values, i, one)
		if (json_equal(one, value))
			return 1;
	return wrong(at, "is none of the values", "");
}

static int
check_minimum(struct at *at, const json_t *schema, const json_t *least,
    const json_t *value)
{
	(void)schema;
	return !json_is_number(value) ||
	    json_number_value(value) >= json_number_value(least) ||
	    wrong(at, "is too small", "");
}

static int
check_required(struct at *at, const json_t *schema, const json_t *names,
    const json_t *value)
{
	size_t i;
	json_t *name;

	(void)schema;
	json_array_foreach(names, i, name)
		if (json_is_object(value) && json_object_get(value,
		    json_string_value(name)) == NULL)
			return wrong(at, "lacks ", json_string_value(name));
	return 1;
}

static int
check_properties(struct at *at, const json_t *schema, const json_t *properties,
    const json_t *value)
{
	const char *name;
	json_t *one, *member;

	(void)schema;
	json_object_foreach((json_t *)properties, name, one) {
		member = json_object_get(value, name);
		if (member != NULL && !is_valid_inside(at, name, one, member))
			return 0;
	}
	return 1;
}

static int
check_names(struct at *at, const json_t *schema, const json_t *of_names,
    const json_t *value)
{
	const char *name;
	json_t *member, *text;
	int valid = 1;

	(void)schema;
	json_object_foreach((json_t *)value, name, member) {
		text = json_string(name);
		valid = valid && is_valid_inside(at, name, of_names, text);
		json_decref(text);
	}
	return valid;
}

/* What is no member by "properties". */
static int
check_others(struct at *at, const json_t *schema, const json_t *others,
    const json_t *value)
{
	const json_t *known = json_object_get(schema, "properties");
	const char *name;
	json_t *member;

	json_object_foreach((json_t *)value, name, member) {
		if (json_object_get(known, name) != NULL)
			continue;
		if (json_is_false(others))
			return wrong(at, "has the unknown member ", name);
		if (json_is_object(others) &&
		    !is_valid_inside(at, name, others, member))
			return 0;
	}
	return 1;
}

static int
check_items(struct at *at, const json_t *schema, const json_t *items,
    const json_t *value)
{
	size_t i;
	json_t *item;
	char number[24];

	(void)schema;
	json_array_foreach(value, i, item) {
		snprintf(number, sizeof(number), "%zu", i);
		if (!is_valid_inside(at, number, items, item))
			return 0;
	}
	return 1;
}

static int
check_least_items(struct at *at, const json_t *schema, const json_t *least,
    const json_t *value)
{
	(void)schema;
	return !json_is_array(value) || json_array_size(value) >=
	    (size_t)json_integer_value(least) ||
	    wrong(at, "has too few items", "");
}

static int
check_most_items(struct at *at, const json_t *schema, const json_t *most,
    const json_t *value)
{
	(void)schema;
	return !json_is_array(value) || json_array_size(value) <=
	    (size_t)json_integer_value(most) ||
	    wrong(at, "has too many items", "");
}

static int
check_any(struct at *at, const json_t *schema, const json_t *schemas,
    const json_t *value)
{
	struct at quiet = *at;
	size_t i;
	json_t *one;

	(void)schema;
	quiet.silent = 1;
	json_array_foreach(schemas, i, one)
		if (is_valid(&quiet, one, value))
			return 1;
	return wrong(at, "is none of what it can be", "");
}

static const json_t *
definition(const json_t *root, const char *name)
{
	const json_t *d = json_object_get(json_object_get(root, "$defs"),
	    name);

	if (d == NULL)
		bad_schema(name);
	return d;
}

static int
check_reference(struct at *at, const json_t *schema, const json_t *reference,
    const json_t *value)
{
	static const char prefix[] = "#/$defs/";
	const char *name = json_string_value(reference);

	(void)schema;
	if (name == NULL || strncmp(name, prefix, sizeof(prefix) - 1) != 0)
		bad_schema("$ref");
	return is_valid(at, definition(at->root, name + sizeof(prefix) - 1),
	    value);
}

static const struct keyword {
	const char	*name;
	int		(*check)(struct at *, const json_t *schema,
			    const json_t *operand, const json_t *value);
} keywords[] = {
	{ "type", check_type },
	{ "const", check_const },
	{ "enum", check_enum },
	{ "minimum", check_minimum },
	{ "required", check_required },
	{ "properties", check_properties },
	{ "propertyNames", check_names },
	{ "additionalProperties", check_others },
	{ "items", check_items },
	{ "minItems", check_least_items },
	{ "maxItems", check_most_items },
	{ "anyOf", check_any },
	{ "$ref", check_reference },
	{ "description", NULL },
	{ NULL, NULL }
};

static const struct keyword *
keyword_named(const char *name)
{
	const struct keyword *k = keywords;

	while (k->name != NULL && strcmp(k->name, name) != 0)
		k++;
	if (k->name == NULL)
		bad_schema(name);
	return k;
}

static int
is_valid(struct at *at, const json_t *schema, const json_t *value)
{
	const char *name;
	json_t *operand;
	const struct keyword *k;

	json_object_foreach((json_t *)schema, name, operand) {
		k = keyword_named(name);
		if (k->check != NULL && !k->check(at, schema, operand, value))
			return 0;
	}
	return 1;
}

static int
check_line(struct at *at, const json_t *schema, const char *line)
{
	json_error_t error;
	json_t *value = json_loads(line, JSON_REJECT_DUPLICATES, &error);
	int valid;

	if (value == NULL) {
		printf("column %d: %s\n", error.column, error.text);
		return 0;
	}
	valid = is_valid(at, schema, value);
	json_decref(value);
	return valid;
}

int
main(int argc, char *argv[])
{
	struct at at = { .path = "" };
	json_error_t error;
	json_t *root = argc == 3 ? json_load_file(argv[1], 0, &error) : NULL;
	const json_t *schema;
	char *line = NULL;
	size_t size = 0, n = 0;
	int valid = 1;

	if (root == NULL) {
		fprintf(stderr, "usage: schema FILE NAME (FILE is JSON)\n");
		return 2;
	}
	at.root = root;
	schema = definition(root, argv[2]);
	while (valid && getline(&line, &size, stdin) != -1) {
		valid = check_line(&at, schema, line);
		n++;
	}
	free(line);
	json_decref(root);
	if (n == 0)
		printf("no line\n");
	return n == 0 || !valid;
}
