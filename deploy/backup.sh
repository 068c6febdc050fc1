#!/bin/sh
# Writes a backup into a folder, reads it whole again, and only then removes the oldest: backup.sh /srv/backups
#
# KEEP (14) says how many stay. Whoever calls it, such as deploy/systemd/microblog-backup.timer or cron, hears of a failure by its
# exit status and words on stderr; a file that did not pass is called .damaged and counts for nothing. Copy the folder to another
# machine as well: a backup beside the database burns with it.
set -eu
umask 077
if [ $# -ne 1 ] || [ ! -d "$1" ]; then
  echo "Say which folder the backups go to, and let it be there: $0 FOLDER" >&2
  exit 2
fi
keep=${KEEP:-14}
case $keep in
  '' | *[!0-9]* | 0*) echo "KEEP must be a number from 1 on, not $keep." >&2; exit 2 ;;
esac
folder=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."

if [ -x .venv/bin/python ]; then
  PATH=$PWD/.venv/bin:$PATH
  export PATH
fi

file=$folder/microblog-$(date -u +%Y%m%dT%H%M%SZ).zip
python3 -m microblog backup "$file"
if ! python3 -m microblog backup verify "$file"; then
  mv "$file" "$file.damaged"
  echo "The backup did not pass: it is $file.damaged now, and the older ones stay." >&2
  exit 1
fi

# Their names sort by time.
set -- "$folder"/microblog-*.zip
while [ $# -gt "$keep" ]; do
  rm "$1"
  shift
done
