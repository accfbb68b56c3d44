"""What ffmpeg is asked about videos: real ones, hostile ones, and where it is not installed."""

import io
import stat
import subprocess

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from PIL import Image

from content import films
from content.library import delete
from content.models import MediaAsset
from content.uploads import keep_upload
from tests.content.films import film
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(data_dir):
    return MembershipFactory()


@pytest.fixture(scope="module")
def real_film(ffmpeg_path, tmp_path_factory):
    """A second of a test picture with a tone, made by ffmpeg itself."""
    path = tmp_path_factory.mktemp("films") / "real.mp4"
    subprocess.run(
        [ffmpeg_path, "-v", "error", "-nostdin",
         "-f", "lavfi", "-i", "testsrc=duration=1:size=320x240:rate=25",
         "-f", "lavfi", "-i", "sine=duration=1", "-shortest", "-threads", "1",
         "-c:v", "mpeg4", "-c:a", "aac", str(path)],
        check=True, timeout=60,
    )  # fmt: skip
    return path.read_bytes()


def keep(member, data, name="loom.mp4"):
    return keep_upload(io.BytesIO(data), name, brand=member.brand, by=member.user)


def a_program(tmp_path, settings, script):
    """Stand something else in the place of ffmpeg."""
    path = tmp_path / "not-ffmpeg"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    settings.FFMPEG = str(path)


def test_a_video_gets_a_still_and_its_facts(member, real_film):
    asset = keep(member, real_film)
    asset = MediaAsset.objects.get(pk=asset.pk)
    assert (asset.codecs, asset.frame_rate) == ("mpeg4, aac", 25.0)
    with default_storage.open(asset.poster, "rb") as file:
        assert Image.open(file).size == (320, 240)


def test_the_still_is_shown_in_the_list_and_goes_with_the_video(client, member, real_film):
    asset = keep(member, real_film)
    client.force_login(member.user)
    address = reverse("desk:poster", args=[asset.sha256])
    assert address in client.get(reverse("desk:media")).content.decode()
    assert b"".join(client.get(address).streaming_content)[:3] == b"\xff\xd8\xff"
    delete(MediaAsset.objects.get(), by=member.user)
    assert not default_storage.exists(asset.poster)


def test_without_ffmpeg_videos_are_taken_in_and_the_page_says_what_is_missing(
    client, member, settings
):
    settings.FFMPEG = "no-such-program"
    asset = keep(member, film())
    client.force_login(member.user)
    page = client.get(reverse("desk:media_asset", args=[asset.pk])).content.decode()
    assert "ffmpeg is not installed on this server" in page
    assert (asset.poster, asset.codecs) == ("", "")


def test_one_from_before_ffmpeg_was_installed_gets_its_still_later(
    client, member, settings, real_film
):
    settings.FFMPEG = "no-such-program"
    asset = keep(member, real_film)
    settings.FFMPEG = "ffmpeg"
    client.force_login(member.user)
    client.post(reverse("desk:media_act", args=[asset.pk, "poster"]))
    assert MediaAsset.objects.get().poster


def test_a_film_whose_pictures_are_noise_is_kept_without_a_still(client, member, ffmpeg_path):
    asset = keep(member, film())
    assert asset.poster == ""
    client.force_login(member.user)
    answer = client.post(reverse("desk:media_act", args=[asset.pk, "poster"]), follow=True)
    assert "ffmpeg cannot read the pictures of this video" in answer.content.decode()


def test_what_does_not_end_is_stopped(member, tmp_path, settings, monkeypatch):
    monkeypatch.setattr(films, "WAIT", 1)
    a_program(tmp_path, settings, "exec sleep 600")
    looked = films.look("/dev/null", 1.0)
    assert "took too long" in looked.why


def test_a_program_that_cannot_be_started_keeps_no_video_out(member, tmp_path, settings):
    a_program(tmp_path, settings, "")
    (tmp_path / "not-ffmpeg").write_bytes(b"\x7fELF no machine's")
    assert keep(member, film()).poster == ""
    assert "could not be started" in films.look("/dev/null", 1.0).why


@pytest.mark.skipif(not hasattr(films.resource, "prlimit"), reason="limits are set on Linux")
def test_what_writes_without_end_is_cut_off(tmp_path, settings):
    a_program(tmp_path, settings, "sleep 0.5; exec cat /dev/zero")
    looked = films.look("/dev/null", 1.0)
    assert looked.still == b""


def test_what_is_written_is_looked_at_before_it_is_kept(member, tmp_path, settings):
    a_program(tmp_path, settings, "echo '<script>alert(1)</script>'")
    assert keep(member, film()).poster == ""


@pytest.mark.parametrize("hostile", ["concat:/etc/passwd", "https://127.0.0.1/x", "-y", "a'b;c$d"])
def test_a_name_is_never_more_than_a_name(member, hostile, ffmpeg_path, tmp_path):
    looked = films.look(str(tmp_path / hostile), 1.0)
    assert looked.still == b""


def test_a_playlist_that_calls_itself_a_film_opens_no_other_file(ffmpeg_path, tmp_path):
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(b"x")
    playlist = tmp_path / "film.mp4"
    playlist.write_text(f"#EXTM3U\n#EXTINF:1,\nfile://{secret}\n#EXT-X-ENDLIST\n")
    looked = films.look(str(playlist), 1.0)
    assert (looked.still, looked.codecs) == (b"", "")


@pytest.mark.parametrize(
    ("said", "codecs", "rate"),
    [
        ("  Stream #0:0[0x1](und): Video: h264 (High), yuv420p, 1280x720, 29.97 fps, 30 tbr\n"
         "  Stream #0:1: Audio: aac (LC), 44100 Hz\nOutput #0\n"
         "  Stream #0:0: Video: mjpeg, 25 fps", "h264, aac", 29.97),
        ("", "", 0.0),
        ("Stream #0:0: Video: none, 1.2.3 fps", "", 0.0),
        ("\x00\ufffd" * 50, "", 0.0),
    ],
)  # fmt: skip
def test_messages_are_read_as_far_as_they_go(said, codecs, rate):
    looked = films._read(b"", said)
    assert (looked.codecs, looked.frame_rate) == (codecs, rate)
