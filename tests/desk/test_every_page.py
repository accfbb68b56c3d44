"""Every page in a browser: nothing against the policy, no fault in the console, axe content, and
nothing wider than the screen; light and dark, on a desktop and on a phone."""

import io
import uuid
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib import admin
from django.urls import get_resolver, reverse
from django.utils import timezone
from PIL import Image

from content.library import Said, change, make_folder
from content.media import keep_picture
from content.models import MediaAsset, PromptTemplate
from content.writers.working import write_next
from organisation.models import AuditEntry
from platforms.models import RateBudget
from posting.states import Hold
from scheduling.bulk.confirming import confirm
from scheduling.bulk.looking import Look
from scheduling.importing.bringing import ask_to_save, bring, set_reading
from scheduling.importing.judging import Reading
from scheduling.importing.working import work
from scheduling.models import Import
from tests.content.sources.made import piece_of
from tests.desk.test_browser import (  # noqa: F401
    DESKTOP,
    PHONE,
    assert_no_sideways_scroll,
    browser_page,
    shoot,
    use_theme,
    world,
)
from tests.factories import (
    FeedFactory,
    FeedTargetFactory,
    FollowUpFactory,
    MembershipFactory,
    NoticeFactory,
    OccurrenceFactory,
    PieceFactory,
    PostFactory,
    ProposalFactory,
    ProposedPostFactory,
    ScheduleFactory,
    ScheduleTemplateFactory,
    SourceFactory,
    SwitchFactory,
    TemplateStepFactory,
    UserFactory,
)
from tests.writing.made import run_of, source_with

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow]
FORMS = {
    "posting_post-add", "posting_post-change", "content_piece-add", "content_piece-change",
    "platforms_account-add", "platforms_account-change", "organisation_apitoken-add",
    "organisation_user-change", "content_mediaasset-change",
}  # fmt: skip
TALL = 3000  # pixels
AXE = {
    "preload": False,  # it would put styles into the page, which our policy forbids
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}


def picture_file():
    out = io.BytesIO()
    Image.new("RGB", (120, 80), "teal").save(out, "PNG")
    return io.BytesIO(out.getvalue())


@pytest.fixture
def superuser(world, data_dir):  # noqa: F811
    """Callum may open everything, and every list has a row."""
    callum = world["callum"]
    callum.is_superuser = True
    callum.save()
    account = world["ready"].account
    NoticeFactory(brand=world["brand"])
    held = PostFactory(account=account, author=callum, holds=int(Hold.APPROVAL))
    NoticeFactory(user=callum, fault=f"declined:post:{held.pk}", sentence="Ewan Bain declined it.")
    keep_picture(picture_file(), "loom.png", brand=world["brand"], by=callum, alt="A loom")
    MembershipFactory(user=callum)
    FollowUpFactory(post=world["published"])
    time_of_a_plan(account)
    writing_pages(world["ready"])
    SwitchFactory(stopped=False, brand=world["brand"])
    RateBudget.objects.create(
        platform=account.platform, account=account, name="calls", read_at=account.created_at
    )
    AuditEntry.objects.create(actor="Mairi", verb="retry", sentence="She did it.")
    return callum


def staff_pages(page, live_server, world):  # noqa: F811
    """The addresses of all staff pages. Those without arguments are found by themselves."""
    patterns = get_resolver("desk.urls").url_patterns
    plain = {
        one.name: reverse(f"desk:{one.name}") for one in patterns if not one.pattern.converters
    }
    return {
        name: address
        for name, address in plain.items()
        if name != "front_door" and is_page(page, live_server.url + address)
    } | pages_with_arguments(world)


