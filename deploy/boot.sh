#!/bin/sh
# Starts the web server wherever a container, a dyno or a supervisor says "start": schema, catalogues, then uWSGI in the
# place of this shell, so that signals reach it. Several may start at once: whoever migrates holds a lock in Postgres.
#
# RETRIES (24) and PAUSE (5 seconds) say for how long the database is waited for. An error that does not pass, such as a
# setting that cannot be meant or a migration that fails, has been printed by then and ends the start.
set -u
cd "$(dirname "$0")/.." || exit 1

if [ -x .venv/bin/python ]; then
  PATH=$PWD/.venv/bin:$PATH
  export PATH
fi

tries=${RETRIES:-24}
pause=${PAUSE:-5}
until python -m microblog db upgrade; do
  tries=$((tries - 1))
  if [ "$tries" -le 0 ]; then
    echo "Upgrade command failed for good; its last words are above." >&2
    exit 1
  fi
  echo "Upgrade command failed, retrying in $pause secs..."
  sleep "$pause"
done

# An image is read-only and brings its catalogues compiled; a checkout has them compiled anew at each start.
for catalogue in microblog/locale/*/LC_MESSAGES; do
  if [ -w "$catalogue" ] || [ ! -f "$catalogue/messages.mo" ]; then
    python -m microblog translate compile || exit 1
    break
  fi
done

# A .env that is handed over whole has lines without a value; to uWSGI those would be values.
for name in MICROBLOG_HTTP MICROBLOG_MOUNT MICROBLOG_RUN MICROBLOG_SOCKET PROCESSES PYUWSGI_PYTHON THREADS WEB_CONCURRENCY; do
  eval "[ -n \"\${$name:-}\" ] || unset $name"
done

run=${MICROBLOG_RUN:-var/run}
mkdir -p "$run" || exit 1
[ -e "$run/reload" ] || : >"$run/reload"

# The prefix is said once, in PUBLIC_URL; uWSGI wants it by itself.
if [ -z "${MICROBLOG_MOUNT:-}" ] && [ -n "${PUBLIC_URL:-}" ]; then
  address=${PUBLIC_URL#*://}
  address=${address%/}
  case $address in
    */*) MICROBLOG_MOUNT=/${address#*/} ;;
    *) MICROBLOG_MOUNT=/ ;;
  esac
  export MICROBLOG_MOUNT
fi

# See the end of uwsgi.ini: only the ready-made wheel needs to be told which Python a reload starts.
if [ -z "${PYUWSGI_PYTHON:-}" ] && python -c 'import importlib.util, sys; sys.exit(not importlib.util.find_spec("pyuwsgi"))'; then
  PYUWSGI_PYTHON=$(command -v python)
  export PYUWSGI_PYTHON
fi

exec uwsgi --ini uwsgi.ini
