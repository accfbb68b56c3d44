"""In and out."""

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from desk.forms import SignInForm


class SignIn(LoginView):
    """The sign-in page. `next` is followed only within this site."""

    template_name = "syndication/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


def front_door(request: HttpRequest) -> HttpResponse:
    """The bare address leads to the home page."""
    return redirect("desk:home")
