"""
The mailbox that letters are sent from: what must be configured, the question before anything goes, the password and
where it may never be seen, the log-in, and the mailbox's limits.
"""
import contextlib
import fcntl
import os
import pty
import re
import select
import subprocess
import termios
import time

import pytest

from conftest import POSTBAG, TIMEOUT_S, Desk
from mailing import Mailing, supporter
from scripted import reply, stall
from servers import PASSWORD, USER, wait_for


# --- What must be configured -------------------------------------------------------------------------------------

@pytest.mark.parametrize("section, key, said", [
    ("smtp", "to", "smtp.to"), ("smtp", "host", "smtp.host"), ("smtp", "from", "smtp.from"),
    ("campaign", "name", "campaign.name"), ("campaign", "consent", "campaign.consent")])
def test_what_is_missing_is_named(desk, scripted, section, key, said):
    server = scripted()
    mailing = Mailing(desk, server)
    mailing.settings[section][key] = None
    mailing.configure()
    result = mailing.send()
    assert result.status == 78, result
    assert said in result.err, result
    assert server.connections_count == 0


@pytest.mark.parametrize("smtp, said", [
    ({"security": "none", "host": "mail.example"}, "this computer"), ({"host": "/run/mail"}, "host"),
    ({"security": "ssl"}, "security"), ({"port": "70000"}, "port"), ({"rate": "thirty"}, "rate"),
    ({"hours": "late"}, "hours"), ({"from": "Example Branch"}, "from"), ({"from": "a@x.example>\\r\\nDATA"}, "from"),
    ({"to": "everybody"}, "to"), ({"connections": "0"}, "connections"), ({"pasword_file": "x"}, "password_file"),
    ({"password": "x"}, "password_file"), ({"ca_file": "missing.pem"}, "missing.pem")])
def test_what_cannot_be_meant(desk, scripted, smtp, said):
    server = scripted()
    result = Mailing(desk, server, smtp=smtp).send()
    assert result.status == 78, result
    assert said in result.err, result
    assert server.connections_count == 0


def test_a_column_of_consent_that_is_not_there(desk, scripted):
    result = Mailing(desk, scripted(), campaign={"consent": "Agreed"}).send()
    assert result.status == 78 and "Agreed" in result.err, result


# --- The question ------------------------------------------------------------------------------------------------

class Terminal:
    """The program at a terminal; `seen` is what stood on its screen."""

    def __init__(self, mailing, *arguments, **more):
        self.master, slave = pty.openpty()
        self.seen = ""
        self.process = subprocess.Popen(
            [POSTBAG, *arguments], cwd=mailing.path, env=mailing.desk.environment(**more), stdin=slave,
            stdout=slave, stderr=slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)

    def read_until(self, text):
        deadline = time.monotonic() + TIMEOUT_S
        while text not in self.seen:
            assert time.monotonic() < deadline, f"waited in vain for {text!r}:\n{self.seen}"
            assert self._read(), f"ended without {text!r}:\n{self.seen}"

    def say(self, text):
        os.write(self.master, text.encode())

    def end(self):
        """Until it has ended: its exit status."""
        deadline = time.monotonic() + TIMEOUT_S
        while self._read() and time.monotonic() < deadline:
            pass
        try:
            return self.process.wait(timeout=TIMEOUT_S)
        finally:
            os.close(self.master)

    def _read(self):
        if not select.select([self.master], [], [], 1)[0]:
            return True
        with contextlib.suppress(OSError):  # the other end is closed
            data = os.read(self.master, 65536)
            self.seen += data.decode().replace("\r\n", "\n")
            return data != b""
        return False


def test_nobody_is_there_to_be_asked(desk, scripted):
    server = scripted()
    mailing = Mailing(desk, server)
    result = desk.run("send")
    assert result.status == 64, result
    assert "--yes" in result.err
    assert server.connections_count == 0 and not (mailing.out / "sent").exists()


def test_the_question_says_what_will_go_and_no_is_no(desk, scripted):
    server = scripted()
    mailing = Mailing(desk, server, rows=9)
    terminal = Terminal(mailing, "send")
    terminal.read_until("You are about to write to 7 MPs in the name of 9 people")
    terminal.read_until("Type yes")
    for shown in (f"localhost:{server.port}", "branch@union.example", "library", supporter(1)["Name"],
                  supporter(3)["MP e-mail"]):
        assert shown in terminal.seen, terminal.seen
    terminal.say("no\n")
    assert terminal.end() != 0
    assert server.connections_count == 0 and not mailing.stored()
    assert not mailing.ledger.exists() or set(mailing.states().values()) <= {"ready"}


@pytest.mark.parametrize("answer", ["\n", "y\n", "oh yes\n", "\x04"])
def test_only_yes_is_yes(desk, scripted, answer):
    server = scripted()
    terminal = Terminal(Mailing(desk, server), "send")
    terminal.read_until("Type yes")
    terminal.say(answer)
    assert terminal.end() != 0
    assert server.connections_count == 0


