#!/bin/sh
# Puts a backup in place: postgres-restore.sh FOLDER DATA [ARCHIVE [UNTIL]], as PostgreSQL's account
# DATA must not exist. With ARCHIVE the log that was kept there is replayed, up to UNTIL
# (2026-11-28T01:00:00Z) or to its end. The server then stands still: start it, or let Patroni
# take DATA over. Say next, before any server or worker of the wallet is started:
#   fusion-wallet restored begin --backup-at INSTANT      (this script prints the instant)
set -eu
umask 077
folder=$1 data=$2 archive=${3:-} until=${4:-}
# the server is told where they are, and starts elsewhere
case $data in /*) ;; *) data=$PWD/$data ;; esac
case $archive in '' | /*) ;; *) archive=$PWD/$archive ;; esac
PATH=${POSTGRES_BIN:-/usr/lib/postgresql/18/bin}:$PATH

if [ -e "$data" ]; then
    echo "$data is still there" >&2
    exit 1
fi
pg_verifybackup --quiet "$folder/data"
cp -a "$folder/data" "$data"
chmod 0700 "$data"
rm -f "$data/standby.signal" "$data/postmaster.pid"
# Debian keeps these in /etc/postgresql and not in the data: stand-ins for as long as this runs
stand_ins=
for name in postgresql.conf pg_hba.conf pg_ident.conf; do
    if [ ! -e "$data/$name" ]; then
        case $name in
            pg_hba.conf) echo 'local all all reject' >"$data/$name" ;;
            *) : >"$data/$name" ;;
        esac
        stand_ins="$stand_ins $name"
    fi
done
at=$(cat "$folder/backup_at")
# nobody but this script reaches it while it recovers; a file, because settings of the backup come
# before it and could not be taken back on the command line
settings=$data/postgresql.auto.conf
touch "$settings"
cp -p "$settings" "$settings.kept"
cat >>"$settings" <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$data'
archive_mode = off
synchronous_standby_names = ''
hot_standby = off
primary_conninfo = ''
SETTINGS
if [ -n "$archive" ]; then
    touch "$data/recovery.signal"
    cat >>"$settings" <<SETTINGS
restore_command = 'cp "$archive/%f" "%p"'
recovery_target_action = promote
SETTINGS
    if [ -n "$until" ]; then
        # PostgreSQL does not know the name of a zone yet when it reads this, not even Z
        echo "recovery_target_time = '$(echo "$until" | sed 's/T/ /; s/Z$/+00/')'" >>"$settings"
        at=$until
    fi
fi
pg_ctl --pgdata "$data" --wait --timeout 3600 --log "$data/restore.log" start >&2
# pg_ctl does not wait for the end of the log
until LC_ALL=C pg_controldata --pgdata "$data" | grep -q 'cluster state: *in production'; do
    if ! pg_ctl --pgdata "$data" status >/dev/null; then
        echo "it did not come out of recovery; see $data/restore.log" >&2
        exit 1
    fi
    sleep 1
done
pg_ctl --pgdata "$data" --wait --mode fast stop >&2
mv "$settings.kept" "$settings"
# What is written from now on is a branch of the log, which the archive has to know of: the next
# restore would leave out what the branch holds, and begin another one by the same name. The server
# keeps it with the rest, if it keeps any: a copy that only tries a restore is to have
# archive_mode = off.
if [ -n "$archive" ]; then
    for branch in "$data"/pg_wal/*.history; do
        touch "$data/pg_wal/archive_status/${branch##*/}.ready"
    done
fi
for name in $stand_ins; do
    rm "$data/$name"
done
echo "$at"
