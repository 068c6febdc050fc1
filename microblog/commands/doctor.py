"""doctor: look at the running installation through its own front door, and say what to change."""

import argparse
from urllib.parse import urlsplit

from . import mail, say, settings

DESCRIPTION = """Asks the site at PUBLIC_URL as a browser would, and by a request signed with SECRET_KEY what reached it; looks at
Postgres, the queue, the mail server and the machine; says of each thing what was seen and what mends it. It changes nothing,
sends no letter and tells no secret. Run it where the settings are, best as the site's own user. Ends with 0 if nothing is
wrong (there may be warnings), with 1 otherwise."""


def add(parser: argparse.ArgumentParser) -> None:
    parser.description = DESCRIPTION
    parser.add_argument(
        "--url",
        metavar="URL",
        type=_address,
        help="knock at this address, such as https://127.0.0.1:8443, and say PUBLIC_URL's name there",
    )
    parser.add_argument(
        "--plain-port", metavar="N", type=int, default=80, help="where the site is expected without TLS (default 80)"
    )
    parser.add_argument("--insecure", action="store_true", help="let a self-signed certificate pass")
    parser.add_argument("--quiet", action="store_true", help="tell only what is not fine")
    parser.add_argument("--json", action="store_true", help="write JSON for machines")
    parser.add_argument("--send-to", metavar="ADDRESS", default="", help="afterwards send a test letter there")


def execute(options: argparse.Namespace) -> int:
    from ..doctor import examination, report
    from ..doctor.door import Door
    from ..doctor.patient import Patient
    from ..doctor.verdicts import Level

    findings = []
    with settings.with_database() as config:
        door = Door(config.public_url, at=options.url or "", plain_port=options.plain_port, is_trusting=options.insecure)
        patient = Patient(config, door)
        try:
            for finding in examination.examine(patient):
                findings.append(finding)
                if not options.json and finding.level is not Level.UNSEEN and not (options.quiet and finding.level is Level.FINE):
                    say("\n".join(report.lines(finding)))
        finally:
            patient.close()
    say(report.as_json(findings) if options.json else "\n".join([*report.unseen(findings), report.summary(findings)]))
    if options.send_to:
        mail.execute(argparse.Namespace(address=options.send_to))
    return report.status(findings)


def _address(value: str) -> str:
    """Where to knock: scheme, host and port."""
    parts = urlsplit(value)
    try:
        _ = parts.port
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{value!r} has no such port") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise argparse.ArgumentTypeError(f"{value!r} must be scheme, host and port; the prefix is PUBLIC_URL's own")
    return value
