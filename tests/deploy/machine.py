"""A machine that reads the API's description and asks for everything in it, in ways that nobody would think of: schemathesis."""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from microblog import demo

from .installation import Installation
from .programs import Program, program_of

SEED = 23
EXAMPLES = 12  # for each operation and phase, besides those that its schema gives
MOST_SECONDS = 300  # far beyond what it takes: 20 to 40 on two cores
OWN = 0.7  # of the ids that it tries are real ones
# Whether a name is free, a text can be stored or a key is new no description can say; what is somebody's others may see.
NOT_CHECKED = ("positive_data_acceptance", "object_level_authorization")


class Machine:
    """One run against an installation; `statuses` counts what each operation has answered, `said` is what there is to tell."""

    def __init__(self, site: Installation, folder: Path) -> None:
        self.site, self.folder = site, folder
        self.statuses: dict[str, Counter[int]] = defaultdict(Counter)
        self.said = ""

    def run(self) -> int:
        """Ask and ask; gives the exit status, 0 if nothing was wrong."""
        settings, report = self.folder / "schemathesis.toml", self.folder / "report.ndjson"
        settings.write_text("\n".join(prepared(self.site)), "utf-8")
        words = [str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(settings), "run"]
        words += [f"{self.site.origin}{self.site.mount}/api/openapi.json", "--workers", "2", "--no-color", "--no-shrink"]
        words += ["--seed", str(SEED), "--max-examples", str(EXAMPLES), "--generation-database", "none"]
        words += ["--report", "ndjson", "--report-ndjson-path", str(report)]
        done = subprocess.run(words, cwd=self.folder, capture_output=True, text=True, timeout=MOST_SECONDS, check=False)
        self.said = done.stdout + done.stderr
        for line in report.read_text("utf-8").splitlines():
            for operation, status in _answered(json.loads(line)):
                self.statuses[operation][status] += 1
        return done.returncode


def _answered(event: dict[str, Any]) -> Iterator[tuple[str, int]]:
    recorder = event.get("ScenarioFinished", {}).get("recorder", {})
    for case_id, interaction in recorder.get("interactions", {}).items():
        case = recorder["cases"][case_id]["value"]
        if interaction.get("response"):
            yield f"{case['method']} {case['path']}", interaction["response"]["status_code"]


def prepared(site: Installation) -> Iterator[str]:
    """Lines of settings: real ids to try, whom the machine is, and people of their own for what ends tokens."""
    marta, nico = program_of(site, "marta"), program_of(site, "elpanadero.nico")
    ids = real_ids(site, marta, nico)
    keeper = program_of(site, "tomas_w", "keeper")
    for number in range(12):
        program_of(site, "tomas_w", f"token {number}")
    ids["token_id"] = [each["id"] for each in keeper.told("GET", "/tokens")["items"] if not each["is_this"]]
    for name, found in ids.items():
        yield f"[dictionaries.{name}]\nvalues = {[int(each) if str(each).isdigit() else each for each in found]}"
    yield "[parameters]"
    for name in ids:
        yield f'"path.{name}" = {{ dictionary = "{name}", probability = {OWN} }}'
    yield f'"body.recipient_id" = {{ dictionary = "user_id", probability = {OWN} }}'
    yield f'[auth.openapi.token]\nbearer = "{marta.token}"'
    yield f'[auth.openapi.password]\nusername = "dev.dilys"\npassword = "{demo.PASSWORD}"'
    yield '[phases.coverage]\nunexpected-methods = ["get", "put", "post", "delete", "patch"]'  # TRACE is nginx's
    yield from (f"[checks.{name}]\nenabled = false" for name in NOT_CHECKED)
    # Whoever asks for page -1 or for 101 on a page is forgiven; what changes something must fit.
    yield _operation('include-method = "GET"', "checks.negative_data_rejection.enabled = false")
    for name, holder in (
        ("access_tokens.delete", program_of(site, "old-bram", "leaver")),
        ("access_tokens.delete_by_id", keeper),
        ("all_access_tokens.delete", program_of(site, "ines.k", "leaver of all")),
    ):
        yield _operation(f'include-operation-id = "{name}"', f'headers = {{ Authorization = "Bearer {holder.token}" }}')


def _operation(which: str, what: str) -> str:
    return f"[[operations]]\n{which}\n{what}"


def real_ids(site: Installation, marta: Program, nico: Program) -> dict[str, list[Any]]:
    """Things of marta's, enough that some are left when others are deleted, and things that she can see."""
    me = site.one("SELECT id FROM users WHERE username = 'marta'")
    for number in range(4):
        nico.told("POST", "/messages", {"recipient_id": me, "body": f"hello {number}"})
    nico.told("POST", "/posts", {"body": "@marta hello"})
    choices = {"choices": ["this", "that"], "takes_several": True}
    polls = [nico.told("POST", "/posts", {"body": f"ask {number}", "poll": choices})["poll"]["id"] for number in range(12)]
    posts = [marta.told("POST", "/posts", {"body": f"for the machine {number}"})["id"] for number in range(40)]
    task = marta.told("POST", "/exports")["id"]
    site.work()
    return {
        "user_id": [me, *(each["id"] for each in marta.told("GET", "/users?per_page=6")["items"])],
        "post_id": posts,
        "poll_id": polls,
        "message_id": [each["id"] for each in marta.told("GET", "/messages")["items"]],
        "notification_id": [each["id"] for each in marta.told("GET", "/notifications")["items"]],
        "task_id": [task],
    }
