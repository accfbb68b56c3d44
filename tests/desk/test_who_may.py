"""Every view of the pages and of the API, and each action of the admin, asked by everyone there is.

A view that is added without a line in the table fails the first test.
"""

import io
import json
import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone
from PIL import Image

from content.fitting import sign_recipe
from content.library import make_folder
from content.media import keep_picture
from content.rendering import item_of
from desk.demo.loading import BRAND as DEMO
from organisation.models import Role
from platforms.adapters.instagram.rules import FEED_SHAPE
from platforms.fitting import fitted
from posting.models import Batch, LateDecision, SavedView
from posting.states import Hold
from scheduling.models import ManyEdit
from tests.desk.composing import form
from tests.factories import (
    AccountFactory,
    BrandFactory,
    CalendarFeedFactory,
    DayNoteFactory,
    ErasureFactory,
    FeedFactory,
    ImportFactory,
    LabelFactory,
    MembershipFactory,
    NoticeFactory,
    OAuthFlowFactory,
    OccurrenceFactory,
    PieceFactory,
    PostFactory,
    ProposalFactory,
    ScheduleFactory,
    ScheduleTemplateFactory,
    SourceFactory,
    UserFactory,
)
from tests.writing.made import run_of, source_with

PEOPLE = ("author", "editor", "publisher", "administrator", "auditor", "stranger", "nobody")
SIGN_IN = "sign in"  # led there
STOP = 286  # a part of a page that asks by itself is told not to ask again
AWAY = 302  # done, or there is a better page
# fmt: off
TABLE = {
    # view                author editor publi admin audit stran nobody
    "front_door":        (AWAY, AWAY, AWAY, AWAY, AWAY, AWAY, AWAY),
    "home":              (200, 200, 200, 200, 200, 200, SIGN_IN),
    "home_live":         (200, 200, 200, 200, 200, 200, STOP),
    "status":            (200, 200, 200, 200, 200, 200, STOP),
    "search":            (200, 200, 200, 200, 200, 200, SIGN_IN),
    "stop_publishing":   (403, 403, 403, 200, 403, 403, SIGN_IN),
    "start_publishing":  (403, 403, 403, AWAY, 403, 403, SIGN_IN),
    "zone":              (200, 200, 200, 200, 200, 200, SIGN_IN),
    "choose_brand":      (AWAY, AWAY, AWAY, AWAY, AWAY, AWAY, SIGN_IN),
    "hide_checklist":    (AWAY, AWAY, AWAY, AWAY, AWAY, AWAY, SIGN_IN),
    "put_away":          (AWAY, AWAY, AWAY, AWAY, AWAY, AWAY, SIGN_IN),
    "remove_demo":       (403, 403, 403, 200, 403, 404, SIGN_IN),
    "platforms":         (200, 200, 200, 200, 200, 200, SIGN_IN),
    "account":           (200, 200, 200, 200, 200, 404, SIGN_IN),
    "account_times":     (403, 403, 422, 422, 403, 404, SIGN_IN),  # a blackout without its days
    "account_act":       (403, 403, 403, AWAY, 403, 404, SIGN_IN),
    "connect":           (403, 403, 403, 200, 403, 404, SIGN_IN),
    "connect_start":     (403, 403, 403, AWAY, 403, 404, SIGN_IN),
    "connect_server":    (403, 403, 403, 200, 403, 404, SIGN_IN),
    "connect_return":    (200, 200, 200, 200, 200, 200, SIGN_IN),  # not begun by them
    "connect_choose":    (404, 404, 404, 200, 404, 404, SIGN_IN),  # the administrator's own
    "connect_token":     (403, 403, 403, 200, 403, 404, SIGN_IN),
    "connect_password":  (403, 403, 403, 200, 403, 404, SIGN_IN),
    "connect_app":       (403, 403, 403, 200, 403, 404, SIGN_IN),
    "deauthorise":       (400,) * 7,  # platforms sign what they send; nobody here can
    "erase":             (400,) * 7,
    "erased":            (200,) * 7,  # for whoever has the code
    "feeds":             (200, 200, 200, 200, 200, 200, SIGN_IN),  # one's own links
    "feed_revoke":       (404, 404, 404, AWAY, 404, 404, SIGN_IN),  # the administrator's own
    "feed":              (404,) * 7,  # for whoever has the link
    "plans":             (200, 200, 200, 200, 200, 200, SIGN_IN),
    "new_plan":          (403, 403, 200, 200, 403, 200, SIGN_IN),  # with one's own brands
    "plan":              (200, 200, 200, 200, 200, 404, SIGN_IN),
    "change_plan":       (403, 403, 200, 200, 403, 404, SIGN_IN),
    "plan_step":         (403, 403, AWAY, AWAY, 403, 404, SIGN_IN),
    "plan_occurrence":   (403, 403, AWAY, AWAY, 403, 404, SIGN_IN),
    "templates":         (200, 200, 200, 200, 200, 200, SIGN_IN),
    "new_template":      (403, 403, 200, 200, 403, 404, SIGN_IN),
    "change_template":   (200, 200, 200, 200, 200, 404, SIGN_IN),
    "remove_template":   (403, 403, AWAY, AWAY, 403, 404, SIGN_IN),
    "bulk":              (403, 403, 200, 200, 403, AWAY, SIGN_IN),  # another's piece is none
    "proposal":          (200, 200, 200, 200, 200, 404, SIGN_IN),
    "proposal_act":      (403, 403, AWAY, AWAY, 403, 404, SIGN_IN),
    "write":             (200, 200, 200, 200, 403, 404, SIGN_IN),
    "writing":           (200, 200, 200, 200, 200, 404, SIGN_IN),
    "writing_live":      (200, 200, 200, 200, 200, 404, STOP),
    "writing_act":       (AWAY, AWAY, AWAY, AWAY, 403, 404, SIGN_IN),
    "prompts":           (200, 200, 200, 200, 200, 200, SIGN_IN),  # of one's own brands
    "prompt":            (403, AWAY, AWAY, AWAY, 403, 404, SIGN_IN),
    "create_piece":      (200, 200, 200, 200, 403, 404, SIGN_IN),
    "sections":          (200, 200, 200, 200, 403, 404, SIGN_IN),
    "sources":           (200, 200, 200, 200, 200, 200, SIGN_IN),
    "source":            (200, 200, 200, 200, 200, 404, SIGN_IN),
    "source_act":        (AWAY, AWAY, AWAY, AWAY, 403, 404, SIGN_IN),
    "subscriptions":     (200, 200, 200, 200, 200, 200, SIGN_IN),
    "new_subscription":  (200, 200, 200, 200, 403, 404, SIGN_IN),
    "subscription":      (200, 200, 200, 200, 200, 404, SIGN_IN),
    "change_subscription": (200, 200, 200, 200, 403, 404, SIGN_IN),
    "subscription_act":  (AWAY, AWAY, AWAY, AWAY, 403, 404, SIGN_IN),
    "notices":           (200, 200, 200, 200, 200, 200, SIGN_IN),
    "notice":            (AWAY, AWAY, AWAY, AWAY, AWAY, 404, SIGN_IN),
    "notice_mail":       (AWAY, AWAY, AWAY, AWAY, AWAY, AWAY, SIGN_IN),  # one's own mails
    "help":              (200, 200, 200, 200, 200, 200, SIGN_IN),
    "sign_in":           (AWAY, AWAY, AWAY, AWAY, AWAY, AWAY, 200),
    "sign_out":          (SIGN_IN,) * 7,
    "picture":           (200, 200, 200, 200, 200, 404, SIGN_IN),
    "fitted_picture":    (200, 200, 200, 200, 200, 404, SIGN_IN),
    "poster":            (200, 200, 200, 200, 200, 404, SIGN_IN),
    "media":             (200, 200, 200, 200, 200, 200, SIGN_IN),
    "media_upload":      (AWAY, AWAY, AWAY, AWAY, 404, 404, SIGN_IN),  # without a file
    "media_import":      (422, 422, 422, 422, 404, 404, SIGN_IN),  # without an address
    "media_choose":      (200, 200, 200, 200, 404, 404, SIGN_IN),
    "media_folder_new":  (AWAY, AWAY, AWAY, AWAY, 404, 404, SIGN_IN),
    "media_folder":      (AWAY, AWAY, AWAY, AWAY, 403, 404, SIGN_IN),
    "media_asset":       (200, 200, 200, 200, 200, 404, SIGN_IN),
    "media_act":         (AWAY, AWAY, AWAY, AWAY, 403, 404, SIGN_IN),
    "media_delete":      (AWAY, AWAY, AWAY, AWAY, 403, 404, SIGN_IN),
    "compose":           (200, 200, 200, 200, 404, 404, SIGN_IN),
    "compose_check":     (200, 200, 200, 200, 404, 404, 401),
    "compose_forget":    (AWAY, AWAY, AWAY, AWAY, AWAY, AWAY, SIGN_IN),  # one's own draft
    "compose_picture":   (200, 200, 200, 200, 404, 404, 401),
    "batch":             (200, 200, 200, 200, 200, 404, SIGN_IN),
    "batch_live":        (200, 200, 200, 200, 200, 404, STOP),
    "batch_act":         (403, 403, AWAY, AWAY, 403, 404, SIGN_IN),
    "hashtags":          (AWAY, AWAY, AWAY, AWAY, 403, 404, SIGN_IN),
    "imports":           (200, 200, 200, 200, 403, 200, SIGN_IN),  # with one's own brands
    "import":            (200, 200, 200, 200, 200, 404, SIGN_IN),
    "import_live":       (200, 200, 200, 200, 200, 404, STOP),
    "import_act":        (AWAY, AWAY, AWAY, AWAY, 403, 404, SIGN_IN),
    "export_pieces":     (200, 200, 200, 200, 200, 200, SIGN_IN),  # of one's own brands
    "export_posts":      (200, 200, 200, 200, 200, 200, SIGN_IN),
    "piece":             (200, 200, 200, 200, 200, 404, SIGN_IN),
    "compare_versions":  (200, 200, 200, 200, 200, 404, SIGN_IN),
    "restore_version":   (200, 200, 200, 200, 403, 404, SIGN_IN),
    "piece_act":         (AWAY, AWAY, AWAY, AWAY, 403, 404, SIGN_IN),
    "posting_hub":       (200, 200, 200, 200, 200, 200, SIGN_IN),
    "ready_pieces":      (200, 200, 200, 200, 200, 200, SIGN_IN),
    "published_posts":   (200, 200, 200, 200, 200, 200, SIGN_IN),
    "attention":         (200, 200, 200, 200, 200, 200, SIGN_IN),
    "late_work":         (200, 200, 200, 200, 200, 200, SIGN_IN),
    "late_decide":       (403, 403, 200, 200, 403, AWAY, SIGN_IN),
    "late_decision":     (200, 200, 200, 200, 200, 404, SIGN_IN),
    "late_undo":         (403, 403, AWAY, AWAY, 403, 404, SIGN_IN),
    "schedule_queue":    (200, 200, 200, 200, 200, 200, SIGN_IN),
    "label_act":         (403, 403, AWAY, AWAY, 403, 404, SIGN_IN),
    "live_rows":         (200, 200, 200, 200, 200, 200, STOP),
    "save_view":         (AWAY, AWAY, AWAY, AWAY, AWAY, AWAY, SIGN_IN),
    "delete_view":       (404, 404, 404, AWAY, 404, 404, SIGN_IN),  # the administrator's own
    "decide_chosen":     (403, 403, AWAY, AWAY, 403, AWAY, SIGN_IN),
    "edit_many":         (403, 403, 200, 200, 403, AWAY, SIGN_IN),  # another's post is none
    "edited":            (200, 200, 200, 200, 200, 404, SIGN_IN),
    "edited_undo":       (403, 403, AWAY, AWAY, 403, 404, SIGN_IN),
    "assign":            (200, 200, 200, 200, 403, AWAY, SIGN_IN),
    "review":            (200, 200, 200, 200, 403, AWAY, SIGN_IN),
    "review_preview":    (200, 200, 200, 200, 403, 404, SIGN_IN),
    "review_fix":        (AWAY, AWAY, AWAY, AWAY, 403, AWAY, SIGN_IN),
    "calendar":          (200, 200, 200, 200, 200, 200, SIGN_IN),
    "suggested":         (403, 403, AWAY, AWAY, 403, AWAY, SIGN_IN),  # with one's own brands
    "calendar_suggestions": (200, 200, 200, 200, 200, 200, 401),
    "calendar_events":   (200, 200, 200, 200, 200, 200, 401),
    "calendar_marks":    (200, 200, 200, 200, 200, 200, 401),
    "calendar_ready":    (200, 200, 200, 200, 200, 200, 401),
    "calendar_post":     (200, 200, 200, 200, 200, 404, 401),
    "calendar_move":     (403, 403, 200, 200, 403, 404, 401),
    "calendar_check":    (403, 403, 200, 200, 403, 404, 401),
    "calendar_undo":     (403, 403, 409, 409, 403, 404, 401),  # there is no move to undo
    "day_note_new":      (200, 200, 200, 200, 403, 200, SIGN_IN),  # with one's own brands
    "day_note":          (AWAY, AWAY, AWAY, AWAY, 403, 404, SIGN_IN),
    "post":              (200, 200, 200, 200, 200, 404, SIGN_IN),
    "post_live":         (200, 200, 200, 200, 200, 404, STOP),
    "fix_conflict":      (403, 403, AWAY, AWAY, 403, 404, SIGN_IN),
    "decide":            (403, AWAY, AWAY, AWAY, 403, 404, SIGN_IN),
    "channel":           (200, 200, 200, 200, 200, 200, SIGN_IN),  # with one's own brands
    "channel_pretend":   (403, 403, 403, AWAY, 403, 404, SIGN_IN),
    "channel_moved":     (301,) * 7,
}
API_TABLE = {
    # method and view    author editor publi admin audit stran nobody
    "POST posts":        (201, 201, 201, 201, 403, 404, 401),
    "GET posts_queue":   (200, 200, 200, 200, 200, 200, 401),
    "GET post":          (200, 200, 200, 200, 200, 404, 401),
    "PUT post":          (200, 200, 200, 200, 403, 404, 401),
    "DELETE post":       (403, 403, 200, 200, 403, 404, 401),
    "POST schedule":     (403, 403, 200, 200, 403, 404, 401),
    "PUT scheduled":     (403, 403, 200, 200, 403, 404, 401),
    "DELETE scheduled":  (403, 403, 200, 200, 403, 404, 401),
    "GET schedule_queue": (200, 200, 200, 200, 200, 200, 401),
    "GET schedule_suggestions": (200, 200, 200, 200, 200, 404, 401),
    "POST schedule_execute": (403, 403, 202, 202, 403, 404, 401),
    "GET schema":        (200, 200, 200, 200, 200, 200, 401),
    "GET docs":          (200, 200, 200, 200, 200, 200, SIGN_IN),
}
ACTIONS = {
    # action                      author editor publi admin audit stranger
    "organisation_apitoken.revoke": (True, True, True, True, True, True),  # one's own tokens
    "content_label.hold":         (False, False, True, True, False, False),
    "content_label.release":      (False, False, True, True, False, False),
    "platforms_account.pause":    (False, False, False, True, False, False),
    "platforms_account.resume":   (False, False, False, True, False, False),
    "posting_post.publish_now":   (False, False, True, True, False, False),
    "posting_post.retry":         (False, False, True, True, False, False),
    "posting_post.cancel":        (False, False, True, True, False, False),
}
# fmt: on


