"""Who can sign in at the simulated Facebook, and the app that is there from the start."""

from sandbox.facebook.shapes import NAME
from sandbox.logins import App, Logins, Person, Role

EVERYTHING = ("ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MANAGE", "MESSAGING", "MODERATE")
LOOKING = ("ANALYZE",)

APP = App(NAME, "4400550066007700", "sandbox-app-secret", "Syndication")
PEOPLE = (
    Person(
        NAME,
        "20011001",
        "Mairi Fraser",
        (
            Role("104200300400601", "Harbour Books Café", EVERYTHING),
            Role("104200300400602", "Harbour Books for Children", EVERYTHING),
        ),
        runs_all=True,
    ),
    Person(
        NAME,
        "20011002",
        "Ewan Bain",
        (
            Role("104200300400603", "Harbour Events", EVERYTHING),
            Role("104200300400601", "Harbour Books Café", LOOKING),
        ),
    ),
    Person(NAME, "20011003", "Isla Grant"),
)


def settle_in(logins: Logins) -> None:
    """Let them be there."""
    logins.add_app(APP)
    for person in PEOPLE:
        logins.add_person(person)
