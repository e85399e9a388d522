"""
What goes wrong on the way: at every point of the conversation the server refuses, falls silent, hangs up, dribbles or
never ends. The ledger says what is known of each letter, the program ends in time and says how, and nothing is ever sent
twice.

Each fault happens in a campaign of three letters over one connection; then the same command is given again. Most
of the time is spent waiting, so the campaigns of the table run side by side.
"""
import collections
import concurrent.futures
import signal
import time

import pytest

from conftest import TIMEOUT_S
from mailing import Mailing, new_mailing, supporter
from scripted import Server, delay, drip, drop, endless, endless_line, reply, reset, stall
from servers import wait_for

TIMEOUT = 3  # smtp.timeout, seconds
HANG_S = 60  # nothing may take longer, on a busy machine under AddressSanitizer
AT_ONCE = 12

LOST = {"drop": drop, "reset": reset, "stall": stall, "drip": drip(0.5), "endless": endless,
        "endless line": endless_line, "not SMTP": reply("hello there"), "421": reply("421 4.3.2 Closing")}

# The fault, then the state of the second letter and the exit status of the first run, and its final state.
Case = collections.namedtuple("Case", "point actions where state status finally_")
CASES = {}


def case(name, point, action, state, status, finally_="sent", **where):
    actions = action if isinstance(action, tuple) else (action,)
    CASES[f"{point}: {name}"] = Case(point, actions, where, state, status, finally_)


# While the first connection is opened, it is opened again, and no letter knows of it.
for name, action in LOST.items():
    for point in ("banner", "ehlo", "starttls", "auth"):
        if (point, name) not in (("starttls", "not SMTP"), ("ehlo", "not SMTP")):
            case(name, point, action, "sent", 0, connection=1)
for name in ("drop", "reset", "stall"):
    case(name, "tls", LOST[name], "sent", 0, connection=1)
for point in ("banner", "ehlo", "starttls", "auth"):
    case("4xx", point, reply("454 4.7.0 Temporarily not available"), "sent", 0, connection=1)
    case("slow", point, delay(1), "sent", 0)

# While a letter is announced nothing of it has gone. It is tried over other connections, then it is for later; and the
# others go on.
for point in ("mail", "rcpt", "data"):
    for name, action in LOST.items():
        case(name, point, action, "sent", 0, message=2)
    for name in ("drop", "stall", "not SMTP", "421"):
        case(f"{name}, each time", point, LOST[name], "later", 75, message=range(2, 5))
    case("4xx", point, reply("450 4.2.0 Try again"), "later", 75, message=2)
    case("4xx of several lines", point, reply("451-4.3.0 Try\r\n451 4.3.0 again"), "later", 75, message=2)
    case("5xx", point, reply("550 5.1.1 No such user"), "refused", 1, "refused", message=2)
    case("slow", point, delay(1), "sent", 0, message=2)
    case("hung up before", point, (reply("450 4.2.0 Try again"), drop), "later", 75, message=2)

# Once its content goes, only an answer tells.
for name in ("drop", "reset"):
    case(name, "content", LOST[name], "unsure", 1, "unsure", message=2)
case("slow", "content", delay(TIMEOUT + 1), "sent", 0, message=2)
for name in ("drop", "reset", "endless", "endless line", "not SMTP"):
    case(name, "final", LOST[name], "unsure", 1, "unsure", message=2)
case("4xx", "final", reply("452 4.3.1 No room"), "later", 75, message=2)
case("5xx", "final", reply("554 5.7.1 Looks like a form letter"), "refused", 1, "refused", message=2)
case("421", "final", LOST["421"], "later", 75, message=2)
case("delayed for longer than a step may take", "final", delay(TIMEOUT + 2), "sent", 0, message=2)
case("drip for longer than a step may take", "final", drip(0.1), "sent", 0, message=2)
case("several lines", "final", reply("250-2.0.0 Ok:\r\n250 2.0.0 queued"), "sent", 0, message=2)

# All is said by then.
for name, action in LOST.items():
    case(name, "quit", action, "sent", 0)


class Outcome:
    """One case: its first run, and what it left."""


