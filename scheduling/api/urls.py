"""Addresses of the posts' API. None ends in a slash."""

from django.urls import path

from scheduling.api.posts import PostsView, PostView, QueueView

urlpatterns = [
    path("posts", PostsView.as_view(), name="posts"),
    path("posts/queue", QueueView.as_view(), name="posts_queue"),
    path("posts/<int:pk>", PostView.as_view(), name="post"),
]
