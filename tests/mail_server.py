"""A mail server on a real socket of this machine, which keeps what it takes and can misbehave."""

import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


class MailServer:
    """Takes mail from `start()` to `stop()`, on one port for all its lives."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.recipient_answer = "250 fine"
        self.silent_after_taking = False  # takes the mail and hangs up without an answer
        self.before_taking = threading.Event()  # set: nothing is taken until it is cleared
        self.let_go = threading.Event()
        self.began = threading.Event()  # somebody has begun to hand a mail over
        self.port = 0
        self._server: socketserver.ThreadingTCPServer | None = None

    def start(self) -> None:
        socketserver.ThreadingTCPServer.allow_reuse_address = True
        server = socketserver.ThreadingTCPServer(("127.0.0.1", self.port), _Talk)
        server.daemon_threads = True
        server.mail = self
        self.port = server.server_address[1]
        self._server = server
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self.let_go.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def to(self, address: str) -> list[EmailMessage]:
        return [one for one in self.taken if one["To"] == address]


class _Talk(socketserver.StreamRequestHandler):
    """One conversation."""

    def handle(self) -> None:
        mail: Any = self.server.mail
        self._say("220 here")
        while line := self.rfile.readline().strip().decode():
            verb = line.partition(" ")[0].upper()
            if verb == "QUIT":
                self._say("221 bye")
                return
            if verb == "RCPT":
                self._say(mail.recipient_answer)
            elif verb != "DATA":
                self._say("250 fine")
            elif not self._take(mail):
                return

    def _take(self, mail: Any) -> bool:
        self._say("354 go on")
        mail.began.set()
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        if mail.before_taking.is_set():
            mail.let_go.wait(30)
        mail.taken.append(message_from_bytes(b"".join(lines), policy=policy.default))
        if not mail.silent_after_taking:
            self._say("250 taken")
        return not mail.silent_after_taking

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())