def play(case, certificates, tmp_path_factory):
    o = Outcome()
    o.server = Server(certificates)
    try:
        o.server.at(case.point, *case.actions, **case.where)
        o.mailing = new_mailing(tmp_path_factory, o.server, smtp={"timeout": TIMEOUT})
        began = time.monotonic()
        o.result = o.mailing.send()
        o.seconds = time.monotonic() - began
        o.letters = o.mailing.letters()
        o.delivered = o.server.delivered()
        o.received = len(o.server.messages)
        o.server.forget_rules()
        if o.letters[2]["state"] == "later":
            o.early = o.mailing.send()
            o.early_received = len(o.server.messages)
            o.mailing.make_due()
        o.again = o.mailing.send()
        o.finally_ = o.mailing.states()
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
    assert o.result.status == case.status, o.result
    assert {row: letter["state"] for row, letter in o.letters.items()} == {1: "sent", 2: case.state, 3: "sent"}, o.result
    assert o.seconds < HANG_S
    assert not o.server.endless_was_read, "an answer has a limit"
    summary = o.result.summary
    assert summary["now"] == summary["sent"] == list(letter["state"] for letter in o.letters.values()).count("sent")
    if case.state != "sent":
        assert summary[case.state] == 1
    assert max(o.delivered.values()) == 1, "twice"
    o.mailing.assert_secret(o.result)


