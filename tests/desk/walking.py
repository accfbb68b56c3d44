"""One person's walk to the sandbox's Facebook and back, as a browser makes it."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.test import Client
from django.urls import reverse

from tests.sandbox.conftest import Sandbox

SITE = "http://127.0.0.1:8000"
MAIRI, EWAN, ISLA = "20011001", "20011002", "20011003"
BOOKS, PRIVATE = "17841405309200601", "17841405309200604"  # Instagram accounts
CAFE, CHILDREN, EVENTS = "104200300400601", "104200300400602", "104200300400603"


class Walk:
    """A signed-in client at SITE, and the sandbox it is sent to."""

    def __init__(
        self,
        sandbox: Sandbox,
        person: Any,
        way: tuple[str, str] = ("facebook", "facebook-login"),
    ) -> None:
        """`way`: the platform and the login path."""
        self.sandbox, self.way = sandbox, way
        self.client = Client(HTTP_HOST=urlsplit(SITE).netloc)
        self.client.force_login(person)

    def start(self, **words: Any) -> str:
        """Press the button; return the address of the dialog."""
        address = reverse("desk:connect_start", args=self.way)
        answer = self.client.get(address, words)
        assert answer.status_code == 302, answer.content.decode()
        return answer.url

    def agree(self, dialog: str, person: str = MAIRI, **said: Any) -> str:
        """Answer the dialog with everything ticked, or as `said`; return where it leads back to."""
        query = dict(parse_qsl(urlsplit(dialog).query))
        page = unescape(self.sandbox.ask("GET", f"{dialog}&person={person}").text)
        form = {
            name: re.findall(rf'name="{re.escape(name)}" value="([^"]+)"', page)
            for name in ("page[]", "grant[]")
        }
        answer = self.sandbox.ask(
            "POST",
            dialog.partition("?")[0],
            data={**query, "person": person, "answer": "yes", **form, **said},
            allow_redirects=False,
        )
        return answer.headers["Location"].partition("#")[0]

    def come_back(self, address: str, client: Client | None = None) -> Any:
        assert address.startswith(SITE)
        return (client or self.client).get(address.removeprefix(SITE))

    def arrive(self, person: str = MAIRI, said: dict[str, Any] | None = None, **words: Any) -> Any:
        """All of it up to the choice; the answer of the address that platforms send back to."""
        return self.come_back(self.agree(self.start(**words), person, **(said or {})))

    def choose(self, choice: str, *ids: str) -> Any:
        return self.client.post(choice, {"account": list(ids)})

    def connect(self, *ids: str, person: str = MAIRI, **words: Any) -> Any:
        return self.choose(self.arrive(person, **words).url, *ids)


def address_with(address: str, **words: str) -> str:
    """Return the address with these words in its query."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}{parts.path}?" + urlencode(
        {**dict(parse_qsl(parts.query)), **words}
    )


def page_of(answer: Any) -> str:
    """Return the text of a page as a person reads it."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())
