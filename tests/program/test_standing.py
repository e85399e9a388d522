"""
Where a campaign stands: what `send` says and how it ends where some of it went and some did not, and what it asks
before. The first of the statuses that applies is the one (postbag(1), EXIT STATUS).
"""
import signal

import pytest

from mailing import Mailing, supporter
from scripted import delay, reply
from servers import wait_for
from test_mailbox import Terminal

NO_SUCH_USER, TRY_AGAIN = reply("550 5.1.1 No such user"), reply("450 4.2.0 Try again")


# --- Exit statuses -----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("problem, answers, status", [
    (False, {}, 0),
    (True, {}, 1),
    (False, {1: NO_SUCH_USER}, 1),
    (True, {1: NO_SUCH_USER}, 1),
    (False, {1: TRY_AGAIN}, 75),
    (True, {1: TRY_AGAIN}, 75),
    (False, {1: NO_SUCH_USER, 2: TRY_AGAIN}, 75),
    (True, {1: TRY_AGAIN, 2: NO_SUCH_USER}, 75),
])
def test_the_first_status_that_applies(desk, scripted, problem, answers, status):
    server = scripted()
    for message, answer in answers.items():
        server.at("rcpt", answer, message=message)
    rows = [supporter(i) for i in range(1, 5)] + ([supporter(5, Consent="no")] if problem else [])
    result = Mailing(desk, server, rows=rows).send()
    assert result.status == status, result
    assert len(server.accepted()) == 4 - len(answers)
    assert ("next" in result.summary) == (status == 75)


