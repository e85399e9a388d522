"""
What goes wrong between Postbag and a petition: every refusal that HTTP knows, and at every point of a request silence, a
lost connection, an answer that never ends or is none. The ledger says what is known of each letter, the program ends in
time and says how, and nothing is ever posted twice.

Each fault happens to the second of three letters, one at a time; then the same command is given again. Most of the time is
spent waiting, so the campaigns of the table run side by side.
"""
import collections
import concurrent.futures
import signal
import time

import pytest

from conftest import TIMEOUT_S
from mailing import supporter
from petitioning import Petition, new_petition
from receivers import Receiver, answer, drip, endless, raw, receiver, response  # noqa: F401 fixtures
from scripted import delay, drop, reset, stall
from servers import wait_for

TIMEOUT = 3  # webhook.timeout, seconds
HANG_S = 60  # nothing may take longer, on a busy machine under AddressSanitizer
AT_ONCE = 12

LOST = {"drop": drop, "reset": reset, "stall": stall}
JUNK = {
    "not HTTP": raw(b"hello there\r\n\r\n"), "SMTP": raw(b"250 2.0.0 Ok\r\n"), "nothing but NUL": raw(b"\0" * 4000),
    "half a status": raw(b"HTTP/1.1 20"), "a status of two digits": raw(b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"),
    "half a header": raw(b"HTTP/1.1 200 OK\r\nContent-Le", 200),
    "endless header": endless(b"HTTP/1.1 200 OK\r\n", b"X-Header: " + b"and so on " * 100 + b"\r\n", 200),
    "endless line": endless(b"HTTP/1.1 200 OK\r\nX-Header: ", b"and so on " * 1000, 200),
    "endless status": endless(b"HTTP/1.1 200 ", b"and so on " * 1000, 200),
    "only 100": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 50, None), "drip": drip(0.5),
}
# The petition said 200, and then its answer went wrong. It has the letter.
SAID = {
    "a body cut short": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", 200),
    "a chunk cut short": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\nshort", 200),
    "a chunk that is none": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 200),
    "endless body": endless(b"HTTP/1.1 200 OK\r\n\r\n", b"and so on " * 1000, 200),
    "endless chunks": endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"a\r\nand so on \r\n" * 100, 200),
    "a body that never comes": endless(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n", b"x" * 1000, 200),
}

# The rules, then the state of the second letter (or several that are right), the exit status of the first run, and its
# final state.
Case = collections.namedtuple("Case", "rules state status finally_ webhook")
CASES = {}
STATUSES = {"sent": 0, "later": 75, "refused": 1, "unsure": 1}


def case(name, state, *rules, finally_=None, **webhook):
    CASES[name] = Case(rules, state, STATUSES[state], finally_ or ("sent" if state == "later" else state), webhook)


def at(point, *actions, **where):
    return point, actions, where or {"request": 2}


# An answer is an answer.
for code in (200, 201, 202, 204, 299):
    case(f"{code}", "sent", at("final", answer(code, b"" if code == 204 else b"thank you")))
for code in (408, 409, 425, 429, 500, 501, 502, 503, 504, 507, 599):
    case(f"{code}", "later", at("final", answer(code, "Busy\nright now")))
for code in (400, 402, 404, 405, 406, 411, 413, 415, 422, 431, 451, 499):
    case(f"{code}", "refused", at("final", answer(code, "No such petition\nat all")))
for code in (301, 302, 303, 307, 308):
    case(f"{code}", "refused", at("final", answer(code, headers=[("Location", "https://localhost:1/elsewhere")])))
case("100 and 200", "sent", at("final", raw(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + response(200), 200,
                                            close=False)))
case("503 before the body was read", "later", at("head", answer(503, close=True)))
case("413 before the body was read", "refused", at("head", answer(413, close=True)))
case("500 and hung up", "later", at("final", answer(500, close=True)))
case("200 and hung up", "sent", at("final", answer(200, close=True)))
case("slow", "sent", at("final", delay(1)))
case("HTTP/1.0", "sent", at("final", raw(b"HTTP/1.0 200 OK\r\n\r\nthank you", 200)))

