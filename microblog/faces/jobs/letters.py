"""Letters: made from a template in text and in HTML, in the language of whoever gets them, and handed to the post office."""

from email.headerregistry import Address
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

from ...framework.languages import Message

if TYPE_CHECKING:
    from . import Work

Attachment = tuple[str, str, bytes]  # name, media type, content


def send(
    work: "Work",
    template: str,
    subject: Message,
    to: str,
    *,
    language: str = "",
    attachments: tuple[Attachment, ...] = (),
    **values: Any,
) -> None:
    """Write and deliver one letter. Its Message-ID is the job's own, so that a letter sent twice can be known as one."""
    tongue = work.languages.get(language) or work.languages.default
    letter = EmailMessage()
    letter["Subject"] = "[Microblog] " + tongue.say(subject)
    letter["From"] = Address("Microblog", addr_spec=work.config.sender)
    letter["To"] = Address(addr_spec=to)
    letter["Date"] = work.promised_at
    letter["Message-ID"] = f"<job-{work.job_id}@{work.urls.host.partition(':')[0]}>"
    letter["Auto-Submitted"] = "auto-generated"
    values |= {"site": work.config.public_url + "/"}
    letter.set_content(work.templates.render(tongue, f"letters/{template}.txt", values))
    letter.add_alternative(work.templates.render(tongue, f"letters/{template}.html", values), subtype="html")
    for name, media_type, content in attachments:
        kind, _, subkind = media_type.partition("/")
        letter.add_attachment(content, maintype=kind, subtype=subkind, filename=name)
    work.post_office.deliver(letter)
