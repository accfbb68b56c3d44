"""Everything the sandbox knows, in one place that its platforms are handed."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from sandbox.accounts import Account, Accounts
from sandbox.archive import Archive, Record
from sandbox.containers import Containers
from sandbox.faults import Faults
from sandbox.images import Shelf
from sandbox.ledger import Entry, Ledger, as_record
from sandbox.log import RequestLog
from sandbox.logins import Consent, Logins, Token
from sandbox.uploads import Uploads
from sandbox.video_uploads import VideoUploads


class World:
    """The state of one sandbox. With `ledger_path`, what is live outlasts a restart."""

    def __init__(self, ledger_path: Path | None = None) -> None:
        self.origin = "http://127.0.0.1"  # the address people reach this sandbox at
        self.ledger = Ledger()
        self.accounts = Accounts()
        self.faults = Faults()
        self.log = RequestLog()
        self.uploads = Uploads()
        self.videos = VideoUploads()
        self.containers = Containers()
        folder = ledger_path.with_name(ledger_path.name + ".images") if ledger_path else None
        self.shelf = Shelf(folder)
        self.logins = Logins()
        self.archive = Archive(ledger_path) if ledger_path else None
        if self.archive:
            self._remember(self.archive)

    def _remember(self, archive: Archive) -> None:
        for record in archive.read():
            self._replay(record)
        accounts = [of_account(account) for account in self.accounts.all()]
        tokens = [of_token(token) for token in self.logins.tokens()]
        archive.rewrite(accounts + tokens + [of_entry(entry) for entry in self.ledger.all()])
        self.logins.changed = lambda token: self._append(archive, of_token(token))
        self.accounts.changed = lambda account: self._append(archive, of_account(account))
        self.ledger.changed = lambda entry: self._append(archive, of_entry(entry))

    def _replay(self, record: Record) -> None:
        if "account" in record:
            self.accounts.restore(Account(**record["account"]))
        elif "token" in record:
            self.logins.restore(token_of(record["token"]))
        elif record["entry"] is None:
            self.ledger.clear()
        else:
            self.ledger.restore(record["entry"])

    def _append(self, archive: Archive, record: Record) -> None:
        with self.ledger.lock:  # one writer at a time
            archive.append(record)

    def close(self) -> None:
        self.videos.clear()
        if self.archive:
            with self.ledger.lock:
                self.archive.close()


def of_account(account: Account) -> Record:
    return {"account": asdict(account)}


def of_token(token: Token) -> Record:
    return {"token": asdict(token)}


def token_of(record: Record) -> Token:
    said = record["consent"]
    lists = {name: tuple(said[name]) for name in ("scopes", "pages")}
    return Token(**{**record, "consent": Consent(**{**said, **lists})})


def of_entry(entry: Entry | None) -> Record:
    """None stands for "all that came before is forgotten"."""
    return {"entry": as_record(entry) if entry else None}
