"""Addresses of the API of posts and of their schedule. None ends in a slash."""

from django.urls import path

from scheduling.api.posts import PostsView, PostView, QueueView
from scheduling.api.schedule import ExecuteView, ScheduledView, ScheduleQueueView, ScheduleView
from scheduling.api.suggestions import SuggestionsView

urlpatterns = [
    path("posts", PostsView.as_view(), name="posts"),
    path("posts/queue", QueueView.as_view(), name="posts_queue"),
    path("posts/<int:pk>", PostView.as_view(), name="post"),
    path("schedule", ScheduleView.as_view(), name="schedule"),
    path("schedule/queue", ScheduleQueueView.as_view(), name="schedule_queue"),
    path("schedule/suggestions", SuggestionsView.as_view(), name="schedule_suggestions"),
    path("schedule/execute", ExecuteView.as_view(), name="schedule_execute"),
    path("schedule/<int:pk>", ScheduledView.as_view(), name="scheduled"),
]
