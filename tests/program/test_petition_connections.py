"""
Connections to a petition: one that cannot be made or must not be trusted gets nothing; one that is lost, closed or shared by
many requests of HTTP/2 leads to no letter's being posted twice.
"""
import collections
import ssl
import time

import pytest

from petitioning import Petition
from receivers import PROXY, SILENT, answer, call, nginx, raw, receiver, response, wire  # noqa: F401 fixtures
from scripted import delay, drop
from servers import free_ports, wait_for
from test_petition_faults import HANG_S, LOST, SAID, TIMEOUT


# --- A petition that cannot be reached at all --------------------------------------------------------------------

def assert_nothing_went(petition, result, status=69):
    assert result.status in ((status,) if isinstance(status, int) else status), result
    assert set(petition.states().values()) <= {"ready", "later"}
    assert result.summary["sent"] == 0 and result.summary["unsure"] == result.summary["refused"] == 0
    petition.assert_secret(result)


@pytest.mark.parametrize("kind", ["self-signed", "wrong-host", "expired", "wrong-purpose"])
def test_a_certificate_that_is_wrong(desk, receiver, certificates, kind):
    server = receiver(certificate=kind)
    petition = Petition(desk, server.url, certificates)
    result = petition.post()
    assert_nothing_went(petition, result)
    assert not server.requests and server.begun == 0
    assert "certificate" in result.err, result


def test_one_that_nobody_known_has_signed(desk, receiver, certificates):
    server = receiver()
    petition = Petition(desk, server.url, certificates, webhook={"ca_file": None})
    result = petition.post()
    assert_nothing_went(petition, result)
    assert server.begun == 0 and "certificate" in result.err


def test_the_servers_own_certificate_named_as_trusted(desk, receiver, certificates):
    server = receiver(certificate="self-signed")
    result = Petition(desk, server.url, certificates, webhook={"ca_file": certificates.directory / "self-signed.crt"}).post()
    assert result.status == 0, result


@pytest.mark.parametrize("version, status", [(ssl.TLSVersion.TLSv1, 69), (ssl.TLSVersion.TLSv1_1, 69), (ssl.TLSVersion.TLSv1_2, 0)])
def test_an_old_tls(desk, receiver, certificates, version, status):
    server = receiver(tls_version=version)
    petition = Petition(desk, server.url, certificates)
    result = petition.post()
    if status == 0:
        assert result.status == 0, result
    else:
        assert_nothing_went(petition, result)
        assert server.begun == 0 and "TLS" in result.err, result


def test_tls_where_there_is_none(desk, receiver, certificates):
    server = receiver(security="none").at("open", raw(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))
    petition = Petition(desk, server.url.replace("http:", "https:"), certificates)
    assert_nothing_went(petition, petition.post(), (69, 75))
    assert not server.requests


def test_a_name_that_nobody_has(desk, certificates):
    petition = Petition(desk, "https://petition.invalid/sign", certificates)
    began = time.monotonic()
    result = petition.post()
    assert time.monotonic() - began < HANG_S
    assert_nothing_went(petition, result)
    assert "petition.invalid" in result.err, result


def test_nobody_is_there(desk, certificates):
    port, = free_ports(1)
    petition = Petition(desk, f"https://localhost:{port}/sign", certificates, rows=30, webhook={"in_flight": 4})
    began = time.monotonic()
    result = petition.post()
    assert time.monotonic() - began < HANG_S
    assert_nothing_went(petition, result, (69, 75))
    assert f"localhost:{port}" in result.err or "localhost" in result.err


@pytest.mark.parametrize("name", LOST)
def test_it_never_shakes_hands(desk, receiver, certificates, name):
    server = receiver().at("tls", LOST[name])
    petition = Petition(desk, server.url, certificates, rows=30, webhook={"in_flight": 8})
    began = time.monotonic()
    result = petition.post()
    assert time.monotonic() - began < HANG_S
    assert_nothing_went(petition, result, (69, 75))
    assert server.connections_count <= 90, "a server in trouble is not stormed"


@pytest.mark.parametrize("name", ["drop", "reset"])
def test_hung_up_behind_the_handshake(desk, receiver, certificates, name):
    """Whether anything of a request had been written by then depends on chance; that it is never written twice does not."""
    server = receiver().at("open", LOST[name])
    petition = Petition(desk, server.url, certificates, rows=3)
    result = petition.post()
    assert result.status in (1, 69, 75) and set(petition.states().values()) <= {"later", "ready", "unsure"}, result
    server.forget_rules()
    unsure = list(petition.states().values()).count("unsure")
    petition.post()
    assert len(server.requests) <= 3 - unsure