def test_the_answer_yes(desk, scripted):
    server = scripted()
    terminal = Terminal(Mailing(desk, server, smtp={"to": "member"}), "send")
    terminal.read_until("You are about to send 3 people their own letters")
    terminal.read_until("Type yes")
    terminal.say("yes\n")
    assert terminal.end() == 0, terminal.seen
    assert len(server.accepted()) == 3


def test_ctrl_c_at_the_question(desk, scripted):
    server = scripted()
    terminal = Terminal(Mailing(desk, server), "send")
    terminal.read_until("Type yes")
    terminal.say("\x03")
    assert terminal.end() == 130, terminal.seen
    assert server.connections_count == 0


# --- The password ------------------------------------------------------------------------------------------------

def test_a_password_file_that_others_can_read(desk, scripted):
    server = scripted()
    mailing = Mailing(desk, server)
    (desk.path / "password").chmod(0o640)
    result = mailing.send()
    assert result.status == 78 and "chmod 600" in result.err, result
    assert server.connections_count == 0
    mailing.assert_secret(result)


@pytest.mark.parametrize("content", [None, "", "\n"])
def test_a_password_file_without_a_password(desk, scripted, content):
    server = scripted()
    mailing = Mailing(desk, server)
    if content is None:
        (desk.path / "password").unlink()
    else:
        desk.file("password", content)
    result = mailing.send()
    assert result.status == 78 and "password" in result.err, result
    assert server.connections_count == 0


def test_no_password_at_all(desk, scripted):
    server = scripted()
    result = Mailing(desk, server, smtp={"password_file": None}).send()
    assert result.status == 78 and "password_file" in result.err, result
    assert server.connections_count == 0


@pytest.mark.parametrize("smtp, more, mechanism", [
    ({"password_file": None, "password_command": f"echo {PASSWORD}"}, {}, "PLAIN"),
    ({"password_file": None}, {"POSTBAG_SMTP_PASSWORD": PASSWORD}, "PLAIN"),
    ({"password_file": None, "token_command": f"echo {PASSWORD}"}, {}, "XOAUTH2")])
def test_other_ways_to_a_password(desk, scripted, smtp, more, mechanism):
    server = scripted(mechanisms="PLAIN LOGIN XOAUTH2")
    mailing = Mailing(desk, server, smtp=smtp)
    result = mailing.send(env=desk.environment(**more))
    assert result.status == 0, result
    assert server.logins == [(mechanism, USER, PASSWORD)]
    assert PASSWORD not in result.out + result.err


def test_a_password_is_asked_for_and_not_shown(desk, scripted):
    server = scripted()
    mailing = Mailing(desk, server, smtp={"password_file": None})
    terminal = Terminal(mailing, "send", "--yes")
    terminal.read_until("Password of branch@union.example at localhost:")
    terminal.say(PASSWORD + "\n")
    assert terminal.end() == 0, terminal.seen
    assert len(server.accepted()) == 3 and PASSWORD not in terminal.seen


def test_a_command_that_fails(desk, scripted):
    server = scripted()
    result = Mailing(desk, server, smtp={"password_file": None, "password_command": f"echo {PASSWORD}; exit 3"}).send()
    assert result.status == 78 and "password" in result.err and PASSWORD not in result.err, result
    assert server.connections_count == 0


@pytest.mark.parametrize("smtp", [{}, {"connections": 4}, {"token_command": "echo stale-token", "password_file": None}])
def test_a_wrong_password_stops_the_campaign_at_once(desk, scripted, smtp):
    server = scripted(password="another", mechanisms="PLAIN LOGIN XOAUTH2")
    mailing = Mailing(desk, server, rows=20, smtp=smtp)
    result = mailing.send()
    assert result.status == 77, result
    assert len(server.logins) == 1, "a mailbox may be locked after a few attempts"
    assert "MAIL" not in server.verbs and not server.messages
    assert set(mailing.states().values()) == {"ready"}
    assert result.summary["sent"] == 0 and result.summary["ready"] == 20
    mailing.assert_secret(result)

    server.password = PASSWORD if "token_command" not in smtp else "stale-token"
    again = mailing.send()
    assert again.status == 0, again
    assert len(server.accepted()) == 20


# What large providers say, and what helps.
@pytest.mark.parametrize("answer, said", [
    ("534-5.7.9 Application-specific password required. Learn more at\r\n534 5.7.9 "
     "https://support.google.com/mail/?p=InvalidSecondFactor - gsmtp", "app password"),
    ("535 5.7.139 Authentication unsuccessful, basic authentication is disabled.", "Microsoft 365"),
    ("535 5.7.8 Error: authentication failed", "password"),
    ("250 2.0.0 Ok", ""),  # only 235 is a log-in
])
def test_a_refused_log_in_is_explained(desk, scripted, answer, said):
    server = scripted().at("auth", reply(answer))
    mailing = Mailing(desk, server)
    result = mailing.send()
    assert result.status in (77, 69) and said in result.err, result
    assert result.status == 77 or answer.startswith("250")
    assert "MAIL" not in server.verbs and len(server.logins) == 1
    mailing.assert_secret(result)


