#!/bin/sh
# Puts a backup in place: sqlite-restore.sh FOLDER DATABASE, with the service's environment
# DATABASE must not exist any more: move the damaged one away, with its -wal and -shm.
# No server and no worker may run. Afterwards nothing is moved until `fusion-wallet restored end`.
set -eu
umask 077
folder=$1 database=$2
python=${PYTHON:-/opt/fusion-wallet/bin/python}

for left in "$database" "$database-wal" "$database-shm"; do
    if [ -e "$left" ]; then
        echo "$left is still there" >&2
        exit 1
    fi
done
# the log that a restore left which was killed would be played into this one
rm -f "$database.restoring" "$database.restoring-wal" "$database.restoring-shm"
cp "$folder/wallet.db" "$database.restoring"
FUSION_WALLET_DATABASE_URL="sqlite:///$database.restoring"
export FUSION_WALLET_DATABASE_URL
"$python" -m wallet restored begin --backup-at "$(cat "$folder/backup_at")"
# only now can a server that is started find it
"$python" - "$database.restoring" <<'PYTHON'
import sqlite3
import sys
from contextlib import closing

with closing(sqlite3.connect(sys.argv[1])) as restored:
    (verdict,) = restored.execute("PRAGMA integrity_check").fetchone()
    restored.execute("PRAGMA wal_checkpoint(TRUNCATE)")
sys.exit(0 if verdict == "ok" else f"the backup is damaged: {verdict}")
PYTHON
rm -f "$database.restoring-wal" "$database.restoring-shm"
mv "$database.restoring" "$database"