@pytest.fixture
def world(db, data_dir, settings):
    """One brand with something of everything. The stranger publishes for another one."""
    brand = BrandFactory(name="Glen & Loom", slug=DEMO["slug"])  # so that it can be removed
    people = {role.value: UserFactory(username=role.value, is_staff=True) for role in Role}
    for role in Role:
        MembershipFactory(brand=brand, user=people[role.value], role=role)
    people["stranger"] = MembershipFactory(role=Role.PUBLISHER, user__is_staff=True).user
    account = AccountFactory(brand=brand)
    picture = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(picture, "PNG")
    picture.seek(0)
    by = people["administrator"]
    missed = PostFactory(account=account, missed=True)
    decision = LateDecision.objects.create(choice="now", by=by)
    decision.rows.create(post=missed, version=missed.version)
    batch = Batch.objects.create(id=uuid.uuid4(), brand=brand, by=by)
    kept = keep_picture(picture, "loom.png", brand=brand, by=by, alt="A loom")
    kept.poster = str(kept.file)
    kept.save()
    settings.SITE_URL = "http://testserver"
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    return SimpleNamespace(
        people=people,
        brand=brand,
        account=account,
        piece=PieceFactory(brand=brand),
        post=PostFactory(account=account, holds=int(Hold.APPROVAL), batch=batch),
        ready=PostFactory(account=account),
        batch=batch,
        missed=missed,
        decision=decision,
        label=LabelFactory(brand=brand),
        flow=OAuthFlowFactory(user=by, brand=brand),
        erasure=ErasureFactory(),
        notice=NoticeFactory(brand=brand),
        note=DayNoteFactory(brand=brand),
        picture=kept,
        folder=make_folder(brand, "Looms", by=by),
        feed=CalendarFeedFactory(user=by, brand=brand),
        source=SourceFactory(brand=brand),
        subscription=FeedFactory(brand=brand),
        plan=(plan := ScheduleFactory(account=account)),
        time=OccurrenceFactory(target=plan.targets.get()),
        template=ScheduleTemplateFactory(account=account),
        proposal=ProposalFactory(account=account),
        run=run_of(source_with(brand=brand), by=by),
        table=ImportFactory(brand=brand, by=by),
        edit=ManyEdit.objects.create(brand=brand, by=by, words="Moved", at=timezone.now()),
        view=SavedView.objects.create(user=by, page="queue", name="Mine", query="q=x"),
    )