def source_pages(account):
    """A source with what was made of it; a feed that goes well, and one that does not."""
    target = FeedTargetFactory(account=account, feed__rule="draft", feed__read_at=timezone.now())
    broken = FeedFactory(
        brand=account.brand, failures=4, polled_at=timezone.now(),
        last_error="glen.example answered with an error (503). Nothing was kept. Try again later.",
    )  # fmt: skip
    source = SourceFactory(
        brand=account.brand, feed=target.feed, entry_id="1", address="https://glen.example/wool"
    )
    SourceFactory(brand=account.brand, title="W" * 190)
    piece_of(source.sections.first(), "facebook/feed-post")
    create = reverse("desk:create_piece")
    return {
        "sections": reverse("desk:sections", args=[source.pk]),
        "sections-rest": f"{reverse('desk:sections', args=[source.pk])}?choose=rest",
        "create-text": f"{create}?by=text",
        "create-file": f"{create}?by=file",
        "create-feed": f"{create}?by=feed",
        "source": reverse("desk:source", args=[source.pk]),
        "sources-aside": f"{reverse('desk:sources')}?aside=1",
        "subscription": reverse("desk:subscription", args=[target.feed.pk]),
        "subscription-broken": reverse("desk:subscription", args=[broken.pk]),
        "change-subscription": reverse("desk:change_subscription", args=[target.feed.pk]),
        "compose-section": f"{reverse('desk:compose')}?section={source.sections.last().pk}",
    }


def media_pages(world):  # noqa: F811
    """An asset that is used, one that nothing uses, and the library narrowed to nothing."""
    brand, by = world["brand"], world["callum"]
    used = keep_picture(picture_file(), "loom.png", brand=brand, by=by)
    film = MediaAsset.objects.create(
        brand=brand, file="media/none.mp4", sha256="0" * 64, mime="video/mp4", size=9, width=1080,
        height=1920, duration=12, original_name="Weaving.mp4",
    )  # fmt: skip
    change(used, Said(tags=("tweed",), folder=make_folder(brand, "Looms", by=by).pk), by=by)
    PieceFactory(brand=brand, media=[used])
    return {
        "media-asset": reverse("desk:media_asset", args=[used.pk]),
        "media-delete-used": reverse("desk:media_delete", args=[used.pk]),
        "media-delete": reverse("desk:media_delete", args=[film.pk]),
        "media-nothing": f"{reverse('desk:media')}?q=zzz",
        "media-choose-nothing": f"{reverse('desk:media_choose')}?q=zzz",
    }


def bulk_pages(ready):
    """Templates and proposals: with rows, with what stops them, confirmed."""
    account, piece = ready.account, ready.piece
    template = ScheduleTemplateFactory(account=account, name="Launch")
    TemplateStepFactory(template=template, account=account, day=7, weekday=1)
    proposal = ProposalFactory(account=account)
    ProposedPostFactory(proposal=proposal, account=account)  # too close to the first
    ProposedPostFactory(proposal=proposal, account=account, piece_version=piece.current)
    ProposedPostFactory(proposal=proposal, account=account, left_out=True)
    ProposedPostFactory(
        proposal=proposal, account=account, due_at=None, wall_time="", zone="",
        reason="Glen & Loom has no more free slot for any post until 26 November.",
    )  # fmt: skip
    done = ProposalFactory(account=account)
    digest = Look(done, timezone.now()).digest
    confirm(done, digest=digest, by=ready.author or UserFactory(), now=timezone.now())
    return {
        "template": reverse("desk:change_template", args=[template.pk]),
        "bulk-chosen": f"{reverse('desk:bulk')}?piece={piece.pk}",
        "proposal": reverse("desk:proposal", args=[proposal.pk]),
        "proposal-done": reverse("desk:proposal", args=[done.pk]),
    }