@pytest.mark.parametrize("code", [429, 503])
def test_a_petition_that_is_too_busy_for_anybody(desk, receiver, certificates, code):
    server = receiver().at("final", answer(code))
    petition = Petition(desk, server.url, certificates, rows=60, webhook={"in_flight": 4})
    result = petition.post()
    assert result.status in (69, 75), result
    assert len(server.requests) <= 60 and max(collections.Counter(r.identity for r in server.requests).values()) == 1
    assert set(petition.states().values()) <= {"later", "ready"}


def test_ten_refused_alike_stop_the_campaign(desk, receiver, certificates):
    server = receiver().at("final", answer(400, "Unknown field"))
    petition = Petition(desk, server.url, certificates, rows=30)
    result = petition.post()
    assert result.status == 1 and len(server.requests) == 10, result
    assert result.summary["refused"] == 10 and result.summary["ready"] == 20
    assert "Unknown field" in result.err and "resolve all ready" in result.err
    server.forget_rules()
    assert desk.run("resolve", "all", "ready").status == 0
    assert petition.post().status == 0 and len(server.accepted()) == 30


# --- Connections -------------------------------------------------------------------------------------------------

def test_redirects_are_not_followed(desk, receiver, certificates):
    trap = receiver()
    server = receiver()
    for number, code in enumerate((301, 302, 303, 307, 308), 1):
        server.at("final", answer(code, headers=[("Location", trap.url)]), request=number)
    petition = Petition(desk, server.url, certificates, rows=5)
    result = petition.post()
    assert result.status == 1 and result.summary["refused"] == 5, result
    assert trap.connections_count == 0


def test_a_connection_closed_between_two_requests(desk, receiver, certificates):
    """It is noticed before anything is written to it."""
    server = receiver().at("after", delay(0.2), drop)
    petition = Petition(desk, server.url, certificates, webhook={"rate": "1/s"})
    result = desk.run("--json", "petition", "--yes")
    assert result.status == 0 and len(server.requests) == 3 and server.connections_count == 3, result
    assert set(petition.states().values()) == {"sent"}


def test_a_connection_that_is_closed_at_every_request(desk, receiver, certificates):
    server = receiver(usual=response(200, close=True)).at("after", drop)
    result = Petition(desk, server.url, certificates, rows=20, webhook={"in_flight": 4}).post()
    assert result.status == 0 and server.connections_count == 20 and set(server.counted().values()) == {1}, result


def test_a_connection_lost_with_several_in_flight(desk, receiver, certificates):
    server = receiver()
    for number in range(5, 9):
        server.at("final", drop, request=number)
    petition = Petition(desk, server.url, certificates, rows=40, webhook={"in_flight": 4})
    result = petition.post()
    assert result.status == 1, result
    assert (result.summary["sent"], result.summary["unsure"]) == (36, 4)
    assert len(server.requests) == 40 and set(server.counted().values()) == {1}
    again = petition.post("--resend-unsure")
    assert again.status == 0 and again.summary["sent"] == 40 and len(server.requests) == 44, again


# --- HTTP/2: nginx in front, and a wire to it that can be cut.

H2 = {
    "hung up after the whole request": ("final", SILENT, [drop], "unsure", 1),
    "hung up within the request": ("content", SILENT.replace("proxy_next", "proxy_request_buffering off;\n    proxy_next"),
                                   [drop], "unsure", 1),
    "the gateway says 502": ("final", PROXY, [drop], "later", 75),
    "503": ("final", PROXY, [answer(503)], "later", 75),
    "429": ("final", PROXY, [answer(429)], "later", 75),
    "422": ("final", PROXY, [answer(422)], "refused", 1),
    "301": ("final", PROXY, [answer(301, headers=[("Location", "https://localhost:1/")])], "refused", 1),
    "the gateway says 504": ("final", PROXY.replace("proxy_next", "proxy_read_timeout 1s;\n    proxy_next"), [delay(5)], "later", 75),
    "too slow": ("final", PROXY, [delay(TIMEOUT + 2)], "unsure", 1),
    "endless body": ("final", PROXY.replace("proxy_next", "proxy_buffering off;\n    proxy_next"), [SAID["endless body"]], "sent", 0),
}


