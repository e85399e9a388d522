"""
What was sent: `status` answers whether somebody's letter went, `resolve` settles what only a person can find out.
"""
import contextlib
import re
import sqlite3

import pytest

from mailing import Mailing, supporter
from scripted import delay, drop, reply


@pytest.fixture
def mixed(desk, scripted):
    """Five letters: sent, may have been sent, not accepted, sent, to be tried again."""
    server = scripted()
    server.at("final", drop, message=2)
    server.at("rcpt", reply("550 5.1.1 No such user"), message=3)
    server.at("rcpt", reply("450 4.2.1 Try later"), message=5)
    rows = [supporter(i) for i in range(1, 6)]
    rows[0]["Name"] = "Mrs Mary Jones"
    rows[3]["Name"] = "Siân O’Brien"
    mailing = Mailing(desk, server, rows=rows)
    mailing.server, mailing.rows = server, rows
    assert mailing.send().status == 75
    assert mailing.states() == {1: "sent", 2: "unsure", 3: "refused", 4: "sent", 5: "later"}
    return mailing


def rows_of(result):
    """The numbers of the rows that a listing for people shows."""
    assert result.status == 0, result
    return [int(line.split()[0]) for line in result.out.splitlines() if line[:1].isdigit()]


def test_nothing_was_sent_yet(desk):
    desk.file("postbag.conf", "[campaign]\nname = library\n")
    for arguments in ([], ["--rows", "unsure"]):
        result = desk.run("status", *arguments)
        assert (result.status, result.out) == (0, "Nothing was sent yet for campaign library.\n"), result
    result = desk.run("--json", "status")
    assert result.objects[-1]["e-mail"]["sent"] == 0
    assert desk.tree().keys() == {"postbag.conf"}


def test_without_a_campaign(desk):
    result = desk.run("status")
    assert result.status == 64 and "which campaign?" in result.err


def test_the_overview(mixed):
    result = mixed.desk.run("status")
    assert result.status == 0 and result.err == ""
    lines = result.out.splitlines()
    assert lines[0].startswith("Campaign library: 2 of 5 letters sent, on ")
    table = {line[:22].strip(): line[22:].split() for line in lines[2:7]}
    assert table[""] == ["e-mails"]
    assert table["sent"] == ["2"] and table["not accepted"] == ["1"] and table["may have been sent"] == ["1"]
    assert table["will be tried again"][:2] == ["1", "from"]
    assert "1 letter may have been sent" in result.out and '"postbag resolve KEY sent"' in result.out
    assert "1 letter was not accepted" in result.out and "1 letter is to be tried again" in result.out


def test_the_overview_as_json(mixed):
    result = mixed.desk.run("--json", "status")
    counts = result.objects[-1]
    assert len(result.objects) == 1 and counts["type"] == "status" and counts["campaign"] == "library"
    assert counts["e-mail"] == {"ready": 0, "sending": 0, "sent": 2, "later": 1, "refused": 1, "unsure": 1}
    assert counts["first"] <= counts["last"] < counts["next"]


def test_letters_as_json(mixed):
    letters = mixed.letters()
    assert letters[1]["key"] == "0001-mary-jones" and letters[1]["recipient"] == "Invented Be MP"
    assert letters[1]["code"] == 250 and letters[1]["attempts"] == 1
    assert (mixed.path / letters[1]["file"]).read_bytes() == mixed.server.messages[0].raw
    assert letters[1]["message_id"] == mixed.server.messages[0].parsed["Message-ID"]
    assert letters[3]["code"] == 550 and letters[3]["text"] == "5.1.1 No such user" and "file" not in letters[3]
    assert letters[5]["due"] > letters[5]["changed"] and "due" not in letters[1]


@pytest.mark.parametrize("state, rows", [
    ("all", [1, 2, 3, 4, 5]), ("sent", [1, 4]), ("unsure", [2]), ("may have been sent", [2]), ("May have been sent", [2]),
    ("refused", [3]), ("not accepted", [3]), ("later", [5]), ("will be tried again", [5]), ("not sent", [2, 3, 5]),
    ("to be sent", []), ("ready", []), ("being sent", []),
])
def test_rows_in_a_state(mixed, state, rows):
    assert rows_of(mixed.desk.run("status", "--rows", state)) == rows