def requests_of(world):
    """What is sent to each view: method, arguments of the address, and what goes with it."""
    post, draft = [world.post.pk], str(uuid.uuid4())
    chosen = {"list": "queue", "post": world.ready.pk, "sure": "yes"}
    target = f"{world.account.pk}-{world.post.channel_type_id}"
    assign = {"piece": world.piece.pk, "to": target}
    composed = form(world.account)
    tomorrow = timezone.localdate() + timedelta(days=1)
    moved = {"zone": "Europe/London", "version": world.ready.version}
    recipe = sign_recipe(fitted([item_of(world.picture, 1, "")], FEED_SHAPE)[0])
    return {
        "front_door": ("GET", [], {}),
        "home": ("GET", [], {}),
        "home_live": ("GET", [], {}),
        "status": ("GET", [], {}),
        "search": ("GET", [], {"q": "peat"}),
        "stop_publishing": ("GET", [], {}),
        "start_publishing": ("GET", [], {}),
        "zone": ("GET", [], {}),
        "choose_brand": ("POST", [], {"brand": world.brand.pk}),
        "hide_checklist": ("POST", [], {}),
        "put_away": ("POST", [], {}),
        "remove_demo": ("GET", [], {}),
        "platforms": ("GET", [], {}),
        "account": ("GET", [world.account.pk], {}),
        "account_times": ("POST", [world.account.pk], {"part": "blackout"}),
        "fix_conflict": ("POST", [*post, "next-free"], {"kind": "gap"}),
        "account_act": ("POST", [world.account.pk, "pause"], {}),
        "connect": ("GET", [], {"brand": world.brand.pk}),
        "connect_start": (
            "GET",
            ["facebook", "facebook-login"],
            {"brand": world.brand.pk, "sandbox": 1},
        ),
        "connect_server": ("GET", ["mastodon", "mastodon-login"], {"brand": world.brand.pk}),
        "connect_return": ("GET", [], {"state": "x", "code": "y"}),
        "connect_choose": ("GET", [world.flow.pk], {}),
        "connect_token": ("GET", ["facebook"], {"account": world.account.pk}),
        "connect_password": ("GET", ["bluesky"], {"brand": world.brand.pk}),
        "connect_app": ("GET", ["facebook"], {"brand": world.brand.pk}),
        "deauthorise": ("POST", ["facebook"], {"signed_request": "x.y"}),
        "erase": ("POST", ["facebook"], {"signed_request": "x.y"}),
        "erased": ("GET", [world.erasure.code], {}),
        "feeds": ("GET", [], {}),
        "feed_revoke": ("POST", [world.feed.pk], {}),
        "feed": ("GET", ["nobody-has-this-word"], {}),
        "plans": ("GET", [], {}),
        "new_plan": ("GET", [], {}),
        "plan": ("GET", [world.plan.pk], {}),
        "change_plan": ("GET", [world.plan.pk, world.plan.start], {}),
        "plan_step": ("POST", [world.plan.pk, "pause"], {"version": 1}),
        "plan_occurrence": ("POST", [world.plan.pk, world.time.pk, "skip"], {}),
        "templates": ("GET", [], {}),
        "new_template": ("POST", [], {"act": "add", "brand": world.brand.pk}),
        "change_template": ("GET", [world.template.pk], {}),
        "remove_template": ("POST", [world.template.pk], {}),
        "bulk": ("GET", [], {"piece": world.piece.pk}),
        "proposal": ("GET", [world.proposal.pk], {}),
        "proposal_act": ("POST", [world.proposal.pk, "leave-out"], {"version": 1}),
        "write": ("GET", [world.run.source_id], {}),
        "writing": ("GET", [world.run.pk], {}),
        "writing_live": ("GET", [world.run.pk], {}),
        "writing_act": ("POST", [world.run.pk, "stop"], {}),
        "prompts": ("GET", [], {}),
        "prompt": (
            "POST",
            [world.brand.pk, world.post.channel_type_id],
            {"text": "About {section}.", "act": "save", "number": 0},
        ),
        "create_piece": ("GET", [], {"brand": world.brand.pk}),
        "sections": ("GET", [world.source.pk], {}),
        "sources": ("GET", [], {}),
        "source": ("GET", [world.source.pk], {}),
        "source_act": ("POST", [world.source.pk, "aside"], {}),
        "subscriptions": ("GET", [], {}),
        "new_subscription": ("GET", [], {"brand": world.brand.pk}),
        "subscription": ("GET", [world.subscription.pk], {}),
        "change_subscription": ("GET", [world.subscription.pk], {}),
        "subscription_act": ("POST", [world.subscription.pk, "pause"], {}),
        "notices": ("GET", [], {}),
        "notice": ("GET", [world.notice.pk], {}),
        "notice_mail": ("POST", [], {"wanted": "yes"}),
        "help": ("GET", ["home"], {}),
        "sign_in": ("GET", [], {}),
        "sign_out": ("POST", [], {}),
        "picture": ("GET", [world.picture.sha256], {}),
        "fitted_picture": ("GET", [world.picture.sha256, recipe], {}),
        "poster": ("GET", [world.picture.sha256], {}),
        "media": ("GET", [], {}),
        "media_upload": ("POST", [], {"brand": world.brand.pk}),
        "media_import": ("POST", [], {"brand": world.brand.pk}),
        "media_choose": ("GET", [], {"brand": world.brand.pk}),
        "media_folder_new": ("POST", [], {"brand": world.brand.pk, "name": "Yarn"}),
        "media_folder": ("POST", [world.folder.pk, "rename"], {"name": "Looms"}),
        "media_asset": ("GET", [world.picture.pk], {}),
        "media_act": ("POST", [world.picture.pk, "save"], {}),
        "media_delete": ("POST", [world.picture.pk], {}),
        "compose": ("GET", [], {"draft": draft, "brand": world.brand.pk}),
        "compose_check": ("POST", [], composed),
        "compose_forget": ("POST", [], composed),
        "compose_picture": ("POST", [], {"brand": world.brand.pk}),
        "batch": ("GET", [world.batch.pk], {}),
        "batch_live": ("GET", [world.batch.pk], {}),
        "batch_act": ("POST", [world.batch.pk, "cancel"], {}),
        "edit_many": ("POST", [], {"list": "queue", "post": world.ready.pk}),
        "edited": ("GET", [world.edit.pk], {}),
        "edited_undo": ("POST", [world.edit.pk], {}),
        "hashtags": (
            "POST",
            [],
            {"act": "save", "brand": world.brand.pk, "name": "Harris", "tags": "#tweed"},
        ),
        "imports": ("GET", [], {}),
        "import": ("GET", [world.table.pk], {}),
        "import_live": ("GET", [world.table.pk], {}),
        "import_act": ("POST", [world.table.pk, "discard"], {}),
        "export_pieces": ("GET", [], {}),
        "export_posts": ("GET", ["queue"], {}),
        "piece": ("GET", [world.piece.pk], {}),
        "compare_versions": ("GET", [world.piece.pk], {"one": 1, "other": 1}),
        "restore_version": ("GET", [world.piece.pk, 1], {}),
        "piece_act": ("POST", [world.piece.pk, "archive"], {}),
        "posting_hub": ("GET", [], {}),
        "ready_pieces": ("GET", [], {}),
        "published_posts": ("GET", [], {}),
        "attention": ("GET", [], {}),
        "late_work": ("GET", [], {}),
        "late_decide": ("POST", [], {"post": world.missed.pk, "choice": "now"}),
        "late_decision": ("GET", [world.decision.pk], {}),
        "late_undo": ("POST", [world.decision.pk], {}),
        "schedule_queue": ("GET", [], {}),
        "label_act": ("POST", [world.label.pk, "hold"], {}),
        "live_rows": ("GET", [], {"ids": str(world.post.pk)}),
        "save_view": ("POST", ["queue"], {"name": "x", "query": "q=x"}),
        "delete_view": ("POST", [world.view.pk], {}),
        "decide_chosen": ("POST", ["cancel"], chosen),
        "assign": ("GET", [], {"piece": world.piece.pk}),
        "review": ("GET", [], assign),
        "review_preview": ("GET", [], assign),
        "review_fix": ("POST", [], {**assign, "fix": "all"}),
        "calendar": ("GET", [], {}),
        "suggested": ("POST", [], {"act": "at-once"}),
        "calendar_suggestions": ("GET", [], {"first": "2026-11-01", "last": "2026-12-01"}),
        "calendar_events": ("GET", [], {"first": "2026-11-01", "last": "2026-12-01"}),
        "calendar_marks": ("GET", [], {"first": "2026-11-01", "last": "2026-12-01"}),
        "calendar_ready": ("GET", [], {}),
        "calendar_post": ("GET", post, {}),
        "calendar_move": ("POST", [world.ready.pk], moved | {"wall": f"{tomorrow}T09:30"}),
        "calendar_check": ("GET", [world.ready.pk], {"wall": "2026-11-24T09:30", "zone": "UTC"}),
        "calendar_undo": ("POST", [world.ready.pk], moved),
        "day_note_new": ("GET", [], {"day": "2026-11-30"}),
        "day_note": ("POST", [world.note.pk], {"act": "delete", "version": 1}),
        "post": ("GET", post, {}),
        "post_live": ("GET", post, {"seen": world.post.mark}),
        "decide": ("POST", [*post, "approve"], {}),
        "channel": ("GET", ["facebook", "feed-post"], {"account": world.account.pk}),
        "channel_pretend": (
            "POST",
            ["facebook", "feed-post"],
            {"account": world.account.pk, "fault": "refuse"},
        ),
        "channel_moved": ("GET", ["facebook", "feed-post"], {}),
    }