# Nothing of the request had gone.
for name, action in LOST.items():
    case(f"no handshake, {name}", "later", at("final", answer(200, close=True), request=1),
         at("tls", action, connection=2))

# Some or all of it had.
for point in ("head", "content", "final"):
    for name, action in LOST.items():
        case(f"{point}: {name}", "unsure", at(point, action), attach="pdf")
        if name != "stall":
            case(f"{point}: {name}, {1.5} s later", "unsure", at(point, delay(1.5), action), attach="pdf")
for name, action in JUNK.items():
    case(f"junk: {name}", "unsure", at("final", action))
case("too slow", "unsure", at("final", delay(TIMEOUT + 2)))
for name, action in SAID.items():
    case(f"said: {name}", "sent", at("final", action))

# The receiver honours the key: what may have come is posted again.
for point in ("head", "content", "final"):
    case(f"idempotent, {point}: drop", "later", at(point, drop), idempotent="yes", attach="pdf")
case("idempotent, stall", "later", at("final", stall), idempotent="yes")
case("idempotent, not HTTP", "later", at("final", JUNK["not HTTP"]), idempotent="yes")


class Outcome:
    """One case: its first run, and what it left."""


def play(case, certificates, tmp_path_factory):
    o = Outcome()
    o.server = Receiver(certificates)
    try:
        for point, actions, where in case.rules:
            o.server.at(point, *actions, **where)
        o.petition = new_petition(tmp_path_factory, o.server.url, certificates, webhook={"timeout": TIMEOUT, **case.webhook})
        began = time.monotonic()
        o.result = o.petition.post()
        o.seconds = time.monotonic() - began
        o.letters = o.petition.letters()
        o.problems = (o.petition.out / "problems.csv").read_text("utf-8-sig") if o.result.status == 1 else ""
        o.counted, o.begun, o.requests = o.server.counted(), o.server.begun, list(o.server.requests)
        o.server.forget_rules()
        if o.letters[2]["state"] == "later":
            o.early = o.petition.post()
            o.early_begun = o.server.begun
            o.petition.make_due()
        o.again = o.petition.post()
        o.finally_ = o.petition.states()
        return o
    finally:
        o.server.close()


@pytest.fixture(scope="module")
def outcomes(certificates, tmp_path_factory):
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        return {name: pool.submit(play, case, certificates, tmp_path_factory) for name, case in CASES.items()}


@pytest.mark.parametrize("name", CASES)
def test_a_fault_on_the_way(outcomes, name):
    case, o = CASES[name], outcomes[name].result()
    assert {row: letter["state"] for row, letter in o.letters.items()} == {1: "sent", 2: case.state, 3: "sent"}, o.result
    assert o.result.status == case.status, o.result
    assert o.seconds < HANG_S
    assert not o.server.endless_was_read, "an answer has a limit"
    summary = o.result.summary
    assert summary["now"] == summary["sent"] == list(letter["state"] for letter in o.letters.values()).count("sent")
    if case.state != "sent":
        assert summary[case.state] == 1
    assert max(o.counted.values()) == 1, "twice"
    assert o.begun <= 3, "a request that had begun was repeated"
    o.petition.assert_secret(o.result)


@pytest.mark.parametrize("name", CASES)
def test_the_same_command_again_does_what_is_left_and_nothing_twice(outcomes, name):
    case, o = CASES[name], outcomes[name].result()
    if case.state == "later":
        assert o.early.status == 75 and o.early.summary["now"] == 0, "not before it is due"
        assert o.early_begun == o.begun
        assert o.again.summary["now"] == 1
    else:
        assert o.again.summary["now"] == 0 and o.server.begun == o.begun
    assert o.finally_ == {1: "sent", 2: case.finally_, 3: "sent"}
    assert o.again.status == (0 if case.finally_ == "sent" else 1), o.again
    twice = {i: n for i, n in o.server.counted().items() if n > 1}
    if "idempotent" not in case.webhook:
        assert not twice
    for identity in twice:
        assert len({r.raw.split(b"\r\n\r\n", 1)[1] for r in o.server.requests if r.identity == identity}) == 1
        assert len({r.header("idempotency-key") for r in o.server.requests if r.identity == identity}) == 1


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.state in ("later", "refused")])
def test_what_the_server_said_is_kept(outcomes, name):
    case, o = CASES[name], outcomes[name].result()
    letter = o.letters[2]
    assert letter["attempts"] == 1 and letter["text"], letter
    if name.isdigit():
        assert letter["code"] == int(name)
    if name in ("400", "404", "422"):
        assert "No such petition" in letter["text"] and "at all" not in letter["text"]
        assert "No such petition" in o.problems and supporter(2)["Name"] in o.problems
    if name in ("301", "302", "303", "307", "308"):
        assert "https://localhost:1/elsewhere" in letter["text"]
    if case.state == "later":
        wait = waited(letter)
        assert 0.75 * 300 - 2 <= wait <= 1.25 * 300 + 2, "five minutes, more or less"
        assert o.result.summary["next"] == letter["due"]