@pytest.mark.parametrize("name", CASES)
def test_the_same_command_again_does_what_is_left_and_nothing_twice(outcomes, name):
    case, o = CASES[name], outcomes[name].result()
    if case.state == "later":
        assert o.early.status == 75 and o.early.summary["now"] == 0, "not before it is due"
        assert o.early_received == o.received
        assert o.again.summary["now"] == 1
    else:
        assert o.again.summary["now"] == 0 and len(o.server.messages) == o.received
    assert o.finally_ == {1: "sent", 2: case.finally_, 3: "sent"}
    assert o.again.status == (0 if case.finally_ == "sent" else 1), o.again
    counts = o.server.delivered()
    assert max(counts.values()) == 1, "twice"
    for row in (1, 2, 3):
        if o.finally_[row] == "sent":
            assert counts[supporter(row)["MP e-mail"]] == 1


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.state == "later"])
def test_what_the_server_said_is_kept(outcomes, name):
    case, o = CASES[name], outcomes[name].result()
    letter = o.letters[2]
    assert letter["attempts"] == 1 and letter["text"], letter
    due = time.mktime(time.strptime(letter["due"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
    changed = time.mktime(time.strptime(letter["changed"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
    assert 0.75 * 300 - 2 <= due - changed <= 1.25 * 300 + 2, "five minutes, more or less"
    assert o.result.summary["next"] == letter["due"]


# --- A server that cannot be reached at all ----------------------------------------------------------------------

NEVER = {
    "banner: drop": ("banner", drop, 69), "banner: stall": ("banner", stall, 69),
    "banner: 421": ("banner", reply("421 4.3.2 Too busy"), 75), "banner: 554": ("banner", reply("554 5.7.1 Go away"), 69),
    "auth: 454": ("auth", reply("454 4.7.0 Temporary"), 75), "tls: drop": ("tls", drop, 69),
    "nobody there": (None, None, 69),
}


def play_never(which, certificates, tmp_path_factory):
    o = Outcome()
    point, action, _ = NEVER[which]
    o.server = Server(certificates)
    o.mailing = new_mailing(tmp_path_factory, o.server, smtp={"timeout": TIMEOUT, "connections": 2})
    if point is None:
        o.server.close()
    else:
        o.server.at(point, action)
    began = time.monotonic()
    o.result = o.mailing.send()
    o.seconds = time.monotonic() - began
    o.server.close()
    o.states = o.mailing.states()
    return o


@pytest.fixture(scope="module")
def never(certificates, tmp_path_factory):
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        return {name: pool.submit(play_never, name, certificates, tmp_path_factory) for name in NEVER}


@pytest.mark.parametrize("name", NEVER)
def test_a_server_that_is_never_there(never, name):
    o = never[name].result()
    assert o.result.status == NEVER[name][2], o.result
    assert "localhost" in o.result.err
    assert o.seconds < HANG_S
    assert set(o.states.values()) == {"ready"} and not o.server.messages
    assert o.server.connections_count <= 12, "a server in trouble is not stormed"


def test_connections_that_break_at_every_letter(desk, scripted):
    server = scripted().at("rcpt", drop)
    mailing = Mailing(desk, server, rows=30)
    result = mailing.send()
    assert result.status in (69, 75) and result.summary["sent"] == 0, result
    assert len(server.lines("RCPT")) <= 30, "a server in trouble is not stormed"
    assert set(mailing.states().values()) == {"later", "ready"} and not server.messages


# --- Refusals ----------------------------------------------------------------------------------------------------

def test_the_other_letters_go_on(desk, scripted):
    server = scripted()
    for message in (2, 5, 6):
        server.at("rcpt", reply("550 5.1.1 No such user here"), message=message)
    mailing = Mailing(desk, server, rows=8)
    result = mailing.send()
    assert result.status == 1, result
    assert result.summary["sent"] == 5 and result.summary["refused"] == 3
    assert server.connections_count == 1, "a refusal does not end the connection"
    refused = [o for o in result.objects if o["type"] == "letter" and o["state"] == "refused"]
    assert [(o["row"], o["code"]) for o in refused] == [(2, 550), (5, 550), (6, 550)]
    assert all("No such user here" in o["text"] for o in refused)
    left = (mailing.out / "problems.csv").read_text("utf-8-sig")
    assert left.count("No such user here") == 3 and supporter(2)["Name"] in left
    assert mailing.letters()[2]["code"] == 550


def test_ten_refused_alike_stop_the_campaign(desk, scripted):
    server = scripted().at("mail", reply("550 5.7.1 Sender is blocked"))
    mailing = Mailing(desk, server, rows=30)
    result = mailing.send()
    assert result.status == 1, result
    assert len(server.lines("MAIL")) == 10
    assert result.summary["refused"] == 10 and result.summary["ready"] == 20
    assert "Sender is blocked" in result.err and "resolve all ready" in result.err

    server.forget_rules()
    assert desk.run("resolve", "all", "ready").status == 0
    again = mailing.send()
    assert again.status == 0 and again.summary["sent"] == 30, again
    assert len(server.accepted()) == 30


def test_refused_differently_does_not(desk, scripted):
    server = scripted()
    for message in range(1, 13):
        server.at("rcpt", reply(f"55{message % 2} 5.1.1 No"), message=message)
    result = Mailing(desk, server, rows=15).send()
    assert result.status == 1 and result.summary["refused"] == 12 and result.summary["sent"] == 3, result


@pytest.mark.parametrize("point, actions, messages", [
    ("mail", [reply("421 4.7.0 Too many messages on this connection")], (4, 8, 12)), ("mail", [drop], (3, 6)),
    ("final", [reply("250 2.0.0 Ok"), drop], (1, 2, 3)), ("final", [reply("250 2.0.0 Ok"), delay(0.2), reset], (2, 4, 6))])
def test_a_provider_that_closes_after_a_few_letters(desk, scripted, point, actions, messages):
    """The connection is opened anew, and each letter goes once."""
    server = scripted()
    for message in messages:
        server.at(point, *actions, message=message)
    result = Mailing(desk, server, rows=12).send()
    assert result.status == 0, result
    assert server.connections_count == 1 + len(messages)
    assert len(server.accepted()) == 12 and len({m.parsed["Message-ID"] for m in server.messages}) == 12


def test_only_so_many_connections_are_taken(desk, scripted):
    server = scripted()
    for connection in range(3, 40):
        server.at("banner", reply("421 4.7.0 Too many connections"), connection=connection)
    server.at("final", delay(0.05))
    result = Mailing(desk, server, rows=40, smtp={"connections": 8}).send()
    assert result.status == 0, result
    assert set(m.connection for m in server.messages) == {1, 2} and len(server.accepted()) == 40


# --- Unsure ------------------------------------------------------------------------------------------------------

@pytest.fixture
def unsure(desk, scripted):
    """The second of three letters may have been sent."""
    server = scripted().at("final", drop, message=2, times=1)
    mailing = Mailing(desk, server)
    result = mailing.send()
    assert result.status == 1 and mailing.states() == {1: "sent", 2: "unsure", 3: "sent"}, result
    assert "may have been sent" in result.err + result.out
    mailing.server, mailing.key = server, mailing.letters()[2]["key"]
    mailing.first = next(m for m in server.messages if m.answer is None)
    return mailing


def test_unsure_is_not_sent_again(unsure):
    for _ in range(2):
        assert unsure.send().status == 1
    assert len(unsure.server.messages) == 3


def test_unsure_is_sent_again_when_asked(unsure):
    result = unsure.send("--resend-unsure")
    assert result.status == 0, result
    assert len(unsure.server.messages) == 4
    assert unsure.server.messages[-1].raw == unsure.first.raw, "the same bytes, so that it can be told apart"
    assert unsure.send("--resend-unsure").status == 0 and len(unsure.server.messages) == 4


def test_unsure_settled_as_sent(unsure):
    result = unsure.desk.run("resolve", unsure.key, "sent")
    assert result.status == 0, result
    assert unsure.states()[2] == "sent"
    assert unsure.send("--resend-unsure").status == 0 and len(unsure.server.messages) == 3


def test_unsure_settled_as_not_sent(unsure):
    assert unsure.desk.run("resolve", unsure.key, "ready").status == 0
    assert unsure.states()[2] == "ready"
    assert unsure.send().status == 0 and len(unsure.server.messages) == 4
    assert unsure.server.messages[-1].parsed["Message-ID"] == unsure.first.parsed["Message-ID"]


def test_killed_while_the_answer_was_awaited(desk, scripted):
    server = scripted().at("final", stall, message=2)
    mailing = Mailing(desk, server)
    process = mailing.start()
    wait_for("the second letter", lambda: len(server.messages) == 2)
    process.kill()
    process.communicate(timeout=TIMEOUT_S)
    assert mailing.states() == {1: "sent", 2: "sending", 3: "ready"}
    result = mailing.send()
    assert result.status == 1, result
    assert mailing.states() == {1: "sent", 2: "unsure", 3: "sent"}
    assert max(server.delivered().values()) == 1


# --- Again later -------------------------------------------------------------------------------------------------

def test_each_attempt_waits_longer(desk, scripted):
    server = scripted().at("rcpt", reply("450 4.2.0 Mailbox busy"))
    mailing = Mailing(desk, server, rows=1)
    waits = []
    for attempt in range(1, 4):
        assert mailing.send().status == 75
        letter = mailing.letters()[1]
        assert letter["attempts"] == attempt and letter["state"] == "later"
        due, changed = (time.mktime(time.strptime(letter[key], "%Y-%m-%dT%H:%M:%SZ")) for key in ("due", "changed"))
        waits.append((due - changed) / 60)
        mailing.make_due()
    for wait, minutes in zip(waits, (5, 10, 20)):
        assert 0.75 * minutes - 0.1 <= wait <= 1.25 * minutes + 0.1, waits
    server.forget_rules()
    assert mailing.send().status == 0 and len(server.accepted()) == 1


def test_the_bytes_are_the_same_at_each_attempt(desk, scripted):
    server = scripted().at("final", reply("451 4.3.0 Try again"), times=2)
    mailing = Mailing(desk, server, rows=1)
    for _ in range(2):
        assert mailing.send().status == 75
        mailing.make_due()
        time.sleep(1.1)  # another second's Date
    assert mailing.send().status == 0
    assert len({m.raw for m in server.messages}) == 1 and len(server.messages) == 3


# --- Ctrl-C ------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("connections", [1, 4])
def test_ctrl_c_finishes_the_letter_in_hand(desk, scripted, connections):
    server = scripted().at("final", delay(0.1))
    mailing = Mailing(desk, server, rows=60, smtp={"connections": connections})
    process = mailing.start()
    wait_for("some letters", lambda: len(server.messages) >= 6)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 130, (out, err)
    reached = len(server.messages)
    assert 6 <= reached < 60 and len(server.accepted()) == reached, "what had begun was finished"
    states = collections.Counter(mailing.states().values())
    assert states == {"sent": reached, "ready": 60 - reached}

    result = mailing.send()
    assert result.status == 0, result
    assert result.summary["now"] == 60 - reached
    assert len({m.parsed["Message-ID"] for m in server.messages}) == len(server.messages) == 60


def test_ctrl_c_while_waiting_for_the_server(desk, scripted):
    server = scripted().at("banner", stall)
    mailing = Mailing(desk, server, smtp={"timeout": 60})
    process = mailing.start()
    wait_for("a connection", lambda: server.connections_count == 1)
    time.sleep(0.2)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 130 and time.monotonic() - began < 10
    assert set(mailing.states().values()) == {"ready"}


def test_ctrl_c_while_waiting_for_the_limit(desk, scripted):
    server = scripted()
    mailing = Mailing(desk, server, smtp={"rate": "1/min"})
    process = desk.start("--json", "send", "--yes")
    wait_for("the first letter", server.accepted)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 130
    assert mailing.states() == {1: "sent", 2: "ready", 3: "ready"}
