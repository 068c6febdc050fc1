#!/bin/sh
# Brings a checkout and its database to the newest code while the site goes on; run it as the owner of the checkout.
# Migrations only add until the code that needed the old has gone, so the old code serves until the new one stands.
#
# RESTART_WORKERS is the command that starts the workers anew, such as "sudo systemctl restart microblog-worker".
# NO_FETCH=1 takes the code as it lies here.
set -eu
cd "$(dirname "$0")/.."

[ -n "${NO_FETCH:-}" ] || git pull --ff-only

# The first command also installs what requirements.lock has gained.
python3 -m microblog db upgrade
python3 -m microblog translate compile

# Code that cannot be imported must not reach the workers that still serve.
if [ -x .venv/bin/python ]; then
  PATH=$PWD/.venv/bin:$PATH
  export PATH
fi
python -c "import wsgi"

# One worker after the other takes up the code. Libraries are the master's, so where some are new all of it begins anew: it keeps
# its sockets, and whoever comes meanwhile waits.
run=${MICROBLOG_RUN:-var/run}
if [ requirements.lock -nt "$run/master.fifo" ]; then
  echo r >"$run/master.fifo"
else
  touch "$run/reload"
fi

if [ -n "${RESTART_WORKERS:-}" ]; then
  sh -c "$RESTART_WORKERS"
else
  echo "Now restart the workers, so that they take up the new code too."
fi