def test_interrupted_comes_before_what_was_refused(desk, scripted):
    server = scripted().at("rcpt", NO_SUCH_USER, message=1).at("final", delay(1.5), message=2)
    mailing = Mailing(desk, server, rows=[*(supporter(i) for i in range(1, 6)), supporter(6, Consent="no")],
                      smtp={"timeout": 20})
    process = mailing.start()
    wait_for("the second letter", lambda: len(server.messages) >= 1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, (out, err)
    assert sorted(mailing.states().values()) == ["ready", "ready", "ready", "refused", "sent"]


def test_a_row_answers_for_itself(desk, scripted):
    server = scripted().at("rcpt", NO_SUCH_USER, message=1)
    mailing = Mailing(desk, server, rows=3)
    assert mailing.send("-r", "1").status == 1
    assert mailing.send("-r", "2").status == 0
    again = desk.run("send", "--yes", "-r", "2")
    assert again.status == 0 and "row 2 was sent already" in again.err, again
    again = desk.run("send", "--yes", "-r", "1")
    assert again.status == 1 and "postbag status 1 says why" in again.err, again
    assert mailing.send().status == 1, "of the list, one was not accepted"
    assert len(server.accepted()) == 2


def test_a_rehearsal_answers_for_itself(desk, scripted):
    server = scripted().at("rcpt", NO_SUCH_USER, message=1)
    mailing = Mailing(desk, server, rows=3)
    assert mailing.send().status == 1
    mailing.configure(rehearsal="me@union.example")
    rehearsed = desk.run("send", "--yes")
    assert rehearsed.status == 0 and "3 letters go to me@union.example" in rehearsed.err, rehearsed
    server.at("rcpt", TRY_AGAIN)
    rehearsed = desk.run("send", "--yes")
    assert rehearsed.status == 1 and "3 letters could not be rehearsed now" in rehearsed.out, rehearsed


def test_a_model_letter_that_cannot_be_read_is_for_nobody(desk, scripted):
    server = scripted()
    mailing = Mailing(desk, server)
    desk.file("model.md", "Dear [MPs nmae]\n\nHello.\n\nYours sincerely\n\n[name]\n")
    result = mailing.send()
    assert result.status == 65 and result.summary["letters"] == 0, result
    assert server.connections_count == 0


# --- Copies ------------------------------------------------------------------------------------------------------

def test_only_a_copy_is_left(desk, scripted):
    server = scripted().at("rcpt", TRY_AGAIN, message=2)  # each letter is followed by its copy
    mailing = Mailing(desk, server, rows=2, smtp={"copy": "yes"})
    assert mailing.send().status == 75
    mailing.make_due()
    terminal = Terminal(mailing, "send")
    terminal.read_until("Send 1 copy?")
    assert "1 copy for a member is" in terminal.seen and "0 MPs" not in terminal.seen, terminal.seen
    terminal.say("yes\n")
    assert terminal.end() == 0, terminal.seen
    assert len(server.accepted()) == 4


def test_no_copy_is_left_of_a_letter_that_was_refused(desk, scripted):
    server = scripted().at("rcpt", NO_SUCH_USER, message=1)
    mailing = Mailing(desk, server, rows=2, smtp={"copy": "yes"})
    assert mailing.send().status == 1
    again = desk.run("send")  # nobody is there to be asked, and nobody needs to be
    assert again.status == 1 and "Nothing is left to be sent" in again.err, again


# --- The question ------------------------------------------------------------------------------------------------

def test_whoever_is_asked_has_a_password(desk, scripted):
    server = scripted()
    mailing = Mailing(desk, server)
    (desk.path / "password").unlink()
    terminal = Terminal(mailing, "send")
    assert terminal.end() == 78
    assert "smtp.password_file" in terminal.seen and "Type yes" not in terminal.seen, terminal.seen


def test_a_mailbox_that_does_not_work_hides_no_rows(desk, scripted):
    server = scripted().at("auth", reply("535 5.7.8 Error"))
    Mailing(desk, server, rows=[supporter(1), supporter(2, Consent="no")])
    result = desk.run("--json", "check", "--mailbox")
    assert result.status == 77, result
    assert result.summary["letters"] == 1 and result.summary["problem_rows"] == 1
    assert [o["status"] for o in result.objects if o["type"] == "error"] == [77]


def test_only_who_is_written_for_is_announced(desk, scripted):
    server = scripted()
    mailing = Mailing(desk, server, rows=[supporter(1), supporter(2)])
    assert mailing.send().status == 0
    mended = {"Name": supporter(1)["Name"] + "e", "Email": "mended@mail.example"}
    mailing.list([supporter(1, **mended), supporter(2), supporter(3)])
    terminal = Terminal(mailing, "send")
    terminal.read_until("Type yes")
    assert "You are about to write to 1 MP in the name of 1 person." in terminal.seen, terminal.seen
    assert mended["Name"] not in terminal.seen and supporter(3)["Name"] in terminal.seen, terminal.seen
    terminal.say("no\n")
    assert terminal.end() == 130
    alone = desk.run("send", "--yes", "-r", "1")
    assert "row 1 was sent already" in alone.err and len(server.messages) == 2, alone


# --- The list on standard input ----------------------------------------------------------------------------------

def test_a_list_on_standard_input_is_written_for_once(desk, scripted):
    server = scripted()
    Mailing(desk, server, campaign={"constituents": "-"})
    rows = (desk.path / "list.csv").read_bytes()
    assert desk.run("send", "--yes", input=rows).status == 0
    assert desk.run("send", "--yes", input=rows).status == 0
    assert len(server.messages) == 3


# --- The preview -------------------------------------------------------------------------------------------------

def test_the_preview_names_its_e_mails(desk, scripted):
    mailing = Mailing(desk, scripted(), rows=[supporter(1), supporter(2, **{"MP e-mail": ""})])
    shown = desk.run("preview")
    assert '1 e-mail as "postbag send" would send it' in shown.out and "1 preview has no e-mail" in shown.out, shown
    files = [(o["row"], o["file"]) for o in desk.run("--json", "preview").objects if o["type"] == "e-mail"]
    assert [row for row, _ in files] == [1]
    assert list((mailing.out / "preview").glob("*.eml")) == [desk.path / path for _, path in files]


# --- Who was forgotten -------------------------------------------------------------------------------------------

@pytest.mark.parametrize("by_email", [True, False])
def test_no_preview_of_who_was_forgotten(desk, scripted, by_email):
    mailing = Mailing(desk, scripted(), rows=2)
    assert mailing.send().status == 0
    name = supporter(1)["Name"]
    assert desk.run("forget", name, "--yes").status == 0
    result = desk.run("preview") if by_email else desk.run("-o", "smtp.from=", "preview")
    assert result.status == 1 and "forgotten" in result.err, result
    assert {path.name[:4] for path in (mailing.out / "preview").iterdir()} == {"0002"}


def test_who_was_forgotten_is_not_asked_about_again(desk, scripted):
    mailing = Mailing(desk, scripted(), rows=2)
    assert mailing.send().status == 0
    name = supporter(1)["Name"]
    assert desk.run("forget", name, "--yes").status == 0
    terminal = Terminal(mailing, "forget", name)
    assert terminal.end() == 65
    assert "forgotten already" in terminal.seen and "Type yes" not in terminal.seen, terminal.seen


def test_whose_row_has_moved_is_forgotten_under_the_old_number_too(desk, scripted):
    mailing = Mailing(desk, scripted(), rows=3)
    assert desk.run("write").status == 0 and mailing.send().status == 0
    mailing.list([supporter(2), supporter(3)])
    assert mailing.send().status == 0
    third = supporter(3)["Name"]
    assert any(path.name.startswith("0003-") for path in mailing.out.rglob("*"))
    assert desk.run("forget", third, "--yes").status == 0
    assert not [path.name for path in mailing.out.rglob("*") if path.name.startswith("0003-")]
