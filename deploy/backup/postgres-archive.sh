#!/bin/sh
# Keeps a finished piece of the log: archive_command = 'postgres-archive.sh %p %f FOLDER'
# Never overwrites: PostgreSQL tries again until it succeeds.
set -eu
umask 077
piece=$1 name=$2 folder=$3
if [ -e "$folder/$name" ]; then
    cmp -s "$piece" "$folder/$name"
    exit
fi
cp "$piece" "$folder/.$name"
sync "$folder/.$name"
mv "$folder/.$name" "$folder/$name"
