"""Which addresses are dialled for hosts that people named."""

import socket
from typing import Any

import pytest

from platforms.errors import NotSent
from platforms.fetching import refusal
from tests.platforms.replies import Reply

PUBLIC = ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822")
PRIVATE = (
    "127.0.0.1",
    "0.0.0.0",
    "10.0.0.5",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "198.18.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fd12::1",
    "fec0::1",
    "2001:db8::1",
    "::ffff:10.0.0.5",
    "::10.0.0.5",
    "64:ff9b::a00:5",
    "2002:a00:5::",
)
NEVER = (
    "169.254.169.254",
    "fe80::1",
    "fe80::1%eth0",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::",
    "100.100.100.200",
    "168.63.129.16",
    "fd00:ec2::254",
    "224.0.0.1",
    "ff02::1",
)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_open(address):
    assert refusal("social.example", address) == ""


@pytest.mark.parametrize("address", PRIVATE)
def test_others_are_refused_in_a_sentence_that_names_the_setting(address):
    sentence = refusal("social.example", address)
    assert sentence.startswith(f"social.example is at {address}, which is not a public address.")
    assert "FETCH_ALLOW" in sentence


@pytest.mark.parametrize("address", NEVER)
def test_link_local_and_metadata_addresses_are_never_opened(address):
    allowed = ("social.example", address.partition("%")[0], "0.0.0.0/0", "::/0")
    assert refusal("social.example", address, allowed).endswith("which is never opened.")


@pytest.mark.parametrize(
    "entry", ["social.example", "Social.Example.", "10.0.0.5", "10.0.0.0/8", "10.0.0.7/24"]
)
def test_the_operator_opens_hosts_addresses_and_networks(entry):
    assert refusal("social.example", "10.0.0.5", (entry,)) == ""
    assert refusal("social.example", "::ffff:10.0.0.5", (entry,)) == ""


@pytest.mark.parametrize("entry", ["example", "other.example", "10.1.0.0/16", "", "10.0.0.0/99"])
def test_what_the_operator_did_not_name_stays_shut(entry):
    assert refusal("social.example", "10.0.0.5", (entry,)) != ""


def test_a_guarded_request_to_this_machine_is_not_sent(make_client, server):
    client = make_client(guarded=True)
    with pytest.raises(NotSent, match="FETCH_ALLOW"):
        client.request("GET", server.url + "/")
    assert server.connections == 0
    assert client.exchanges[0].response.startswith("(not sent)")


@pytest.mark.parametrize("allowed", [("127.0.0.0/8",), ["127.0.0.1"]])
def test_a_guarded_request_to_an_opened_network_goes_out(make_client, server, allowed):
    server.on("GET", "/", Reply(200, "here"))
    client = make_client(guarded=True, fetch_allow=allowed)
    assert client.request("GET", server.url + "/").body == b"here"


def test_a_connection_opened_on_trust_does_not_serve_a_guarded_request(make_client, server):
    server.on("GET", "/", Reply(200, "here"))
    make_client().request("GET", server.url + "/")
    with pytest.raises(NotSent):
        make_client(guarded=True).request("GET", server.url + "/")
    assert len(server.received) == 1


def resolve_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
    """Let each look-up give the next list of addresses, as a hostile name server may."""
    queue = list(answers)
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host != "social.example":
            return real(host, port, *args, **kwargs)
        found = queue.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def test_the_address_that_was_checked_is_the_one_that_is_dialled(make_client, server, monkeypatch):
    resolve_to(monkeypatch, ["127.0.0.1"], ["10.0.0.5"])
    server.on("GET", "/", Reply(200, "here"))
    client = make_client(guarded=True, fetch_allow=("127.0.0.1",))
    assert client.request("GET", f"http://social.example:{server.port}/").body == b"here"
    assert server.received[0].headers["host"] == f"social.example:{server.port}"


def test_of_several_addresses_only_open_ones_are_dialled(make_client, server, monkeypatch):
    resolve_to(monkeypatch, ["10.0.0.5", "127.0.0.1"])
    server.on("GET", "/", Reply(200, "here"))
    client = make_client(guarded=True, fetch_allow=("127.0.0.1",))
    assert client.request("GET", f"http://social.example:{server.port}/").body == b"here"


def test_the_next_address_is_tried_when_one_does_not_answer(make_client, server, monkeypatch):
    resolve_to(monkeypatch, ["127.0.0.2", "127.0.0.1"])
    server.on("GET", "/", Reply(200, "here"))
    client = make_client(guarded=True, fetch_allow=("127.0.0.0/8",))
    assert client.request("GET", f"http://social.example:{server.port}/").body == b"here"


def test_a_guarded_name_that_does_not_resolve_is_not_sent(make_client, monkeypatch):
    def fail(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(NotSent, match="its name is not known"):
        make_client(guarded=True).request("GET", "http://social.example/")