def waited(letter):
    """Seconds between the answer and when the letter is tried again."""
    due, changed = (time.mktime(time.strptime(letter[key], "%Y-%m-%dT%H:%M:%SZ")) for key in ("due", "changed"))
    return due - changed


# --- Answers that stop the campaign ------------------------------------------------------------------------------

@pytest.mark.parametrize("code, status", [(401, 77), (403, 77), (410, 1)])
@pytest.mark.parametrize("in_flight", [1, 4])
def test_an_answer_that_is_about_all_letters(desk, receiver, certificates, code, status, in_flight):
    server = receiver().at("final", answer(code, "This petition\nsays no"), request=range(2, 99))
    petition = Petition(desk, server.url, certificates, rows=40, webhook={"in_flight": in_flight})
    result = petition.post()
    assert result.status == status, result
    assert len(server.requests) <= 1 + 2 * in_flight, "no more are posted"
    states = collections.Counter(petition.states().values())
    assert states["sent"] == 1 and states["refused"] == states["unsure"] == states["sending"] == 0, states
    assert str(code) in result.err or {401: "token", 403: "token", 410: "closed"}[code] in result.err, result
    petition.assert_secret(result)

    server.forget_rules()
    if "later" in states:
        petition.make_due()
    again = petition.post()
    assert again.status == 0 and again.summary["sent"] == 40, again
    assert set(server.counted().values()) == {1} and len(server.counted()) == 40


# --- Retry-After -------------------------------------------------------------------------------------------------

USUAL = (0.75 * 300 - 2, 1.25 * 300 + 2)


def http_date(seconds):
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + seconds))


@pytest.mark.parametrize("code", [429, 503])
@pytest.mark.parametrize("said, between", [
    ("7200", (7198, 9002)), (lambda: http_date(7200), (7190, 9002)), ("2", USUAL), ("0", USUAL), (lambda: http_date(-7200), USUAL),
    ("-5", USUAL), ("soon", USUAL), ("", USUAL), ("99999999999999999999", (0, 366 * 86400)), ("7200, 9", (0, 9002)),
    ("Fri, 31 Dec 9999 23:59:59 GMT", (0, 366 * 86400))])
def test_retry_after(desk, receiver, certificates, code, said, between):
    said = said() if callable(said) else said
    server = receiver().at("final", answer(code, headers=[("Retry-After", said)]))
    petition = Petition(desk, server.url, certificates, rows=1)
    result = petition.post()
    assert result.status == 75, result
    assert between[0] <= waited(petition.letters()[1]) <= between[1]
    assert petition.post().status == 75 and len(server.requests) == 1, "not before"


def test_each_attempt_waits_longer(desk, receiver, certificates):
    server = receiver().at("final", answer(503))
    petition = Petition(desk, server.url, certificates, rows=1)
    for attempt, minutes in enumerate((5, 10, 20), 1):
        assert petition.post().status == 75
        letter = petition.letters()[1]
        assert letter["attempts"] == attempt and letter["state"] == "later"
        assert 0.75 * minutes - 0.1 <= waited(letter) / 60 <= 1.25 * minutes + 0.1
        petition.make_due()


# --- Unsure ------------------------------------------------------------------------------------------------------

