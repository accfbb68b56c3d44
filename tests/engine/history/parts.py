"""A platform on which one post can be a row of several: the journal's rule for threads."""

from functools import partial

from platforms.adapters.facebook import Facebook
from platforms.adapters.facebook.publishing import create
from platforms.contract import Journal
from platforms.values import Receipt, Rendition

DIVISION = "\n⁂\n"


class InParts(Facebook):
    """Facebook, where a divided text goes out as one post for each part, in their order."""

    def publish(self, rendition: Rendition, journal: Journal) -> Receipt:
        parts = rendition.text.split(DIVISION)
        if len(parts) == 1:
            return super().publish(rendition, journal)
        sent = [
            journal.once(
                f"part:{number}",
                partial(create, self.page, {"message": part}),
                request={"text": part},
            )
            for number, part in enumerate(parts, start=1)
        ]
        return Receipt(sent[0]["id"], self.page.post_url(sent[0]["id"]))
