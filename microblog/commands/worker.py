"""worker: do background jobs until stopped."""

import argparse
import signal

from . import settings


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="do what is waiting now, then end")


def execute(options: argparse.Namespace) -> None:
    from ..framework import logs
    from ..worker import Worker

    with settings.with_database() as config:
        logs.set_up(config.log_dir, to_stdout=config.log_to_stdout, form=config.log_format)
        worker = Worker(config)
        if options.once:
            worker.promise_periodic()
            while worker.work_once():
                pass
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        worker.run()