@pytest.fixture
def unsure(desk, receiver, certificates):
    """The second of three letters may have been sent."""
    server = receiver().at("final", drop, request=2, times=1)
    petition = Petition(desk, server.url, certificates)
    result = petition.post()
    assert result.status == 1 and petition.states() == {1: "sent", 2: "unsure", 3: "sent"}, result
    assert "may have been sent" in result.err + result.out
    petition.server, petition.key = server, petition.letters()[2]["key"]
    petition.first = next(r for r in server.requests if r.answer is None)
    return petition


def test_unsure_is_posted_again_when_asked(unsure):
    assert unsure.post().status == 1 and len(unsure.server.requests) == 3
    result = unsure.post("--resend-unsure")
    assert result.status == 0 and len(unsure.server.requests) == 4, result
    again = unsure.server.requests[-1]
    assert (again.identity, again.body) == (unsure.first.identity, unsure.first.body), "so that it can be told apart"
    assert unsure.post("--resend-unsure").status == 0 and len(unsure.server.requests) == 4


@pytest.mark.parametrize("settled, requests", [("sent", 3), ("ready", 4)])
def test_unsure_settled(unsure, settled, requests):
    assert unsure.desk.run("resolve", unsure.key, settled).status == 0
    assert unsure.states()[2] == settled
    assert unsure.post("--resend-unsure").status == 0 and len(unsure.server.requests) == requests
    assert len({r.body for r in unsure.server.requests}) == 3


def test_killed_while_the_answer_was_awaited(desk, receiver, certificates):
    server = receiver().at("final", stall, request=2)
    petition = Petition(desk, server.url, certificates, webhook={"timeout": 60})
    process = petition.start()
    wait_for("the second letter", lambda: len(server.requests) == 2)
    process.kill()
    process.communicate(timeout=TIMEOUT_S)
    assert petition.states() == {1: "sent", 2: "sending", 3: "ready"}
    result = petition.post()
    assert result.status == 1, result
    assert petition.states() == {1: "sent", 2: "unsure", 3: "sent"}
    assert set(server.counted().values()) == {1}


# --- Ctrl-C ------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("in_flight", [1, 4])
def test_ctrl_c_finishes_the_letters_in_hand(desk, receiver, certificates, in_flight):
    server = receiver().at("final", delay(0.1))
    petition = Petition(desk, server.url, certificates, rows=60, webhook={"in_flight": in_flight})
    process = petition.start()
    wait_for("some letters", lambda: len(server.requests) >= 6)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 130, (out, err)
    reached = len(server.requests)
    assert 6 <= reached < 60 and len(server.accepted()) == reached, "what had begun was finished"
    assert collections.Counter(petition.states().values()) == {"sent": reached, "ready": 60 - reached}
    result = petition.post()
    assert result.status == 0 and result.summary["now"] == 60 - reached, result
    assert set(server.counted().values()) == {1} and len(server.requests) == 60


@pytest.mark.parametrize("point", ["tls", "final"])
def test_ctrl_c_while_waiting(desk, receiver, certificates, point):
    server = receiver().at(point, stall)
    petition = Petition(desk, server.url, certificates, webhook={"timeout": 60})
    process = petition.start()
    wait_for("a connection", lambda: server.requests if point == "final" else server.connections_count == 1)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    time.sleep(1)
    if point == "final" and process.poll() is None:
        process.send_signal(signal.SIGINT)  # once for what is in hand; whoever insists does not wait
    began = time.monotonic()
    process.communicate(timeout=TIMEOUT_S)
    assert time.monotonic() - began < 70
    assert process.returncode in (130, -signal.SIGINT)
    assert petition.states()[1] in (("ready", "later") if point == "tls" else ("unsure", "sending"))
    assert {petition.states()[row] for row in (2, 3)} == {"ready"}


def test_one_at_a_time(desk, receiver, certificates):
    server = receiver().at("final", stall, request=2)
    petition = Petition(desk, server.url, certificates, webhook={"timeout": 60})
    first = petition.start()
    try:
        wait_for("the second letter", lambda: len(server.requests) == 2)
        result = petition.post()
        assert result.status == 75 and len(server.requests) == 2, result
    finally:
        first.kill()
        first.communicate()