def test_a_state_that_is_none(mixed):
    result = mixed.desk.run("status", "--rows", "lost")
    assert result.status == 64 and '"lost"' in result.err and "may have been sent" in result.err


@pytest.mark.parametrize("who, rows", [
    ("Jones", [1]), ("Mrs Jones", [1]), ("mary JONES", [1]), ("0001-mary-jones", [1]), ("1", [1]), ("4", [4]),
    ("O'Brien", [4]), ("obrien", [4]), ("Sian", [4]), ("Siân O’Brien", [4]), ("Invented Bi", [2]), ("person", [2, 3, 5]),
])
def test_did_their_letter_go(mixed, who, rows):
    result = mixed.desk.run("status", who)
    assert rows_of(result) == rows
    if rows == [1]:
        assert "sent" in result.out and "250 2.0.0 Ok" in result.out and "Invented Be MP" in result.out


@pytest.mark.parametrize("who", ["Nobody", "99", "Mary Bi", "", "%", "'"])
def test_a_letter_of_nobody(mixed, who):
    result = mixed.desk.run("status", who)
    assert result.status == 65 and result.out == "" and "no letter of campaign library" in result.err


def test_list_and_model_may_be_gone(mixed):
    (mixed.path / "list.csv").unlink()
    (mixed.path / "model.md").unlink()
    assert rows_of(mixed.desk.run("status", "Jones")) == [1]


def test_copies_stand_beside_the_letters(desk, scripted):
    mailing = Mailing(desk, scripted(), rows=2, smtp={"copy": "yes"})
    assert mailing.send().status == 0
    table = mailing.desk.run("status").out.splitlines()
    assert table[0].startswith("Campaign library: 2 of 2 letters sent")
    assert table[2].split() == ["e-mails", "copies"] and table[3].split() == ["sent", "2", "2"]
    listed = mailing.desk.run("status", "Person Be").out.splitlines()
    assert [re.split(r"  +", line)[3] for line in listed] == ["e-mail", "copy"], listed


def test_while_a_send_is_running(desk, scripted):
    server = scripted()
    server.at("final", delay(3), message=2)
    mailing = Mailing(desk, server, rows=3, smtp={"timeout": 20})
    running = mailing.start()
    try:
        while len(server.messages) < 2 and running.poll() is None:
            pass
        states = mailing.states()
        shown = desk.run("status")
        settled = desk.run("resolve", "0001-person-be", "ready")
    finally:
        out, err = running.communicate(timeout=60)
    assert states == {1: "sent", 2: "sending", 3: "ready"}
    assert shown.status == 0 and "1 letter is being sent at this moment" in shown.out
    assert settled.status == 75, settled
    assert running.returncode == 0, (out, err)


# --- resolve -----------------------------------------------------------------------------------------------------

def test_it_arrived(mixed):
    result = mixed.desk.run("resolve", "0002-person-bi", "sent")
    assert result.status == 0 and "which may have been sent, counts as sent" in result.out, result
    mixed.server.forget_rules()
    mixed.make_due()
    assert mixed.send().status == 1
    assert mixed.states() == {1: "sent", 2: "sent", 3: "refused", 4: "sent", 5: "sent"}
    assert len([m for m in mixed.server.messages if m.recipients == ["mp2@parliament.example"]]) == 1


def test_it_did_not_arrive(mixed):
    assert mixed.desk.run("resolve", "0002-person-bi", "ready").status == 0
    mixed.server.forget_rules()
    assert mixed.send().status == 75
    assert mixed.states()[2] == "sent"
    ids = [m.parsed["Message-ID"] for m in mixed.server.messages if m.recipients == ["mp2@parliament.example"]]
    assert len(ids) == 2 and ids[0] == ids[1]


