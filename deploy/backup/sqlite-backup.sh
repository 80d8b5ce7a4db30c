#!/bin/sh
# Copies a live SQLite database: sqlite-backup.sh DATABASE FOLDER
# FOLDER must not exist; it gets wallet.db and the instant it began: what came later may be missing.
set -eu
umask 077
database=$1 folder=$2
python=${PYTHON:-/opt/fusion-wallet/bin/python}

mkdir "$folder"
date -u +%Y-%m-%dT%H:%M:%SZ >"$folder/backup_at"
# the online backup sees one state of the database, its log included; a copy of the file does not
"$python" - "$database" "$folder/unfinished" <<'PYTHON'
import sqlite3
import sys
from contextlib import closing

source = f"file:{sys.argv[1]}?mode=ro"
with closing(sqlite3.connect(source, uri=True)) as live, closing(sqlite3.connect(sys.argv[2])) as copy:
    live.backup(copy)
    (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
sys.exit(0 if verdict == "ok" else f"the copy is damaged: {verdict}")
PYTHON
# a copy that was broken off or found damaged has not the name that is restored from
sync "$folder/unfinished"
mv "$folder/unfinished" "$folder/wallet.db"
echo "$folder: as of $(cat "$folder/backup_at")"
