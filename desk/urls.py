"""Addresses of the staff pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from desk.views import (
    callbacks,
    connecting,
    demo,
    plans,
    preferences,
    publishing,
    subscriptions,
    templates,
)
from desk.views.account_times import AccountTimesPage
from desk.views.accounts import AccountDetail, PlatformsPage, account_act
from desk.views.batch import BatchPage, batch_act, batch_live
from desk.views.bulk import ProposalDetail, bulk, proposal_act
from desk.views.calendar import (
    CalendarPage,
    calendar_check,
    calendar_events,
    calendar_marks,
    calendar_move,
    calendar_post,
    calendar_ready,
    calendar_suggestions,
    calendar_undo,
)
from desk.views.channel import PlatformPosting, channel_moved, channel_pretend
from desk.views.choosing import decide_chosen
from desk.views.compose import ComposePage, compose_check, compose_forget, compose_picture
from desk.views.conflicts import fix_conflict
from desk.views.create_piece import create_piece, sections
from desk.views.day_notes import day_note, day_note_new
from desk.views.editing import EditedPage, edit_many, edited_undo
from desk.views.exports import export_pieces, export_posts
from desk.views.feeds import feed, feed_revoke, feeds
from desk.views.hashtags import hashtags
from desk.views.help import page_help
from desk.views.home import HomePage, home_live, status
from desk.views.hub import (
    Attention,
    PostingHub,
    PublishedPosts,
    ReadyPieces,
    ScheduleQueue,
    delete_view,
    live_rows,
    save_view,
)
from desk.views.imports import ImportDetail, import_act, import_live, imports
from desk.views.late_work import LateDecisionPage, LateWorkPage, late_decide, late_undo
from desk.views.media import (
    MediaLibrary,
    media_choose,
    media_folder,
    media_folder_new,
    media_import,
    media_upload,
)
from desk.views.media_asset import MediaDetail, media_act, media_delete
from desk.views.notices import NoticesPage, notice, notice_mail
from desk.views.pausing import label_act
from desk.views.pictures import fitted_picture, picture, poster
from desk.views.pieces import CompareVersions, PieceDetail, piece_act, restore
from desk.views.post import PostPage, decide, post_live
from desk.views.prompts import Prompts, prompt
from desk.views.review import Assign, Review, review_fix, review_preview
from desk.views.search import search
from desk.views.signing_in import SignIn, front_door
from desk.views.sources import SourceDetail, Sources, source_act
from desk.views.suggested import suggested
from desk.views.write import WritingPage, write, writing_act, writing_live

app_name = "desk"
urlpatterns = [
    path("", front_door, name="front_door"),
    path("syndication", HomePage.as_view(), name="home"),
    path("syndication/live", home_live, name="home_live"),
    path("syndication/status", status, name="status"),
    path("syndication/search", search, name="search"),
    path("syndication/publishing/stop", publishing.stop, name="stop_publishing"),
    path("syndication/publishing/start", publishing.start, name="start_publishing"),
    path("syndication/dashboard", PlatformsPage.as_view(), name="platforms"),
    path("syndication/accounts/<int:pk>", AccountDetail.as_view(), name="account"),
    path("syndication/accounts/<int:pk>/times", AccountTimesPage.as_view(), name="account_times"),
    path("syndication/accounts/<int:pk>/<slug:slug>", account_act, name="account_act"),
    path("syndication/connect", connecting.connect, name="connect"),
    path("syndication/connect/return", connecting.connect_return, name="connect_return"),
    path("syndication/connect/choose/<int:pk>", connecting.connect_choose, name="connect_choose"),
    path(
        "syndication/connect/<slug:platform>/token", connecting.connect_token, name="connect_token"
    ),
    path(
        "syndication/connect/<slug:platform>/password",
        connecting.connect_password,
        name="connect_password",
    ),
    path(
        "syndication/connect/<slug:platform>/at/<slug:path>",
        connecting.connect_server,
        name="connect_server",
    ),
    path("syndication/connect/<slug:platform>/app", connecting.connect_app, name="connect_app"),
    path(
        "syndication/connect/<slug:platform>/by/<slug:path>",
        connecting.connect_start,
        name="connect_start",
    ),
    path(
        "syndication/callbacks/<slug:platform>/deauthorise",
        callbacks.deauthorise,
        name="deauthorise",
    ),
    path("syndication/callbacks/<slug:platform>/erase", callbacks.erase, name="erase"),
    path("syndication/erased/<str:code>", callbacks.erased, name="erased"),
    path("syndication/scheduling/feeds", feeds, name="feeds"),
    path("syndication/scheduling/feeds/<int:pk>/revoke", feed_revoke, name="feed_revoke"),
    path("syndication/scheduling/feeds/<str:word>.ics", feed, name="feed"),
    path("syndication/scheduling/plans", plans.Plans.as_view(), name="plans"),
    path("syndication/scheduling/plans/new", plans.make, name="new_plan"),
    path("syndication/scheduling/plans/<int:pk>", plans.PlanDetail.as_view(), name="plan"),
    path(
        "syndication/scheduling/plans/<int:pk>/from/<str:nominal>",
        plans.change,
        name="change_plan",
    ),
    path("syndication/scheduling/plans/<int:pk>/<slug:slug>", plans.step, name="plan_step"),
    path(
        "syndication/scheduling/plans/<int:pk>/times/<int:row>/<slug:slug>",
        plans.occurrence,
        name="plan_occurrence",
    ),
    path("syndication/scheduling/templates", templates.Templates.as_view(), name="templates"),
    path("syndication/scheduling/templates/new", templates.make, name="new_template"),
    path("syndication/scheduling/templates/<int:pk>", templates.change, name="change_template"),
    path(
        "syndication/scheduling/templates/<int:pk>/remove",
        templates.remove,
        name="remove_template",
    ),
    path("syndication/scheduling/bulk", bulk, name="bulk"),
    path("syndication/scheduling/proposals/<uuid:pk>", ProposalDetail.as_view(), name="proposal"),
    path(
        "syndication/scheduling/proposals/<uuid:pk>/<slug:slug>",
        proposal_act,
        name="proposal_act",
    ),
    path("syndication/create-piece", create_piece, name="create_piece"),
    path("syndication/create-piece/<int:pk>", sections, name="sections"),
    path("syndication/create-piece/<int:pk>/write", write, name="write"),
    path("syndication/create-piece/runs/<uuid:pk>", WritingPage.as_view(), name="writing"),
    path("syndication/create-piece/runs/<uuid:pk>/live", writing_live, name="writing_live"),
    path("syndication/create-piece/runs/<uuid:pk>/<slug:slug>", writing_act, name="writing_act"),
    path("syndication/create-piece/prompts", Prompts.as_view(), name="prompts"),
    path("syndication/create-piece/prompts/<int:brand>/<int:pk>", prompt, name="prompt"),
    path("syndication/sources", Sources.as_view(), name="sources"),
    path("syndication/sources/feeds", subscriptions.Subscriptions.as_view(), name="subscriptions"),
    path("syndication/sources/feeds/new", subscriptions.new_subscription, name="new_subscription"),
    path(
        "syndication/sources/feeds/<int:pk>",
        subscriptions.SubscriptionDetail.as_view(),
        name="subscription",
    ),
    path(
        "syndication/sources/feeds/<int:pk>/change",
        subscriptions.change_subscription,
        name="change_subscription",
    ),
    path(
        "syndication/sources/feeds/<int:pk>/<slug:slug>",
        subscriptions.subscription_act,
        name="subscription_act",
    ),
    path("syndication/sources/<int:pk>", SourceDetail.as_view(), name="source"),
    path("syndication/sources/<int:pk>/<slug:slug>", source_act, name="source_act"),
    path("syndication/notices", NoticesPage.as_view(), name="notices"),
    path("syndication/notices/mail", notice_mail, name="notice_mail"),
    path("syndication/notices/<int:pk>", notice, name="notice"),
    path("syndication/time-zone", preferences.zone, name="zone"),
    path("syndication/brand", preferences.brand, name="choose_brand"),
    path("syndication/checklist", preferences.hide, name="hide_checklist"),
    path("syndication/told", preferences.put_away, name="put_away"),
    path("syndication/demo", demo.remove, name="remove_demo"),
    path("syndication/help/<slug:name>", page_help, name="help"),
    path("syndication/sign-in", SignIn.as_view(), name="sign_in"),
    path("syndication/sign-out", LogoutView.as_view(), name="sign_out"),
    path("syndication/pictures/<str:sha256>", picture, name="picture"),
    path("syndication/pictures/<str:sha256>/poster", poster, name="poster"),
    path("syndication/pictures/<str:sha256>/<str:recipe>", fitted_picture, name="fitted_picture"),
    path("syndication/media", MediaLibrary.as_view(), name="media"),
    path("syndication/media/upload", media_upload, name="media_upload"),
    path("syndication/media/import", media_import, name="media_import"),
    path("syndication/media/choose", media_choose, name="media_choose"),
    path("syndication/media/folders", media_folder_new, name="media_folder_new"),
    path("syndication/media/folders/<int:pk>/<slug:slug>", media_folder, name="media_folder"),
    path("syndication/media/<int:pk>", MediaDetail.as_view(), name="media_asset"),
    path("syndication/media/<int:pk>/delete", media_delete, name="media_delete"),
    path("syndication/media/<int:pk>/<slug:slug>", media_act, name="media_act"),
    path("syndication/posting/compose", ComposePage.as_view(), name="compose"),
    path("syndication/posting/compose/check", compose_check, name="compose_check"),
    path("syndication/posting/compose/forget", compose_forget, name="compose_forget"),
    path("syndication/posting/compose/pictures", compose_picture, name="compose_picture"),
    path("syndication/posting/batches/<uuid:pk>", BatchPage.as_view(), name="batch"),
    path("syndication/posting/batches/<uuid:pk>/live", batch_live, name="batch_live"),
    path("syndication/posting/batches/<uuid:pk>/<slug:slug>", batch_act, name="batch_act"),
    path("syndication/pieces/hashtags", hashtags, name="hashtags"),
    path("syndication/pieces/import", imports, name="imports"),
    path("syndication/pieces/import/<uuid:pk>", ImportDetail.as_view(), name="import"),
    path("syndication/pieces/import/<uuid:pk>/live", import_live, name="import_live"),
    path("syndication/pieces/import/<uuid:pk>/<slug:slug>", import_act, name="import_act"),
    path("syndication/pieces/export", export_pieces, name="export_pieces"),
    path("syndication/posting/export/<slug:slug>", export_posts, name="export_posts"),
    path("syndication/pieces/<int:pk>", PieceDetail.as_view(), name="piece"),
    path("syndication/pieces/<int:pk>/compare", CompareVersions.as_view(), name="compare_versions"),
    path("syndication/pieces/<int:pk>/restore/<int:number>", restore, name="restore_version"),
    path("syndication/pieces/<int:pk>/<slug:slug>", piece_act, name="piece_act"),
    path("syndication/posting", PostingHub.as_view(), name="posting_hub"),
    path("syndication/posting/pieces", ReadyPieces.as_view(), name="ready_pieces"),
    path("syndication/posting/published", PublishedPosts.as_view(), name="published_posts"),
    path("syndication/posting/attention", Attention.as_view(), name="attention"),
    path("syndication/posting/late", LateWorkPage.as_view(), name="late_work"),
    path("syndication/posting/late/decide", late_decide, name="late_decide"),
    path("syndication/posting/late/<uuid:pk>", LateDecisionPage.as_view(), name="late_decision"),
    path("syndication/posting/late/<uuid:pk>/undo", late_undo, name="late_undo"),
    path("syndication/posting/rows", live_rows, name="live_rows"),
    path("syndication/posting/views/<slug:slug>", save_view, name="save_view"),
    path("syndication/posting/views/<int:pk>/delete", delete_view, name="delete_view"),
    path("syndication/posting/chosen/<slug:slug>", decide_chosen, name="decide_chosen"),
    path("syndication/posting/edit", edit_many, name="edit_many"),
    path("syndication/posting/edits/<uuid:pk>", EditedPage.as_view(), name="edited"),
    path("syndication/posting/edits/<uuid:pk>/undo", edited_undo, name="edited_undo"),
    path("syndication/posting/assign", Assign.as_view(), name="assign"),
    path("syndication/posting/review", Review.as_view(), name="review"),
    path("syndication/posting/review/fix", review_fix, name="review_fix"),
    path("syndication/posting/review/preview", review_preview, name="review_preview"),
    path("syndication/posting/posts/<int:pk>", PostPage.as_view(), name="post"),
    path("syndication/posting/posts/<int:pk>/live", post_live, name="post_live"),
    path("syndication/posting/posts/<int:pk>/<slug:slug>", decide, name="decide"),
    path("syndication/scheduling", CalendarPage.as_view(), name="calendar"),
    path("syndication/scheduling/suggested", suggested, name="suggested"),
    path("syndication/scheduling/suggestions", calendar_suggestions, name="calendar_suggestions"),
    path("syndication/scheduling/queue", ScheduleQueue.as_view(), name="schedule_queue"),
    path("syndication/scheduling/labels/<int:pk>/<slug:slug>", label_act, name="label_act"),
    path("syndication/scheduling/events", calendar_events, name="calendar_events"),
    path("syndication/scheduling/marks", calendar_marks, name="calendar_marks"),
    path("syndication/scheduling/ready", calendar_ready, name="calendar_ready"),
    path("syndication/scheduling/notes", day_note_new, name="day_note_new"),
    path("syndication/scheduling/notes/<int:pk>", day_note, name="day_note"),
    path("syndication/scheduling/posts/<int:pk>", calendar_post, name="calendar_post"),
    path("syndication/scheduling/posts/<int:pk>/move", calendar_move, name="calendar_move"),
    path("syndication/scheduling/posts/<int:pk>/check", calendar_check, name="calendar_check"),
    path("syndication/scheduling/posts/<int:pk>/undo", calendar_undo, name="calendar_undo"),
    path(
        "syndication/posting/posts/<int:pk>/conflicts/<slug:verb>",
        fix_conflict,
        name="fix_conflict",
    ),
    # Last: a platform's name must not hide a page.
    path(
        "syndication/posting/<slug:platform>/<slug:channel>",
        PlatformPosting.as_view(),
        name="channel",
    ),
    path(
        "syndication/posting/<slug:platform>/<slug:channel>/pretend",
        channel_pretend,
        name="channel_pretend",
    ),
    path("syndication/<slug:platform>/<slug:channel>", channel_moved, name="channel_moved"),
]