def api_requests_of(world):
    post = [world.ready.pk]
    time = {"wall": f"{timezone.now() + timedelta(days=2):%Y-%m-%dT%H:%M}"}
    words = {"text": "Peat smoke", "targets": [{"account": world.account.pk}]}
    return {
        "POST posts": ([], words),
        "GET posts_queue": ([], None),
        "GET post": (post, None),
        "PUT post": (post, {"version": 1, "text": "Other"}),
        "DELETE post": (post, None),
        "POST schedule": ([], {"posts": [{"id": world.ready.pk, "version": 1}], "time": time}),
        "PUT scheduled": (post, {"version": 1, "time": time}),
        "DELETE scheduled": (post, None),
        "GET schedule_queue": ([], None),
        "GET schedule_suggestions": ([], {"account": world.account.pk}),
        "POST schedule_execute": ([], {"posts": post}),
        "GET schema": ([], None),
        "GET docs": ([], None),
    }


def asked(world, person, method, address, data):
    """Ask as this person, undo what it did, and return the status or that it leads to sign in."""
    client = Client()
    with transaction.atomic():
        if person != "nobody":
            client.force_login(world.people[person])
        answer = getattr(client, method.lower())(address, data)
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    led = answer.status_code == 302 and answer.url.startswith(reverse("desk:sign_in"))
    return SIGN_IN if led else answer.status_code


