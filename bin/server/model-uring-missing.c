/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "model.h"

int
probe_uring(char why[WHY_MAX])
{
	return refuse(why, "this program was built without liburing");
}

int
serve_uring(struct server *server)
{
	(void)server;
	return 1;
}
