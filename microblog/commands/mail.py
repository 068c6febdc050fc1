"""mail: see whether letters arrive."""

import argparse

from . import Failure, say, settings


def add(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("test", help="send a test letter now, without the queue").add_argument("address")


def execute(options: argparse.Namespace) -> None:
    from ..faces.jobs import letters
    from ..framework.languages import Message
    from ..gateways.mail import Folder, Nowhere
    from ..worker import Worker

    with settings.with_database() as config:
        worker = Worker(config)
        office = worker.post_office
        if isinstance(office, Nowhere):
            raise Failure("MAIL_SERVER is not set, so no letters are sent.")
        try:
            letters.send(worker.apart(), "test", Message("A test"), options.address)
        except (OSError, ValueError) as error:
            raise Failure(f"The letter was not taken: {error}") from error
    where = f"a file in {office.path}" if isinstance(office, Folder) else f"{config.mail_server} port {config.mail_port}"
    say(f"The letter to {options.address} went to {where}.")
