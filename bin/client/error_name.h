/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The name of an errno value, which unlike its text is the same in every
 * language and on every system.
 */
#ifndef ERROR_NAME_H
#define ERROR_NAME_H

/* NULL: it is not one of a connection. */
const char *error_name(int error);

#endif
