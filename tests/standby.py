"""A standby of a private cluster: a real copy that follows it by streaming replication, on a socket of its own."""

import time
from pathlib import Path

from microblog.embedded import Cluster


class Standby:
    """Made of a running cluster, started and stopped at will; what it replays can be held up."""

    def __init__(self, primary: Cluster, folder: Path) -> None:
        self.primary, self.data, self.socket = primary, folder / "data", folder / "socket"
        self.url = f"postgresql+psycopg2://microblog@/microblog?host={self.socket}&port=5432"
        for path in (folder, self.socket):
            path.mkdir(exist_ok=True)
            primary.account.own(path)

    def copy(self) -> None:
        """Copy the primary as it runs, ready to follow it."""
        self._run(
            "pg_basebackup",
            f"--pgdata={self.data}",
            f"--host={self.primary.socket}",
            "--port=5432",
            "--username=postgres",
            "--checkpoint=fast",
            "--write-recovery-conf",
        )

    def start(self) -> None:
        # a standby must have room for at least as many connections as its primary
        options = f"-c max_connections=200 -c listen_addresses='' -c unix_socket_directories={self.socket} -c port=5432 -c unix_socket_permissions=0700"
        self._run("pg_ctl", "start", f"--pgdata={self.data}", "--wait", f"--log={self.data}/log", f"--options={options}")

    def stop(self) -> None:
        self._run("pg_ctl", "stop", f"--pgdata={self.data}", "--mode=immediate", "--wait")

    def hold(self) -> None:
        """Show nothing newer from now on."""
        self.ask("SELECT pg_wal_replay_pause()")
        while self.ask("SELECT pg_get_wal_replay_pause_state()") != "paused":
            time.sleep(0.01)

    def go_on(self) -> None:
        self.ask("SELECT pg_wal_replay_resume()")

    def catch_up(self) -> None:
        """Until everything that the primary has written by now is here."""
        written = self._ask(str(self.primary.socket), "SELECT pg_current_wal_insert_lsn()")
        deadline = time.monotonic() + 20
        while self.ask(f"SELECT pg_last_wal_replay_lsn() >= '{written}'") != "t":
            assert time.monotonic() < deadline, "the standby does not catch up"
            time.sleep(0.01)

    def ask(self, statement: str) -> str:
        return self._ask(str(self.socket), statement)

    def _ask(self, socket: str, statement: str) -> str:
        words = ("--no-psqlrc", "--tuples-only", "--no-align", f"--host={socket}", "--port=5432", "--username=postgres")
        return self._run("psql", *words, "--dbname=postgres", f"--command={statement}").strip()

    def _run(self, program: str, *words: str) -> str:
        done = self.primary.account.run(self.primary.programs.folder / program, *words)
        assert done.returncode == 0, done.stdout
        return done.stdout
