/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The options: their names, their line of --help, and what they set.
 */
#ifndef SETTINGS_TABLE_H
#define SETTINGS_TABLE_H

#include "options.h"

/* For options_parse with a struct settings. */
extern const struct option_row client_options[];

#endif
