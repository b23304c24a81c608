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
# that tries again, within the time that it gives itself, ends with 0 each time;
# one that does not end within $ECHO_SECONDS is ended.  A fault strikes once a byte
# was echoed, if not before: what does not exchange two bytes or more meets few.
# The exit status is the number of faults that the command did not survive, or
# did not meet.  Without a command, echo-client is tried up to four times, as an
# example.

set -u
: "${ECHO_SERVER:=echo-server}" "${ECHO_CLIENT:=echo-client}"
: "${ECHO_SECONDS:=30}" "${TIMEOUT:=timeout}"	# macOS has it as gtimeout
export ECHO_HOST=localhost ECHO_PORT ECHO_CLIENT

command -v "$TIMEOUT" >/dev/null || {
	echo "survives.sh: $TIMEOUT is needed, see timeout(1)" >&2
	exit 99
}
[ $# -gt 0 ] || set -- sh -c 'for _ in 1 2 3 4; do
	"$ECHO_CLIENT" --quiet --retry 5 --reply-timeout 1s --pattern \
	    --length 1000 "$ECHO_HOST" "$ECHO_PORT" && exit
done'

tmp=$(mktemp -d) && mkfifo "$tmp/ready" || exit 99
server=
trap '[ -z "$server" ] || kill -s QUIT "$server"; rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM

# The server's last line has how often each fault struck.
struck() {
	grep -q " statistics .* ${1%%[,=]*}=[1-9]" "$tmp/log"
}

failed=0
for fault in refuse,for=300ms abort,conns=1-3 rst,after=1,conns=1-2 \
    fin,after=1,conns=1 die,after=1,conns=1 hang,conns=1 \
    truncate,after=1,conns=1 corrupt,after=1,conns=1-2 \
    delay=200ms trickle=1ms,size=100; do
	"$ECHO_SERVER" --fault "$fault" --ready-fd 3 localhost:0 \
	    3>"$tmp/ready" 2>"$tmp/log" &
	server=$!
	read -r ECHO_PORT <"$tmp/ready" || { cat "$tmp/log" >&2; exit 99; }
	"$TIMEOUT" -k 1 "$ECHO_SECONDS" "$@"
	status=$?
	kill -s QUIT "$server"
	wait "$server" 2>/dev/null
	server=
	if [ "$status" -ne 0 ]; then
		echo "NOT SURVIVED: $fault (status $status)"
	elif ! struck "$fault"; then
		echo "NOT MET: $fault"
	else
		echo "survived: $fault"
		continue
	fi
	failed=$((failed + 1))
done
exit "$failed"
