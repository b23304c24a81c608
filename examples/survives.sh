#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the unpwrap authors
#
# For a CI job: does a client survive what networks and servers do?
#
#	survives.sh COMMAND [ARGUMENT]...
#
# runs the command once for each fault below, with ECHO_HOST and ECHO_PORT in its
# environment: a server that fails its first clients, and then works.  A command
# that tries again, within the time that it gives itself, ends with 0 each time.
# The exit status is the number of faults that it did not survive.  Without a
# command, echo-client is tried up to four times, as an example.

set -u
: "${ECHO_SERVER:=echo-server}" "${ECHO_CLIENT:=echo-client}"

four_tries() {
	for _ in 1 2 3 4; do
		"$ECHO_CLIENT" --quiet --retry 5 --reply-timeout 1s --pattern \
		    --length 1000 "$ECHO_HOST" "$ECHO_PORT" && return
	done
}
[ $# -gt 0 ] || set -- four_tries

ready=$(mktemp -u) && mkfifo "$ready" || exit 99
server=
trap '[ -z "$server" ] || kill -s QUIT "$server"; rm -f "$ready"' EXIT
trap 'exit 99' HUP INT TERM

ECHO_HOST=localhost
export ECHO_HOST ECHO_PORT
failed=0
for fault in refuse,for=300ms abort,conns=1-3 rst,after=100,conns=1-2 \
    fin,after=100,conns=1 die,after=100,conns=1 hang,conns=1 \
    truncate,after=100,conns=1 corrupt,after=100,conns=1-2 \
    delay=200ms trickle=1ms,size=100; do
	"$ECHO_SERVER" --quiet --fault "$fault" --ready-fd 3 localhost:0 \
	    3>"$ready" &
	server=$!
	read -r ECHO_PORT <"$ready" || exit 99
	if "$@"; then
		echo "survived: $fault"
	else
		echo "NOT SURVIVED: $fault (status $?)"
		failed=$((failed + 1))
	fi
	kill -s QUIT "$server"
	wait "$server" 2>/dev/null
	server=
done
exit "$failed"