def writing_pages(ready):
    """A run in which every state stands, its first piece with what a model was asked, a prompt."""
    account, kind = ready.account, ready.channel_type
    texts = ((f"Section {n} of a long article about Hogmanay", f"Peat {n}. So.") for n in range(6))
    source = source_with(*texts, brand=account.brand)
    run = run_of(source, (account, kind), by=ready.author)
    write_next()
    write_next()
    items = list(run.items.all())
    items[0].interactions.create(
        brand=account.brand,
        piece=items[0].piece,
        host="localhost:11434",
        model="llama3.1:8b",
        messages=[{"role": "system", "content": "You write."}, {"role": "user", "content": "It."}],
        output="Peat 0. So.",
        started_at=run.at,
        seconds=6.2,
        tokens_in=120,
        tokens_out=40,
    )
    run.items.filter(pk=items[1].pk).update(over=19, problem="It is too long. Shorten it by 19.")
    run.items.filter(pk=items[2].pk).update(state="writing", lease_until=timezone.now())
    failed = "The language model's server refused the key. Check LLM_API_KEY."
    run.items.filter(pk=items[3].pk).update(state="failed", error=failed)
    run.items.filter(pk=items[4].pk).update(state="stopped", error=f"Not begun. {failed}")
    PromptTemplate.objects.get_or_create(
        brand=account.brand, channel_type=kind, number=1, text="About {section}."
    )
    return {
        "write": f"{reverse('desk:write', args=[source.pk])}?section={items[0].section_id}",
        "writing": reverse("desk:writing", args=[run.pk]),
        "piece-written": reverse("desk:piece", args=[items[0].piece_id]),
        "prompt": reverse("desk:prompt", args=[account.brand_id, kind.pk]),
        "drafts": f"{reverse('desk:ready_pieces')}?status=draft",
    }


def import_pages(account, by):
    """A table at each step: its columns, what was found, being read, done."""
    table = (
        b"text,text,link,account,time\n"
        b"Peat smoke,,,%s,2027-03-04 09:00\nWool,,nowhere,,\nTweed,,,%s,2027-03-04 09:01\n"
    ).replace(b"%s", account.name.encode())  # fmt: skip
    found = {}
    for name in ("columns", "working", "checked", "done"):
        one = bring(
            uuid.uuid4(), io.BytesIO(table), "posts.csv", len(table), brand=account.brand, by=by,
            now=timezone.now(),
        )  # fmt: skip
        found[f"import-{name}"] = reverse("desk:import", args=[one.pk])
        if name == "columns":
            continue
        set_reading(one, Reading.of(one.reading), version=1, now=timezone.now())
        if name == "working":
            Import.objects.filter(pk=one.pk).update(
                lease_until=timezone.now() + timedelta(hours=1), read=200, rows=400
            )
            continue
        work(one.pk, timezone.now())
        one.refresh_from_db()
        if name == "done":
            ask_to_save(one, digest=one.digest, without_bad=True, by=by, version=one.version,
                        now=timezone.now())  # fmt: skip
            work(one.pk, timezone.now())
    return found


def time_of_a_plan(account):
    return OccurrenceFactory(target=ScheduleFactory(account=account).targets.get())


def is_page(page, url):
    """Whether a whole page is there: not a part of one, and not what only takes a POST."""
    answer = page.request.get(url)
    return answer.status == 200 and "<!doctype html>" in answer.text()[:200].lower()


def pages_with_arguments(world):  # noqa: F811
    post = world["unconfirmed"].pk
    piece = world["ready"].piece_version.piece_id
    return {
        "search-hits": f"{reverse('desk:search')}?q=tweed",
        "search-nothing": f"{reverse('desk:search')}?q=zzz",
        "post": reverse("desk:post", args=[post]),
        "piece": reverse("desk:piece", args=[piece]),
        **media_pages(world),
        "compare-itself": f"{reverse('desk:compare_versions', args=[piece])}?one=1&other=1",
        "restore-current": reverse("desk:restore_version", args=[piece, 1]),
        "channel": reverse("desk:channel", args=["facebook", "feed-post"]) + f"?piece={piece}",
        "channel-nobody": reverse("desk:channel", args=["instagram", "reel"]),
        "plan": reverse(
            "desk:plan", args=[time_of_a_plan(world["ready"].account).target.schedule_id]
        ),
        "decide": reverse("desk:decide", args=[post, "it-is-out"]),
        **bulk_pages(world["ready"]),
        **writing_pages(world["ready"]),
        **source_pages(world["ready"].account),
        **import_pages(world["ready"].account, world["callum"]),
        "help-home": reverse("desk:help", args=["home"]),
        "stop": reverse("desk:stop_publishing"),
    }


def admin_pages(page, live_server):
    """Every list of the admin, every form to add, and one row of each to change."""
    found = [("index", reverse("admin:index"))]
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        found += [(f"{name}-list", reverse(f"admin:{name}_changelist"))]
        found += [(f"{name}-add", reverse(f"admin:{name}_add"))]
        if row := model._default_manager.first():
            found += [(f"{name}-change", reverse(f"admin:{name}_change", args=[row.pk]))]
    return [pair for pair in found if is_page(page, live_server.url + pair[1])]


