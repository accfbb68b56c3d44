"""The wall shows what is live to people, and nothing on it can be anything but text."""

import re

from tests.sandbox.conftest import PAGE, Sandbox, png


def wall(sandbox: Sandbox, path: str = "/") -> str:
    return sandbox.ask("GET", sandbox.address + path).text


def test_an_empty_sandbox_says_how_to_begin(sandbox: Sandbox) -> None:
    page = wall(sandbox)
    assert f"Account {PAGE}" in page
    assert "Nothing has been posted here" in page


def test_posts_are_shown_newest_first_with_comments_and_pictures(sandbox: Sandbox) -> None:
    name = sandbox.publish("facebook", "Older").json()["id"]
    sandbox.graph("POST", f"{name}/comments", message="First comment")
    files = {"source": ("a.png", png())}
    sandbox.graph("POST", f"{PAGE}/photos", files=files, message="Newer", alt_text_custom="Grey")
    page = wall(sandbox)
    assert page.index("Newer") < page.index("Older") < page.index("First comment")
    source = re.search(r'<img src="(/_images/\w+)" alt="Grey"', page)
    assert source is not None
    picture = sandbox.ask("GET", sandbox.address + source[1])
    assert (picture.content, picture.headers["Content-Type"]) == (png(), "image/png")


def test_a_deleted_post_is_struck(sandbox: Sandbox) -> None:
    name = sandbox.toot("Gone").json()["id"]
    sandbox.api("DELETE", f"/api/v1/statuses/{name}")
    assert '<del class="text">Gone</del>' in wall(sandbox)


def test_everything_is_escaped(sandbox: Sandbox) -> None:
    nasty = "<script>alert(1)</script>\"'&"
    sandbox.register("facebook", "77", "t77", name=nasty)
    files = {"source": ("a.png", png())}
    said = {"message": nasty, "alt_text_custom": nasty, "access_token": "t77"}
    sandbox.graph("POST", "77/photos", files=files, **said)
    sandbox.arm("facebook", "refuse", account=nasty)
    page = wall(sandbox)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;" in page


def test_the_page_keeps_its_own_content_security_policy(sandbox: Sandbox) -> None:
    answer = sandbox.ask("GET", sandbox.address + "/")
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "style=" not in answer.text
    assert not re.search(r"<script(?![^>]*\bsrc=)", answer.text)
    for asset in set(re.findall(r'(?:href|src)="(/_wall/[^"]+)"', answer.text)):
        assert sandbox.ask("GET", sandbox.address + asset).status_code == 200


def test_one_platform_can_be_shown_alone(sandbox: Sandbox) -> None:
    sandbox.publish("facebook", "On the page")
    assert "On the page" not in wall(sandbox, "/?platform=mastodon")


def test_the_address_of_a_post_shows_it(sandbox: Sandbox) -> None:
    sandbox.publish("facebook", "Hello from the page")
    sandbox.publish("mastodon", "Hello from the person")
    for post in sandbox.posts():
        assert post["text"] in sandbox.ask("GET", post["url"]).text


def test_armed_faults_are_announced(sandbox: Sandbox) -> None:
    sandbox.arm("mastodon", "slow", seconds=1, times=0)
    assert "slow on publish of any account at mastodon, always" in wall(sandbox)


def test_an_image_or_file_that_is_not_there_is_404(sandbox: Sandbox) -> None:
    for path in ("/_images/0000", "/_wall/../wall.py", "/_wall/nothing.css"):
        assert sandbox.ask("GET", sandbox.address + path).status_code == 404
