"""
What makes a request the petition's own: signatures, which another's library verifies, also after a retry; tokens, passwords
and headers; and what must be configured and answered before anything is posted.
"""
import base64
import re
import time

import pytest

from mailing import supporter
from petitioning import FORMATS, SIGNED_UP, Petition
from receivers import OLD_SECRET, SECRET, TOKEN, answer, assert_signed, nginx, receiver, verifier  # noqa: F401 fixtures
from servers import PASSWORD, USER
from test_mailbox import Terminal


# --- Signatures, retries -----------------------------------------------------------------------------------------

def with_changed_byte(body):
    """The body with one letter another."""
    middle = next(i for i in range(len(body) // 2, len(body)) if chr(body[i]).isalpha() and body[i] < 128)
    return body[:middle] + (b"y" if body[middle:middle + 1] != b"y" else b"z") + body[middle + 1:]


@pytest.mark.parametrize("kind, attach", [*((kind, "no") for kind in FORMATS), ("json", "pdf")])
def test_standardwebhooks_agrees_also_after_a_retry(desk, receiver, certificates, verifier, kind, attach):
    server = receiver(usual=SIGNED_UP).at("final", answer(503), request=(1, 2, 3))
    rows = [supporter(1, Name="Siân Ŵyn-Jones"), supporter(2, Name='Anna "Annie" Bell'), supporter(3)]
    petition = Petition(desk, server.url, certificates, rows=rows, webhook={"format": kind, "attach": attach})
    assert petition.post().status == 75
    petition.make_due()
    time.sleep(1.1)
    result = petition.post()
    assert result.status == 0, result
    assert len(server.requests) == 6
    said = [({name: value for name, value in r.message.items()}, r.body) for r in server.requests]
    said = [({name.lower(): value for name, value in headers.items()}, body) for headers, body in said]
    assert verifier.verify(said) == [True] * 6
    assert verifier.verify([(headers, with_changed_byte(body)) for headers, body in said]) == ["No matching signature found"] * 6
    assert verifier.verify(said, OLD_SECRET) == ["No matching signature found"] * 6
    later = [({**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)}, body) for headers, body in said]
    assert verifier.verify(later) == ["No matching signature found"] * 6


@pytest.mark.parametrize("kind, attach", [*((kind, "no") for kind in FORMATS), ("json", "pdf"), ("multipart", "pdf")])
def test_a_retry_repeats_the_bytes(desk, receiver, certificates, kind, attach):
    server = receiver(usual=SIGNED_UP).at("final", answer(500), request=(1, 2))
    petition = Petition(desk, server.url, certificates, rows=1, webhook={"format": kind, "attach": attach})
    for _ in range(2):
        assert petition.post().status == 75
        petition.make_due()
        time.sleep(1.1)
    desk.file("model.md", (desk.path / "model.md").read_text().replace("keep it open", "open it"))
    assert petition.post().status == 0
    assert len(server.requests) == 3 and len({r.body for r in server.requests}) == 1
    assert len({r.identity for r in server.requests}) == 1 and len({r.header("idempotency-key") for r in server.requests}) == 1
    assert len({r.header("content-type") for r in server.requests}) == 1
    times = [int(r.header("webhook-timestamp")) for r in server.requests]
    assert times[0] < times[1] < times[2]
    for request in server.requests:
        assert_signed(request, SECRET)


def test_two_secrets_while_one_replaces_the_other(desk, receiver, certificates, verifier):
    server = receiver()
    petition = Petition(desk, server.url, certificates, webhook={"secret_file": "secrets"})
    result = petition.post()
    assert result.status == 0, result
    for request in server.requests:
        assert_signed(request, SECRET, OLD_SECRET)
    said = [({name.lower(): value for name, value in r.message.items()}, r.body) for r in server.requests]
    for secret in (SECRET, OLD_SECRET):
        assert verifier.verify(said, secret) == [True] * 3
    petition.assert_secret(result)


def test_without_a_secret_it_is_not_signed(desk, receiver, certificates):
    server = receiver()
    result = Petition(desk, server.url, certificates, webhook={"secret_file": None}).post()
    assert result.status == 0, result
    for request in server.requests:
        assert request.header("webhook-signature") is None and request.identity
        assert request.header("webhook-timestamp") is not None or True


@pytest.mark.parametrize("content", ["", "\n", "whsec_", "whsec_c2hvcnQ=", "whsec_" + "!" * 40,
                                     "whsec_" + base64.b64encode(b"x" * 65).decode(), "\n".join([SECRET] * 5)])
def test_a_secret_that_is_none(desk, receiver, certificates, content):
    server = receiver()
    petition = Petition(desk, server.url, certificates)
    desk.file("secret", content)
    result = petition.post()
    assert result.status == 78 and "secret" in result.err and server.connections_count == 0, result
    assert not content.strip() or content.strip().split("\n")[0].removeprefix("whsec_")[:8] not in result.err or "whsec_" == content


@pytest.mark.parametrize("name, webhook", [
    ("secret", {}), ("token", {"token_file": "token"}), ("password", {"user": USER, "password_file": "password"})])
def test_secrets_that_others_can_read(desk, receiver, certificates, name, webhook):
    server = receiver()
    petition = Petition(desk, server.url, certificates, webhook=webhook)
    (desk.path / name).chmod(0o640)
    result = petition.post()
    assert result.status == 78 and "chmod 600" in result.err and server.connections_count == 0, result
    petition.assert_secret(result)


@pytest.mark.parametrize("webhook, said", [
    ({"token_file": "token"}, f"Bearer {TOKEN}"), ({"token_command": f"printf %s {TOKEN[:7]}; echo {TOKEN[7:]}"}, f"Bearer {TOKEN}"),
    ({"user": USER, "password_file": "password"}, "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode())])
def test_authorisation(desk, receiver, certificates, webhook, said):
    server = receiver()
    petition = Petition(desk, server.url, certificates, webhook=webhook)
    result = petition.post()
    assert result.status == 0, result
    assert {r.header("authorization") for r in server.requests} == {said}
    assert desk.run("preview").status == 0
    for content in petition.previewed().values():
        assert b"\r\nAuthorization: " in content and b"***" in content
    petition.assert_secret(result)


def test_more_headers(desk, receiver, certificates):
    server = receiver()
    result = Petition(desk, server.url, certificates, webhook={"headers": "X-Campaign: library; X-Branch: 12"}).post()
    assert result.status == 0, result
    for request in server.requests:
        assert request.header("x-campaign") == "library" and request.header("x-branch") == "12"


@pytest.mark.parametrize("headers", ["X-Campaign", "X Campaign: a", ": a", "webhook-id: msg_1", "Content-Length: 5", "Host: x",
                                     "Transfer-Encoding: chunked"])
def test_headers_that_cannot_be_meant(desk, receiver, certificates, headers):
    server = receiver()
    result = Petition(desk, server.url, certificates, webhook={"headers": headers}).post()
    assert result.status == 78 and "headers" in result.err and server.connections_count == 0, result


# --- What must be configured, and the question -------------------------------------------------------------------

@pytest.mark.parametrize("section, key", [("webhook", "url"), ("campaign", "name"), ("campaign", "consent")])
def test_what_is_missing_is_named(desk, receiver, certificates, section, key):
    server = receiver()
    petition = Petition(desk, server.url, certificates)
    (petition.webhook if section == "webhook" else petition.settings[section])[key] = None
    petition.configure()
    result = petition.post()
    assert result.status == 78 and f"{section}.{key}" in result.err, result
    assert server.connections_count == 0


@pytest.mark.parametrize("webhook, said", [
    ({"url": "http://petition.example/x"}, "https"), ({"url": "http://192.0.2.1/x"}, "https"), ({"url": "ftp://localhost/x"}, "http"),
    ({"url": "http://127.0.0.1.petition.example/x"}, "https"), ({"url": "http://localhost@petition.example/x"}, "url"),
    ({"url": "localhost/x"}, "url"), ({"url": "https://"}, "url"), ({"url": "file:///etc/passwd"}, "http"),
    ({"url": "https://localhost:99999/"}, "url"), ({"url": "https://branch:Wicked-Token-7349@localhost/"}, "url"),
    ({"format": "xml"}, "format"), ({"attach": "docx"}, "attach"), ({"in_flight": 0}, "in_flight"), ({"in_flight": 65}, "in_flight"),
    ({"timeout": 0}, "timeout"), ({"secret": SECRET}, "secret_file"), ({"ca_file": "missing.pem"}, "missing.pem"),
    ({"secret_file": "missing"}, "webhook.secret_file"), ({"user": "branch"}, "password_file"), ({"rate": "many"}, "rate"),
    ({"rehearsal": "http://petition.example/x"}, "https"), ({"tokn_file": "x"}, "token_file")])
def test_what_cannot_be_meant(desk, receiver, certificates, webhook, said):
    server = receiver()
    petition = Petition(desk, server.url, certificates, webhook=webhook)
    result = petition.post()
    assert result.status in (78, 66) and said in result.err, result
    assert server.connections_count == 0
    if "secret" not in webhook:
        assert TOKEN not in result.err and SECRET not in result.err


@pytest.mark.parametrize("address, host", [("127.0.0.1", "127.0.0.1"), ("127.0.0.1", "localhost"), ("::1", "[::1]")])
def test_http_to_this_computer(desk, receiver, certificates, address, host):
    try:
        server = receiver(security="none", host=address)
    except OSError:
        pytest.skip(f"this machine has no {address}")
    result = Petition(desk, f"http://{host}:{server.port}/petition?x=1", certificates).post()
    assert result.status == 0 and len(server.requests) == 3, result
    assert {r.line for r in server.requests} == {"POST /petition?x=1 HTTP/1.1"}


def test_nobody_is_there_to_be_asked(desk, receiver, certificates):
    server = receiver()
    petition = Petition(desk, server.url, certificates)
    result = desk.run("petition")
    assert result.status == 64 and "--yes" in result.err, result
    assert server.connections_count == 0 and not petition.stored()


@pytest.mark.parametrize("said, status, posted", [("no\n", None, 0), ("\n", None, 0), ("\x03", 130, 0), ("yes\n", 0, 3)])
def test_the_question(desk, receiver, certificates, said, status, posted):
    server = receiver()
    terminal = Terminal(Petition(desk, server.url, certificates), "petition")
    terminal.read_until("Type yes")
    for shown in (f"localhost:{server.port}", "library", supporter(1)["Name"], "3 "):
        assert shown in terminal.seen, terminal.seen
    terminal.say(said)
    ended = terminal.end()
    assert ended == status if status is not None else ended != 0, terminal.seen
    assert len(server.requests) == posted
    assert TOKEN not in terminal.seen and SECRET not in terminal.seen


def test_so_many_a_minute_and_no_more(desk, receiver, certificates):
    server = receiver()
    petition = Petition(desk, server.url, certificates, rows=5, webhook={"rate": "2/min", "in_flight": 4})
    result = petition.post()
    assert result.status == 75 and len(server.requests) == 2, result
    assert result.summary["ready"] == 3 and re.search(r"again (at|on|from) .*\d\d:\d\d", result.err), result
    assert petition.post().summary["now"] == 0 and len(server.requests) == 2, "over restarts, too"


def test_the_limits_of_a_petition_and_of_a_mailbox_are_two(desk, receiver, scripted, certificates):
    server, mail = receiver(), scripted()
    petition = Petition(desk, server.url, certificates, server=mail, smtp={"rate": "3/min"}, webhook={"rate": "3/min"})
    assert petition.send().status == 0 and petition.post().status == 0
    assert len(mail.accepted()) == 3 and len(server.accepted()) == 3


def test_so_many_at_a_time(desk, nginx, receiver, certificates):
    """As many as in_flight says, over one connection of HTTP/2."""
    waiting, most = [], []

    def note(talk, usual):
        waiting.append(talk)
        most.append(len(waiting))
        talk.wait(0.2)
        waiting.remove(talk)
        return False

    upstream = receiver(security="none").at("final", note)
    front = nginx(upstream)
    result = Petition(desk, front.url("h2"), certificates, rows=24, webhook={"in_flight": 6, "timeout": 30}).post()
    assert result.status == 0 and len(upstream.requests) == 24, result
    assert max(most) == 6
    assert len({told.connection for told in front.told()}) <= 2, "multiplexed"