def violations(page):
    found = Axe().run(page, options=AXE).response["violations"]
    return [
        f"{one['id']}: {' '.join(node['html'].split())[:140]} ({why(node)})"
        for one in found
        for node in one["nodes"]
    ]


def why(node):
    said = [one["message"] for kind in ("any", "all", "none") for one in node[kind]]
    return " ".join(said)[:160]


def look_closely(page, name):
    """Check the open page in both themes and at both sizes. Return what is wrong."""
    wrong = []
    for theme in ("light", "dark"):
        use_theme(page, theme)
        for screen, size in (("desktop", DESKTOP), ("phone", PHONE)):
            page.set_viewport_size(size)
            shoot(page, f"{name}-{screen}-{theme}")
            page.set_viewport_size({**size, "height": TALL})  # so that no bar covers a control
            where = f"{name}, {screen}, {theme}"
            wrong += [f"{where}: {one}" for one in violations(page)]
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            wrong += [f"{where}: {wide} px too wide"] * (wide > 0)
    return wrong


@pytest.fixture
def faults(browser_page):  # noqa: F811
    """What the console has to say, with the page it was said on."""
    said = []
    browser_page.on(
        "console",
        lambda message: (
            message.type in ("error", "warning")
            and said.append(f"{browser_page.url}: {message.text}")
        ),
    )
    return said


def test_no_staff_page_breaks_the_policy(browser_page, live_server, world, data_dir, faults):  # noqa: F811
    for address in staff_pages(browser_page, live_server, world).values():
        assert browser_page.goto(live_server.url + address).status == 200
    assert not faults


def test_no_page_of_the_admin_breaks_the_policy(browser_page, live_server, superuser, faults):  # noqa: F811
    for _, address in admin_pages(browser_page, live_server):
        browser_page.goto(live_server.url + address)
    assert not faults


def test_pickers_of_the_admin_do_not_break_the_policy(
    browser_page,  # noqa: F811
    live_server,
    superuser,
    world,  # noqa: F811
    faults,
):
    page = browser_page
    page.goto(live_server.url + reverse("admin:posting_post_add"))
    page.locator(".field-piece .select2-selection").click()
    page.locator("input.select2-search__field").fill("tweed")
    page.locator(".select2-results__option", has_text="Tweed").first.click()
    page.goto(live_server.url + reverse("admin:organisation_user_change", args=[superuser.pk]))
    page.goto(live_server.url + reverse("admin:organisation_apitoken_add"))
    for opener in page.locator(".datetimeshortcuts a").all():
        opener.click()
        page.keyboard.press("Escape")
    page.goto(live_server.url + reverse("admin:organisation_brand_add"))
    page.get_by_label("Name:").press_sequentially("Pictish Stones")
    assert page.get_by_label("Slug:").input_value() == "pictish-stones"
    assert not faults


@pytest.mark.parametrize("part", range(4))
def test_staff_pages_stand_up_to_axe_and_fit(browser_page, live_server, world, superuser, part):  # noqa: F811
    pages = sorted(staff_pages(browser_page, live_server, world).items())
    wrong = []
    for name, address in pages[part::4]:
        browser_page.set_viewport_size(DESKTOP)
        browser_page.goto(live_server.url + address)
        wrong += look_closely(browser_page, f"axe-{name}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("part", range(4))
def test_the_admin_stands_up_to_axe_and_fits(browser_page, live_server, superuser, part):  # noqa: F811
    pages = [pair for pair in admin_pages(browser_page, live_server) if looked_at(pair[0])]
    wrong = []
    for name, address in pages[part::4]:
        browser_page.goto(live_server.url + address)
        wrong += look_closely(browser_page, f"admin-{name}")
    assert not wrong, "\n".join(wrong)


def looked_at(name):
    """The index, every list and the forms people use; the libraries' own pages are theirs."""
    if name.startswith(("django_celery_beat", "auth_")):
        return False
    return name == "index" or name.endswith("-list") or name in FORMS