def names_in(resolver):
    return {one.name for one in resolver.url_patterns if isinstance(one, URLPattern) and one.name}


def test_every_page_has_its_line(world):
    assert names_in(get_resolver("desk.urls")) == set(TABLE) == set(requests_of(world))


def test_each_page_answers_each_person_as_the_table_says(world):
    wrong = []
    for name, (method, args, data) in requests_of(world).items():
        address = reverse(f"desk:{name}", args=args)
        for person, status in zip(PEOPLE, TABLE[name], strict=True):
            found = asked(world, person, method, address, data)
            if found != status:
                wrong.append(f"{name} answers the {person} with {found}, not {status}")
    assert not wrong, "\n".join(wrong)


def test_every_method_of_the_api_has_its_line():
    there = set()
    for name in names_in(get_resolver("scheduling.api.urls")):
        view = one_view(name)
        there |= {f"{method} {name}" for method in view.scopes}
        assert set(view.scopes) == {
            m.upper() for m in view.http_method_names if hasattr(view, m)
        } - {"OPTIONS"}
    plain = {f"GET {name}" for name in names_in(get_resolver("syndication_project.api"))}
    assert there | plain == set(API_TABLE)


def one_view(name):
    patterns = get_resolver("scheduling.api.urls").url_patterns
    return next(one.callback.cls for one in patterns if one.name == name)