@pytest.mark.parametrize("kind", ["h2", "h1"])
@pytest.mark.parametrize("name", H2)
def test_a_fault_behind_nginx(desk, nginx, receiver, certificates, name, kind):
    point, location, actions, state, status = H2[name]
    upstream = receiver(security="none").at(point, *actions, request=2)
    front = nginx(upstream, location=location)
    petition = Petition(desk, front.url(kind), certificates, webhook={"attach": "pdf"})
    began = time.monotonic()
    result = petition.post()
    assert time.monotonic() - began < HANG_S
    assert petition.states() == {1: "sent", 2: state, 3: "sent"}, result
    assert result.status == status, result
    assert upstream.begun <= 3, "repeated"
    assert {told.protocol for told in front.told()} <= {"HTTP/2.0" if kind == "h2" else "HTTP/1.1"}
    upstream.forget_rules()
    assert petition.post().summary["now"] == 0 and upstream.begun <= 3


@pytest.mark.parametrize("kind", ["h2", "h1"])
@pytest.mark.parametrize("point", ["content", "final"])
@pytest.mark.parametrize("idempotent", ["no", "yes"])
def test_a_connection_cut(desk, nginx, wire, receiver, certificates, kind, point, idempotent):
    """A connection that is used again is lost when the petition has read a request, in half or as a whole."""
    upstream = receiver(security="none")
    front = nginx(upstream, location=PROXY.replace("proxy_next", "proxy_request_buffering off;\n    proxy_next"))
    line = wire(getattr(front, kind))
    upstream.at(point, call(line.cut), request=2)
    petition = Petition(desk, front.url(kind, line.port), certificates, webhook={"attach": "pdf", "idempotent": idempotent})
    result = petition.post()
    state, status = ("unsure", 1) if idempotent == "no" else ("later", 75)
    assert petition.states() == {1: "sent", 2: state, 3: "sent"}, result
    assert result.status == status, result
    assert upstream.begun == 3, "repeated"
    again = petition.post()
    assert again.summary["now"] == 0 and upstream.begun == 3
    if idempotent == "yes":
        petition.make_due()
        assert petition.post().status == 0
        assert len({r.body for r in upstream.requests}) == 3 and upstream.begun == 4


def test_many_streams_lost_with_one_connection(desk, nginx, wire, receiver, certificates):
    upstream = receiver(security="none")
    front = nginx(upstream)
    line = wire(front.h2)
    upstream.at("final", delay(0.3), request=range(1, 8)).at("final", delay(0.3), call(line.cut), delay(0.1), request=8)
    petition = Petition(desk, front.url("h2", line.port), certificates, rows=40, webhook={"in_flight": 8, "timeout": 30})
    result = petition.post()
    assert result.status == 1, result
    states = collections.Counter(petition.states().values())
    assert states["unsure"] >= 1 and states["sent"] + states["unsure"] == 40, states
    assert max(collections.Counter(r.identity for r in upstream.requests).values()) == 1, "repeated"
    assert len({r.identity for r in upstream.requests}) >= states["sent"]


def test_a_server_that_says_goaway(desk, nginx, receiver, certificates):
    """nginx ends each connection after a few requests; what it has not begun goes over another."""
    upstream = receiver(security="none")
    front = nginx(upstream, keepalive_requests=5)
    petition = Petition(desk, front.url("h2"), certificates, rows=200, webhook={"in_flight": 8, "timeout": 30})
    result = petition.post()
    assert result.status == 0 and result.summary["sent"] == 200, result
    assert set(upstream.counted().values()) == {1} and len(upstream.requests) == 200
    wait_for("the access log", lambda: len(front.told()) == 200)
    assert len({told.connection for told in front.told()}) >= 200 // 10


def test_nginx_alone_says_no(desk, nginx, receiver, certificates):
    """The answer comes before the body has gone."""
    front = nginx(receiver(security="none"), location="location / { return 429; }")
    petition = Petition(desk, front.url("h2"), certificates, webhook={"attach": "pdf"})
    result = petition.post()
    assert result.status == 75 and set(petition.states().values()) <= {"later", "ready"}, result
    assert "later" in petition.states().values()
