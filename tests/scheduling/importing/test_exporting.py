"""What is exported is imported again to the same thing, whatever people write."""

import csv
import io
import string

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.media import keep_picture
from content.models import Piece, VersionMedia
from content.piece_table import cells_of, channels_in, head_for
from content.writing import clean_text, write_piece
from posting.drafting import first_channel
from posting.models import Post
from posting.queueing import queue_post
from scheduling.exporting import piece_lines, post_lines
from scheduling.importing.columns import OWN, guess
from scheduling.timing import schedule
from tests.content.pictures import picture
from tests.factories import LabelFactory, PieceFactory, PostFactory
from tests.scheduling.importing.conftest import NOW, brought, checked, confirmed

# What breaks tables and formulas, what is written from the right, and signs of several points.
NASTY = st.text(
    st.sampled_from(
        string.ascii_letters + " \n\"',;\t|=+-@'()\\{}😀é\u200f\u05d0\u0627\ufeff\u2028"
    )
    | st.characters(exclude_characters="\x00", categories=None, exclude_categories=["Cs"]),
    max_size=60,
)
WORDS = NASTY.filter(lambda text: bool(clean_text(text)))
VARIANT = st.fixed_dictionaries(
    {},
    optional={
        "text": NASTY.map(clean_text) | st.sampled_from(["(nothing)", "((nothing))", ""]),
        "link": st.sampled_from(["", "https://example.org/=x"]),
        "first_comment": NASTY.map(clean_text),
        "options": st.dictionaries(
            st.sampled_from(["cw", "whole_pictures", "visibility"]),
            st.booleans() | st.integers(0, 9) | NASTY.map(clean_text), max_size=2,
        ),
        "pictures": st.integers(0, 20),
    },
)  # fmt: skip


def said(piece):
    version = piece.current
    media = [(use.channel, use.position, use.asset.sha256, use.alt, use.focus_x, use.focus_y)
             for use in version.media.select_related("asset")] if version else []  # fmt: skip
    return (piece.title, piece.status, sorted(label.name for label in piece.labels.all()),
            version.text, version.link, version.variants, media)  # fmt: skip


def table_of(pieces):
    return "".join(piece_lines(pieces)).encode()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    rows=st.lists(
        st.tuples(WORDS, NASTY, st.dictionaries(
            st.sampled_from(["mastodon/status", "facebook/feed-post"]), VARIANT, max_size=2,
        ), st.lists(st.sampled_from(["Winter", "a, b", "=SUM(A1)", "“quoted” \"x\""]), max_size=3,
                    unique=True)),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_an_export_is_imported_to_the_same(shop, rows):
    with transaction.atomic():
        pieces = []
        for text, title, variants, labels in rows:
            own = {name: some for name, some in variants.items() if some}
            piece = write_piece(
                brand=shop.brand, title=title, text=text, by=shop.mairi, variants=own
            )
            piece.labels.set(shop.brand.labels.get_or_create(name=name)[0] for name in labels)
            pieces.append(piece)
        before = [said(piece) for piece in pieces]
        mine = Piece.objects.filter(pk__in=[piece.pk for piece in pieces])
        imported = confirmed(checked(shop, table_of(mine)), shop.mairi)
        assert imported.told == ""
        made = [one.piece for one in imported.pieces.order_by("row")]
        assert [said(piece) for piece in made] == before
        transaction.set_rollback(True)


def test_pictures_come_back_in_their_places(shop):
    asset = keep_picture(
        io.BytesIO(picture()), "loom.png", brand=shop.brand, by=shop.mairi, alt="A | loom"
    )
    piece = PieceFactory(brand=shop.brand, text="Peat", media=[asset])
    VersionMedia.objects.create(
        version=piece.current, channel="mastodon/status", position=1, asset=asset,
        alt="Two\nlines \\ and\\n more", focus_x=0.25, focus_y=1 / 3,
    )  # fmt: skip
    table = table_of(Piece.objects.all())
    confirmed(checked(shop, table), shop.mairi)
    old, new = Piece.objects.order_by("pk")
    assert said(new) == said(old)


def test_posts_come_back_with_their_accounts_and_times(shop):
    piece = PieceFactory(brand=shop.brand, text='=Peat, "smoke"\nand wool')
    for account, wall, fold in ((shop.page, "2026-12-01 09:30", 0),
                                (shop.fedi, "2027-11-07 01:30", 1)):  # fmt: skip
        post = queue_post(piece.current, account, first_channel(account), by=shop.mairi, now=NOW)
        schedule(post, wall=wall, zone=account.timezone, fold=fold, by=shop.mairi, now=NOW)
    queue_post(PieceFactory(brand=shop.brand, text="Without a time").current, shop.page,
               first_channel(shop.page), by=shop.mairi, now=NOW)  # fmt: skip

    def told(posts):
        return [(post.piece_version.text, post.account_id, post.channel_type_id, post.wall_time,
                 post.zone, post.fold, post.due_at) for post in posts.order_by("pk")]  # fmt: skip

    before = told(Post.objects.all())
    table = "".join(post_lines(Post.objects.all())).encode()
    done = confirmed(checked(shop, table), shop.mairi)
    assert told(done.batch.posts) == before
    assert done.pieces.count() == 2


def test_no_cell_of_an_export_is_run_by_a_spreadsheet(shop):
    for text in ("=1+1", "+44 131", "-5 °C", "@mairi", "'=x", "＝1"):
        PieceFactory(brand=shop.brand, title=text, text=text)
    LabelFactory(brand=shop.brand, name="=cmd()").pieces.set(Piece.objects.all())
    text = table_of(Piece.objects.all()).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text)):
        assert not [cell for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "＝")]