def test_a_server_without_a_known_log_in(desk, scripted):
    server = scripted(mechanisms="GSSAPI CRAM-MD5")
    result = Mailing(desk, server).send()
    assert result.status in (69, 77, 78), result
    assert "AUTH" not in server.verbs and "MAIL" not in server.verbs


# --- check --mailbox ---------------------------------------------------------------------------------------------

def test_check_of_a_mailbox_that_is_right(desk, scripted):
    server = scripted(size=35_000_000)
    mailing = Mailing(desk, server)
    result = desk.run("check", "--mailbox")
    assert result.status == 0, result
    said = result.out + result.err
    assert "TLS 1.3" in said and "PLAIN" in said, result
    assert server.verbs == ["EHLO", "STARTTLS", "EHLO", "AUTH", "QUIT"], "nothing was sent"
    assert not mailing.stored()
    mailing.assert_secret(result)


@pytest.mark.parametrize("smtp, server_is, status, said", [
    ({}, {"password": "another"}, 77, "password"),
    ({}, {"certificate": "wrong-host"}, 69, "elsewhere.example"),
    ({"security": "tls"}, {"security": "none", "mechanisms": ""}, 69, "TLS"),
])
def test_check_of_a_mailbox_that_is_not(desk, scripted, smtp, server_is, status, said):
    server = scripted(**server_is)
    mailing = Mailing(desk, server, smtp=smtp)
    result = desk.run("check", "--mailbox")
    assert result.status == status and said in result.err, result
    assert "MAIL" not in server.verbs
    mailing.assert_secret(result)


def test_check_of_real_servers(desk, post_office):
    for security in ("starttls", "tls"):
        Mailing(desk, post_office.door(security))
        result = desk.run("check", "--mailbox")
        assert result.status == 0, result


# --- Limits ------------------------------------------------------------------------------------------------------

def test_so_many_a_minute_and_no_more(desk, scripted):
    server = scripted()
    mailing = Mailing(desk, server, rows=5, smtp={"rate": "3/min", "connections": 4})
    result = mailing.send()
    assert result.status == 75, result
    assert len(server.accepted()) == 3
    assert (result.summary["sent"], result.summary["ready"]) == (3, 2)
    due = time.mktime(time.strptime(result.summary["next"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
    assert 30 < due - time.time() <= 62, "it says when to come back"
    assert re.search(r"again (at|on|from) .*\d\d:\d\d", result.err), result

    again = mailing.send()
    assert again.status == 75 and again.summary["now"] == 0, again
    assert len(server.accepted()) == 3, "over restarts, too"

    # Limits are the mailbox's: another campaign of the same mailbox shares them.
    other = desk.path.parent / "other"
    other.mkdir()
    theirs = Mailing(Desk(other), server, rows=2, smtp={"rate": "3/min"})
    result = theirs.send(env=desk.environment())
    assert result.status == 75, result
    assert len(server.accepted()) == 3


def test_it_waits_for_the_limit(desk, scripted):
    server = scripted()
    mailing = Mailing(desk, server, rows=5, smtp={"rate": "2/s"})
    began = time.monotonic()
    result = desk.run("--json", "send", "--yes")
    assert result.status == 0, result
    assert len(server.accepted()) == 5
    assert 1.5 < time.monotonic() - began < 30
    times = [c.time for c in server.commands if c.line.startswith("DATA")]
    assert times[2] - times[0] > 0.8 and times[4] - times[2] > 0.8


def test_outside_the_hours(desk, scripted):
    server = scripted()
    day = time.strftime("%a", time.localtime(time.time() + 3 * 86400))
    mailing = Mailing(desk, server, smtp={"hours": f"{day} 9-17"})
    result = mailing.send()
    assert result.status == 75, result
    assert not server.messages and result.summary["ready"] == 3
    assert "T" in result.summary["next"] and "09:00" in result.err or "9" in result.err
    mailing.configure(hours="0-24")
    assert mailing.send().status == 0


def test_one_at_a_time(desk, scripted):
    server = scripted().at("rcpt", stall, message=2)
    mailing = Mailing(desk, server, smtp={"timeout": 60})
    first = mailing.start()
    try:
        wait_for("the second letter", lambda: len(server.lines("RCPT")) == 2)
        result = mailing.send()
        assert result.status == 75, result
        assert len(server.lines("RCPT")) == 2 and server.connections_count == 1

        def states():
            running = desk.run("--json", "status", "--rows", "all")
            assert running.status == 0, "one can look meanwhile"
            return [o["state"] for o in running.objects if o["type"] == "letter"]

        wait_for("the first to be seen as sent", lambda: states() == ["sent", "ready", "ready"])
    finally:
        first.kill()
        first.communicate()
    server.forget_rules()
    result = mailing.send()
    assert result.status == 0, "the lock died with its holder; nothing of the second letter had gone"
    assert set(server.delivered().values()) == {1} and len(server.accepted()) == 3
