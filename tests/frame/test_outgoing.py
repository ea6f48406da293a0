"""What this server may be made to call, and how it behaves towards whoever answers."""

import threading
import time
from http.server import BaseHTTPRequestHandler

import pytest

from labeling.checks import outgoing_networks_are_networks
from labeling.http import outgoing
from labeling.http.addresses import is_allowed, networks
from labeling.http.outgoing import Failed, Refused, send
from tests.receivers import says, server

LOOPBACK = ["127.0.0.0/8"]


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.9.9.9", "169.254.169.254", "172.16.0.1"),
        *("172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.7"),
        *("203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:127.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::8.8.8.8", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378::1"),
        *("2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd12::1", "fe80::1"),
        *("fe80::1%lo", "fec0::1", "ff02::1", "ff0e::1"),
    ],
)
def test_an_address_inside_is_not_called(address):
    assert not is_allowed(address, [])


@pytest.mark.parametrize("address", ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450:4001::1"])
def test_a_public_address_is_called(address):
    assert is_allowed(address, [])


def test_the_list_of_allowed_networks_opens_those_and_no_others():
    allowed = networks(["10.1.0.0/16", "fd00::/64"])
    assert is_allowed("10.1.2.3", allowed)
    assert is_allowed("::ffff:10.1.2.3", allowed)
    assert is_allowed("fd00::5", allowed)
    assert not is_allowed("10.2.0.1", allowed)
    assert not is_allowed("127.0.0.1", allowed)


def test_a_setting_that_names_no_network_is_told_at_the_start(settings):
    settings.OUTGOING_ALLOW = ["10.0.0.0/33"]
    assert [found.id for found in outgoing_networks_are_networks(None)] == ["groundwork.E003"]


@pytest.fixture
def to_loopback(settings):
    settings.OUTGOING_ALLOW = LOOPBACK


@pytest.mark.usefixtures("to_loopback")
def test_a_request_arrives_as_it_was_sent():
    with server(says(200, b"fine", **{"X-Word": "yes"})) as (url, got):
        reply = send("POST", f"{url}/hook?a=1", headers={"Content-Type": "text/plain"}, content=b"hello")
    assert (reply.status, reply.body, reply.headers["x-word"]) == (200, b"fine", "yes")
    assert (got[0].path, got[0].body, got[0].headers["Content-Type"]) == ("/hook?a=1", b"hello", "text/plain")
    assert got[0].headers["Host"] == url.removeprefix("http://")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]"])
def test_no_way_of_writing_loopback_gets_through(host):
    with server(says(200)) as (url, got):
        with pytest.raises(Refused) as refusal:
            send("GET", url.replace("127.0.0.1", host))
        assert not got
    assert str(refusal.value) == outgoing.NOT_PUBLIC


def test_a_name_without_an_address_is_refused_in_the_same_words():
    with pytest.raises(Refused, match=outgoing.NOT_PUBLIC):
        send("GET", "http://nothing.invalid/")


def test_a_name_is_refused_when_one_of_its_addresses_is_inside(monkeypatch):
    monkeypatch.setattr(outgoing, "resolve", lambda *args: ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(Refused):
        send("GET", "http://two-faced.example/")


def test_a_name_is_resolved_once_and_the_judged_address_is_the_one_connected_to(monkeypatch, to_loopback):
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    monkeypatch.setattr(outgoing, "resolve", lambda *args: answers.pop(0))
    with server(says(200)) as (url, got):
        assert send("GET", url.replace("127.0.0.1", "rebinding.example")).status == 200
        assert got[0].headers["Host"].startswith("rebinding.example:")
    assert len(answers) == 1


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc/passwd", "ftp://example.org/", "gopher://example.org/", "//example.org/", "example.org", ""),
        *("http://", "http://user:word@example.org/", "http://example.org:99999999/", "http://" + "a" * 3000),
        "http://xn--/",
    ],
)
def test_an_address_that_is_no_web_address_is_refused(url):
    with pytest.raises(Refused):
        send("GET", url)


@pytest.mark.usefixtures("to_loopback")
def test_a_redirection_is_not_followed_unless_asked_for():
    with server(says(200, b"there")) as (there, _), server(says(302, Location=f"{there}/x")) as (here, _):
        assert send("GET", here).status == 302
        found = send("GET", here, redirects=1)
    assert (found.status, found.body, found.url) == (200, b"there", f"{there}/x")


@pytest.mark.usefixtures("to_loopback")
@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/", "http://[::1]/", "file:///etc/passwd", "http://[", "http://xn--/"]
)
def test_a_redirection_into_a_private_network_or_to_no_web_address_is_refused(target):
    with server(says(302, Location=target)) as (url, _), pytest.raises(Refused):
        send("GET", url, redirects=5)


@pytest.mark.usefixtures("to_loopback")
def test_redirections_end():
    with server(says(302, Location="/again")) as (url, got):
        assert send("GET", url, redirects=3).status == 302
        assert len(got) == 4


@pytest.mark.usefixtures("to_loopback")
def test_a_reply_over_the_limit_is_broken_off():
    with server(says(200, b"x" * 5000)) as (url, _), pytest.raises(Failed, match="over 4000 bytes"):
        send("GET", url, most=4000)


@pytest.mark.usefixtures("to_loopback")
def test_a_receiver_that_sends_byte_by_byte_does_not_hold_us_beyond_the_deadline():
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not over.wait(0.05):
            try:
                handler.wfile.write(b".")
            except OSError:
                return

    over = threading.Event()
    with server(drip) as (url, _):
        began = time.monotonic()
        with pytest.raises(Failed, match="in time"):
            send("GET", url, seconds=0.4)
        took = time.monotonic() - began
        over.set()
    assert took < 20


@pytest.mark.usefixtures("to_loopback")
def test_nobody_at_home_is_a_failure_that_tells_little():
    with server(says(200)) as (url, _):
        pass
    with pytest.raises(Failed, match="ConnectError"):
        send("GET", url, seconds=2)


@pytest.mark.usefixtures("to_loopback")
def test_a_proxy_in_the_environment_is_not_used(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with server(says(204)) as (url, _):
        assert send("GET", url).status == 204


@pytest.mark.usefixtures("to_loopback")
def test_a_large_body_goes_where_it_is_wanted():
    class Counted:
        size = 0

        def write(self, content: bytes) -> None:
            self.size += len(content)

    with server(says(200, b"x" * 300_000)) as (url, _):
        sink = Counted()
        assert send("GET", url, into=sink).body == b""
    assert sink.size == 300_000