def test_an_export_is_known_as_our_own(shop):
    piece = PieceFactory(brand=shop.brand, variants={"mastodon/status": {"text": "Short"}})
    channels = channels_in([piece.current.variants])
    found = guess([*head_for(channels), "brand", "account", "state"])
    assert found.preset == OWN
    assert found.columns[-3:] == ["", "account", ""]
    assert len(cells_of(piece, piece.current, channels)) == len(head_for(channels))


def test_a_long_export_asks_a_few_times_for_each_two_hundred_rows(shop):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            list(piece_lines(Piece.objects.all()))
            list(post_lines(Post.objects.all()))
        return len(caught)

    PostFactory(account=shop.page)
    few = queries()
    for _ in range(30):
        PostFactory(account=shop.page)
    assert queries() == few


def test_exports_of_nothing_are_a_line_of_headings(shop):
    assert table_of(Piece.objects.none()).decode("utf-8-sig").startswith("piece,title,text,link")
    imported = checked(shop, table_of(Piece.objects.none()))
    assert "no rows below its headings" in imported.told


def test_a_file_for_buffer_hootsuite_and_postiz_is_recognised(shop):
    def columns(table):
        return list(brought(shop, table).reading["columns"])

    assert columns("Text,Image URL,Tags,Posting Time\nA,,,2026-12-01 09:00\n") == [
        "text", "picture addresses", "labels", "time"]  # fmt: skip
    assert columns('"12/01/2026 09:00","Hello","https://example.org"\n') == ["time", "text", "link"]
    assert columns("Date,Message,Link\n12/01/2026 09:00,A,\n") == ["time", "text", "link"]
    assert columns("id,content,publishDate,state,integration.name\n1,A,,QUEUE,B\n") == [
        "", "text", "time", "", "account"]  # fmt: skip
    assert columns("platformName,platformAccount,textContent,featuredImageFilename,"
                   "scheduledPostDate\nx,y,z,,2026-12-01T09:00\n") == [
        "platform", "account", "text", "picture addresses", "time"]  # fmt: skip


def test_a_table_without_headings_loses_no_row(shop):
    kind = first_channel(shop.page)
    imported = checked(shop, '"24/12/2026 09:00","Hello",""\n"25/12/2026 09:00","Ho",""\n',
                       to=[f"{shop.page.pk}-{kind.pk}"])  # fmt: skip
    assert (imported.report["rows"], imported.report["timed"]) == (2, 2)