def test_the_api_answers_each_person_as_the_table_says(world):
    wrong = []
    for line, (args, body) in api_requests_of(world).items():
        method, name = line.split()
        address = reverse(f"api:{name}", args=args)
        for person, status in zip(PEOPLE, API_TABLE[line], strict=True):
            found = api_asked(world, person, method, address, body)
            if found != status:
                wrong.append(f"{line} answers the {person} with {found}, not {status}")
    assert not wrong, "\n".join(wrong)


def api_asked(world, person, method, address, body):
    if body is None or method == "GET":
        return asked(world, person, method, address, body)
    client = Client()
    with transaction.atomic():
        if person != "nobody":
            client.force_login(world.people[person])
        answer = client.generic(method, address, json.dumps(body), content_type="application/json")
        transaction.set_rollback(True)
    return answer.status_code


def test_every_action_of_the_admin_has_its_line():
    there = {
        f"{model._meta.app_label}_{model._meta.model_name}.{action}"
        for model, page in admin.site._registry.items()
        for action in page.actions
        if page.__module__.partition(".")[0] != "django_celery_beat"
    }
    assert there == set(ACTIONS)


@pytest.mark.parametrize("line", ACTIONS)
def test_an_action_of_the_admin_is_there_for_those_in_the_table(world, rf, line):
    name, action = line.split(".")
    page = admin.site.get_model_admin(apps.get_model(*name.split("_")))
    found = {}
    for person in PEOPLE[:-1]:
        request = rf.get(reverse(f"admin:{name}_changelist"))
        request.user = world.people[person]
        found[person] = action in page.get_actions(request)
    if name != "organisation_apitoken":
        found["stranger"] = found["stranger"] and reaches(world, page, rf)
    assert found == dict(zip(PEOPLE, ACTIONS[line], strict=False))


def reaches(world, page, rf):
    """Whether the stranger's rows, which are all that an action touches, hold one of the brand."""
    request = rf.get("/")
    request.user = world.people["stranger"]
    return page.get_queryset(request).filter(brand=world.brand).exists()
