#!/bin/sh
# Written by pgbosun: changes are lost. Waits until one file of the WAL is in an archive that is not on this host:
#
#   archive_command = 'archive-wal "%p" DIRECTORY/"%f"'
#
# The service fetches what PostgreSQL marks as ready in pg_wal/archive_status, stores it there, and answers for it in a file beside
# this script: with the checksum of what it has stored, or with why it has not. Ends with 0 when that is the checksum of the file here.
# PostgreSQL tries again what ends with another code, and keeps the WAL until then.
set -u
export LC_ALL=C

source=$1
name=${2##*/}
answers=${0%.archive-wal}.wal-answers

refuse() {
    echo "pgbosun: $name is not archived: $1" >&2
    exit 1
}

checksum=$(sha256sum <"$source") || refuse "it cannot be read"
checksum=${checksum%% *}
tries=100
while :; do
    answer=$(grep -s "^$name " "$answers")
    answer=${answer#* }
    case $answer in
        "$checksum") exit 0 ;;
        *[!0-9a-f]*) refuse "$answer" ;;
    esac
    # A server that stops does not wait: the service fetches it all the same. This ends the archiver as a signal would.
    [ "$(tail -n 1 postmaster.pid 2>/dev/null)" != stopping ] || exit 143
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || refuse "the service has not fetched it yet. See whether it runs, and reaches this host"
    sleep 0.2
done
