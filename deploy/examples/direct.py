#!/usr/bin/env python3
"""Serve Microblog with Werkzeug's simple server, to look at it: one process, no nginx before it and no worker beside it.

    deploy/examples/direct.py [--host 0.0.0.0] [--port 29130]

From elsewhere it is reached through a tunnel, at another host and port: ssh -L 8000:localhost:29130 …, then http://localhost:8000/.
A server that imports this file takes `application`, and nothing is started.
"""

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def main() -> None:
    """Find a database as `python3 -m microblog run` does, bring it up to date, and serve until Ctrl-C."""
    from microblog import bootstrap

    parser = argparse.ArgumentParser(description="Serve Microblog with a simple server, to look at it.")
    parser.add_argument("--host", default="0.0.0.0", help="address to listen at (0.0.0.0, all of this machine)")
    parser.add_argument("--port", default=29130, type=int, help="port to listen at (29130)")
    options = parser.parse_args()
    bootstrap.enter("run")

    from werkzeug.serving import run_simple

    from microblog import migrations
    from microblog.commands import Failure, settings, translate

    os.environ |= {"HOST": options.host, "PORT": str(options.port)}
    os.environ.setdefault("LOG_TO_STDOUT", "on")
    try:
        with settings.with_database() as config:
            migrations.run(config.database_url, "upgrade", "head")
            translate.compile_stale()
            from wsgi import application

            run_simple(options.host, options.port, application, threaded=True)
    except Failure as failure:
        sys.exit(str(failure))


if __name__ == "__main__":
    main()
else:
    from wsgi import application as application
