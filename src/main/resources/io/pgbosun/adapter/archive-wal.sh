#!/bin/sh
# Written by pgbosun: changes are lost. Stores one file of the WAL in an archive, whole and durably or not at all:
#
#   archive_command = 'archive-wal "%p" DIRECTORY/"%f"'
#
# Ends with 0 when the file is there, also when it was there already with the same bytes. A different file of that name
# is never replaced. PostgreSQL tries again what ends with another code, and keeps the WAL until then.
set -u
umask 077

source=$1
target=$2
directory=${target%/*}
name=${target##*/}
aside="$directory/.$name.$$.tmp"

refuse() {
    echo "pgbosun: $name is not archived: $1" >&2
    exit 1
}

# What is there already is made durable too: the try that wrote it may have died before it was.
accept() {
    cmp -s "$source" "$target" || refuse "$target is there already and is another file. It is not replaced: see which other cluster archives there"
    sync "$target" && sync "$directory" || refuse "$target cannot be made durable"
    exit 0
}

[ -d "$directory" ] || refuse "there is no directory $directory. See that its disk is mounted"
[ ! -e "$target" ] || accept

rm -f "$directory/.$name".*.tmp # of tries that died
trap 'rm -f "$aside"' EXIT
trap 'exit 1' HUP INT TERM
cp "$source" "$aside" || refuse "it cannot be copied to $directory"
sync "$aside" || refuse "$aside cannot be made durable"

# A link is never made over a file; where the file system has none, mv -n looks first.
if ! ln "$aside" "$target" 2>/dev/null; then
    [ ! -e "$target" ] || accept
    mv -n "$aside" "$target" || refuse "$aside cannot be renamed"
    [ ! -e "$aside" ] || accept
fi
sync "$directory" || refuse "$directory cannot be made durable"