def test_all_that_were_refused(mixed):
    result = mixed.desk.run("resolve", "all", "ready")
    assert result.status == 0 and result.out.startswith("1 letter was not accepted, and is to be sent again"), result
    assert mixed.states()[3] == "ready"
    result = mixed.desk.run("resolve", "all", "ready")
    assert result.status == 0 and "was refused: there is none" in result.out
    assert mixed.desk.run("resolve", "all", "sent").status == 64


def test_changes_as_json(mixed):
    result = mixed.desk.run("--json", "resolve", "0003-person-bo", "ready")
    letter, summary = result.objects
    assert letter == {"type": "letter", "row": 3, "key": "0003-person-bo", "channel": "e-mail",
                      "recipient": "Invented Bo MP", "state": "ready", "was": "refused"}
    assert summary["command"] == "resolve" and summary["letters"] == 1


@pytest.mark.parametrize("arguments, status, says", [
    (["0001-mary-jones", "sent"], 0, "was sent already; nothing has changed"),
    (["0001-mary-jones", "ready"], 65, "was sent"),
    (["0001-mary-jones", "lost"], 64, '"lost"'),
    (["2", "sent"], 65, "did you mean 0002-person-bi?"),
    (["0001-mary-jone", "ready"], 65, "did you mean 0001-mary-jones?"),
    (["Mary Jones", "sent"], 65, "did you mean 0001-mary-jones?"),
    (["0099-nobody-at-all", "sent"], 65, 'nobody in campaign library has the key "0099-nobody-at-all"'),
    (["0099-nobody-at-all", "ready"], 65, 'nobody in campaign library has the key "0099-nobody-at-all"'),
])
def test_what_cannot_be_settled(mixed, arguments, status, says):
    before = mixed.states()
    result = mixed.desk.run("resolve", *arguments)
    assert result.status == status and says in result.out + result.err, result
    assert mixed.states() == before


def test_a_name_of_a_file_is_a_key(mixed):
    assert mixed.desk.run("resolve", "out/library/sent/0002-person-bi.eml", "sent").status == 0
    assert mixed.states()[2] == "sent"


def test_posted_on_paper_before_anything_was_sent(desk, scripted):
    server = scripted()
    mailing = Mailing(desk, server, rows=3, smtp={"copy": "yes"})
    result = desk.run("resolve", "0002-person-bi", "sent")
    assert result.status == 0 and "counts as sent" in result.out, result
    assert mailing.states() == {2: "sent"}
    result = mailing.send()
    assert result.status == 0 and result.summary["now"] == 2, result
    assert server.delivered() == {"mp1@parliament.example": 1, "mp3@parliament.example": 1, "person1@mail.example": 1,
                                  "person3@mail.example": 1}


def test_posted_on_paper_leaves_all_others_as_they_were(mixed):
    """Also those whom no send has tried yet: they do not drop out of what status shows."""
    mixed.rows.extend(supporter(i) for i in (6, 7))
    mixed.list(mixed.rows)
    mixed.server.at("mail", drop)
    assert mixed.send("-r", "6").status == 75
    before = mixed.states()
    assert before[7] == "ready"
    mixed.rows.append(supporter(8))
    mixed.list(mixed.rows)
    assert mixed.desk.run("resolve", "0008-person-co", "sent").status == 0
    assert mixed.states() == {**before, 8: "sent"}


def test_a_row_that_is_wrong_cannot_have_been_posted(desk, scripted):
    rows = [supporter(1), supporter(2, Postcode="L20")]
    mailing = Mailing(desk, scripted(), rows=rows)
    result = desk.run("resolve", "0002-person-bi", "sent")
    assert result.status == 65 and "list.csv:3:5" in result.err and "row 2 must be mended first" in result.err, result
    assert not mailing.ledger.exists()


def test_times_are_told_so_that_nobody_comes_too_early(mixed):
    with contextlib.closing(sqlite3.connect(mixed.ledger)) as database:
        database.execute("UPDATE letter SET due_ms = 4102444801000 WHERE state = 3")  # a second after a full minute
        database.commit()
    assert ":01" in mixed.desk.run("status", "5").out.split("from ")[1][:25]
