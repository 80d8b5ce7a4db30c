#!/bin/sh
# Takes a base backup: postgres-backup.sh CONNECTION FOLDER
# CONNECTION: as libpq takes it, of an account with REPLICATION; a standby will do.
# FOLDER must not exist; it gets data/ and the instant it began: what came later may be missing.
set -eu
umask 077
connection=$1 folder=$2
PATH=${POSTGRES_BIN:-/usr/lib/postgresql/18/bin}:$PATH

mkdir "$folder"
date -u +%Y-%m-%dT%H:%M:%SZ >"$folder/backup_at"
pg_basebackup --dbname "$connection" --pgdata "$folder/data" --wal-method stream \
    --checkpoint fast --manifest-checksums SHA256 --no-password
pg_verifybackup --quiet "$folder/data"
echo "$folder: as of $(cat "$folder/backup_at")"
