"""Whether letters would go out. None is sent."""

import smtplib

from ..worker import open_smtp
from .patient import Patient
from .verdicts import Verdict, fine, warning, wrong

NEAR = ("localhost", "127.0.0.1", "::1")


def server(patient: Patient) -> Verdict:
    config = patient.config
    if not config.mail_server:
        verdict = wrong if config.is_production else fine
        seen = "MAIL_SERVER is not set: nobody who has forgotten a password gets a letter."
        if verdict is fine:
            return fine("MAIL_SERVER is not set; letters become files in var/mail.")
        return wrong(
            seen, "Set MAIL_SERVER, MAIL_PORT and, if it wants to know you, MAIL_USE_TLS=on, MAIL_USERNAME, MAIL_PASSWORD."
        )
    where = f"{config.mail_server} port {config.mail_port}"
    try:
        refused = open_smtp(config).rehearse(config.sender, config.admins[:1])
    except smtplib.SMTPAuthenticationError as error:
        return wrong(f"{where} does not let us in ({error.smtp_code}).", "Correct MAIL_USERNAME and MAIL_PASSWORD.")
    except smtplib.SMTPNotSupportedError as error:
        return wrong(
            f"{where}: {error}",
            "MAIL_USE_TLS=on only for a server that offers STARTTLS (often port 587), MAIL_USE_SSL=on for port 465, neither for "
            "a near one on port 25; MAIL_USERNAME only where it asks for one.",
        )
    except (OSError, UnicodeError) as error:
        return wrong(
            f"{where} does not answer as a mail server should: {error or type(error).__name__}",
            "Start it (systemctl status postfix), or correct MAIL_SERVER, MAIL_PORT, MAIL_USE_TLS and MAIL_USE_SSL: 25 plain, "
            "587 with MAIL_USE_TLS, 465 with MAIL_USE_SSL; the firewall must let us out there.",
        )
    if refused:
        return wrong(
            f"{where} would not take a letter from {config.sender}: {refused}",
            "Let the server relay for this machine, or log in to it (MAIL_USERNAME); the first of ADMINS is the sender and must "
            "be an address it may send for.",
        )
    if config.mail_password and not (config.mail_use_tls or config.mail_use_ssl) and config.mail_server not in NEAR:
        return warning(
            f"The password goes to {where} for everybody to read.", "MAIL_USE_TLS=on (port 587) or MAIL_USE_SSL=on (465)."
        )
    return fine(f"{where} would take our letters.")


def admins(patient: Patient) -> Verdict:
    if not patient.config.admins:
        return warning("ADMINS is not set: nobody is told of errors, and letters come from no-reply@.", "ADMINS=you@example.org")
    return fine(f"{len(patient.config.admins)} administrator(s) are told of errors.")
