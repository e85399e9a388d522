"""
Erasing: `forget` leaves nothing of one person but that they are not written for again; `purge` nothing of anybody, once
it is old.
"""
import contextlib
import os
import pty
import sqlite3
import time

import pytest

from conftest import TIMEOUT_S
from mailing import Mailing, supporter
from scripted import drop, reply

DAY_MS = 24 * 60 * 60 * 1000
JANE = {"Name": "Jane Doe", "Email": "jane@mail.example", "Membership No": "PS77", "Postcode": "M1 1AE"}


@pytest.fixture
def campaign(desk, scripted):
    """Three letters that were sent, with copies, printed and previewed; Jane Doe's is the second."""
    server = scripted()
    rows = [supporter(1), supporter(2, **JANE), supporter(3)]
    mailing = Mailing(desk, server, rows=rows, smtp={"copy": "yes"})
    mailing.server, mailing.rows = server, rows
    assert mailing.send().status == 0
    assert desk.run("write").status == 0
    assert desk.run("preview").status == 0
    return mailing


def files_of(mailing, word):
    """The files below the desk that are called after somebody."""
    return sorted(name for name in mailing.desk.tree() if word in name)


def bytes_of_ledger(mailing):
    return b"".join(content for name, content in mailing.desk.tree().items() if ".ledger" in name)


def answered(mailing, answer, *arguments):
    """The program on a terminal, where ANSWER is typed: its status and what was shown."""
    leader, follower = pty.openpty()
    process = mailing.desk.start(*arguments, stdin=follower, stdout=follower, stderr=follower)
    os.close(follower)
    os.write(leader, answer.encode())
    shown = b""
    deadline = time.monotonic() + TIMEOUT_S
    with contextlib.suppress(OSError):  # how Linux says that nobody is at the other end any more
        while time.monotonic() < deadline and (more := os.read(leader, 65536)):
            shown += more
    os.close(leader)
    return process.wait(10), " ".join(shown.decode().split())


@pytest.mark.parametrize("who", ["0002-jane-doe", "Jane Doe", "Ms Jane Doe", "JANE DOE", "jane@mail.example", "PS77"])
def test_nothing_of_the_person_is_left(campaign, who):
    names = [f"out/library/{name}" for name in ("letters/0002-jane-doe.pdf", "preview/0002-jane-doe.eml",
             "preview/0002-jane-doe.pdf", "sent/0002-jane-doe-copy.eml", "sent/0002-jane-doe.eml")]
    assert set(names) <= set(files_of(campaign, "jane-doe"))
    others = {n: c for n, c in campaign.desk.tree().items() if n.startswith("out/") and "jane" not in n}
    assert b"jane-doe" in bytes_of_ledger(campaign)
    result = campaign.desk.run("forget", who, "--yes")
    assert result.status == 0 and "0002-jane-doe is erased from campaign library" in result.out, result
    assert "They are not written for again" in result.out
    assert files_of(campaign, "jane") == []
    ledger = bytes_of_ledger(campaign).lower()
    assert b"jane" not in ledger and b"ps77" not in ledger and b"invented bi" not in ledger
    assert {n: c for n, c in campaign.desk.tree().items() if n.startswith("out/")} == others
    assert "list.csv: warning: may hold them" in result.err


def test_the_others_are_as_they_were(campaign):
    campaign.desk.run("forget", "Jane Doe", "--yes")
    result = campaign.desk.run("--json", "status", "--rows", "all")
    keys = [o["key"] for o in result.objects if o["type"] == "letter"]
    assert keys.count("0001-person-be") == 2 and keys.count("0003-person-bo") == 2 and keys.count("") == 2
    counts = result.objects[-1]
    assert counts["e-mail"]["sent"] == 3 and counts["copy"]["sent"] == 3 and counts["forgotten"] == 1
    assert "1 person was erased" in campaign.desk.run("status").out


def test_who_was_forgotten_is_not_written_for_again(campaign):
    campaign.desk.run("forget", "Jane Doe", "--yes")
    campaign.rows[1]["Name"] = "Jane Doe-Smith"  # the number is the same
    campaign.list(campaign.rows)
    sent = campaign.send()
    assert sent.summary["now"] == 0 and "forgotten" in sent.problems()[0]["message"], sent
    assert campaign.server.delivered()["mp2@parliament.example"] == 1
    written = campaign.desk.run("write")
    assert written.status == 1 and "forgotten" in written.err
    assert [p.name for p in campaign.desk.letters("library")] == ["0001-person-be.pdf", "0003-person-bo.pdf"]


def test_somebody_for_whom_nothing_was_sent_yet(desk, scripted):
    server = scripted()
    mailing = Mailing(desk, server, rows=[supporter(1), supporter(2, **JANE)])
    assert desk.run("write").status == 0
    result = desk.run("forget", "Jane Doe", "--yes")
    assert result.status == 0 and "not written for again" in result.out, result
    assert files_of(mailing, "jane") == [] and b"jane" not in bytes_of_ledger(mailing)
    assert mailing.send().status == 1
    assert server.delivered() == {"mp1@parliament.example": 1}


def test_a_letter_that_was_to_be_tried_again_never_goes(desk, scripted):
    server = scripted()
    server.at("rcpt", reply("450 4.2.1 Try later"))
    mailing = Mailing(desk, server, rows=[supporter(2, **JANE)])
    assert mailing.send().status == 75
    assert desk.run("forget", "Jane Doe", "--yes").status == 0
    server.forget_rules()
    assert mailing.send().status == 65
    assert server.messages == []


def test_two_of_one_name(desk, scripted):
    rows = [supporter(1, Name="Jane Doe"), supporter(2), supporter(3, Name="Jane Doe")]
    mailing = Mailing(desk, scripted(), rows=rows)
    for sent in (False, True):
        if sent:
            assert mailing.send().status == 0
        before = desk.tree()
        result = desk.run("forget", "Jane Doe", "--yes")
        assert result.status == 65 and "0001-jane-doe" in result.err and "0003-jane-doe" in result.err, result
        assert desk.tree().keys() == before.keys()
    assert desk.run("forget", "0003-jane-doe", "--yes").status == 0
    assert files_of(mailing, "jane-doe") == ["out/library/sent/0001-jane-doe.eml"]


def test_one_of_the_name_was_sent_and_another_is_in_the_list(desk, scripted):
    mailing = Mailing(desk, scripted(), rows=[supporter(1, Name="Jane Doe"), supporter(2)])
    assert mailing.send().status == 0
    mailing.list([supporter(1, Name="Somebody Else"), supporter(2), supporter(3, Name="Jane Doe")])
    result = desk.run("forget", "Jane Doe", "--yes")
    assert result.status == 65 and "0001-jane-doe" in result.err and "0003-jane-doe" in result.err, result


def test_the_list_is_gone(campaign):
    (campaign.path / "list.csv").unlink()
    assert campaign.desk.run("forget", "Jane Doe", "--yes").status == 0
    assert files_of(campaign, "jane") == []


def test_letters_that_were_only_printed_and_the_list_is_gone(desk, scripted):
    mailing = Mailing(desk, scripted(), rows=[supporter(2, **JANE)])
    assert desk.run("write").status == 0
    (desk.path / "list.csv").unlink()
    result = desk.run("forget", "0001-jane-doe", "--yes")
    assert result.status == 0 and "nothing keeps Postbag from writing for them again" in result.out, result
    assert files_of(mailing, "jane") == []


@pytest.mark.parametrize("who", ["Nobody Known", "nobody@mail.example", "0099-nobody", "", "../../list", "*"])
def test_nobody_is_called_so(campaign, who):
    before = campaign.desk.tree()
    result = campaign.desk.run("forget", who, "--yes")
    assert result.status == 65 and result.out == "", result
    assert campaign.desk.tree().keys() == before.keys()


def test_forgotten_already(campaign):
    assert campaign.desk.run("forget", "Jane Doe", "--yes").status == 0
    result = campaign.desk.run("forget", "Jane Doe", "--yes")
    assert result.status == 65 and "forgotten" in result.err, result


def test_combined_files_are_named_and_not_touched(campaign):
    assert campaign.desk.run("write", "--combined").status == 0
    campaign.desk.file("out/library/problems.csv", "Name\r\nJane Doe\r\n")
    result = campaign.desk.run("--json", "forget", "Jane Doe", "--yes")
    warned = {o["file"] for o in result.problems("warning")}
    assert warned == {"list.csv", "out/library/letters.pdf", "out/library/sign-off.pdf", "out/library/problems.csv"}, result
    assert all((campaign.path / name).exists() for name in warned)
    forgotten = [o for o in result.objects if o["type"] == "forgotten"]
    assert forgotten[0]["key"] == "0002-jane-doe" and forgotten[0]["files"] >= 5


def test_nobody_is_there_to_be_asked(campaign):
    before = campaign.desk.tree()
    for arguments in (["forget", "Jane Doe"], ["purge", "-o", "campaign.keep_days=1"]):
        if arguments[0] == "purge":
            age(campaign, 3)
            before = campaign.desk.tree()
        result = campaign.desk.run(*arguments)
        assert result.status == 64 and "--yes" in result.err, result
        assert campaign.desk.tree().keys() == before.keys()


@pytest.mark.parametrize("answer, erased", [("yes\n", True), ("no\n", False), ("\n", False), ("\x04", False)])
def test_the_question(campaign, answer, erased):
    status, shown = answered(campaign, answer, "forget", "Jane Doe")
    assert "Everything that Postbag keeps of 0002-jane-doe (row 2)" in shown and "files" in shown, shown
    assert status == (0 if erased else 130), shown
    assert (files_of(campaign, "jane") == []) == erased
    assert ("" in [letter["key"] for letter in campaign.letters().values()]) == erased


def test_a_file_that_cannot_be_erased(campaign):
    """Then nothing is forgotten, and the same command can be given again."""
    path = campaign.out / "letters" / "0002-jane-doe.pdf"
    path.unlink()
    path.mkdir()
    result = campaign.desk.run("forget", "Jane Doe", "--yes")
    assert result.status == 74 and "0002-jane-doe.pdf cannot be erased" in result.err, result
    assert campaign.letters()[2]["key"] == "0002-jane-doe"
    path.rmdir()
    assert campaign.desk.run("forget", "Jane Doe", "--yes").status == 0


# --- purge -------------------------------------------------------------------------------------------------------

def age(mailing, days, rows=None):
    """Makes everything, or what was recorded of these ROWS, older by so many days."""
    with contextlib.closing(sqlite3.connect(mailing.ledger)) as database:
        who = f"({','.join(map(str, rows))})" if rows else "(SELECT row FROM person)"
        database.execute(f"UPDATE letter SET changed_ms = changed_ms - {days * DAY_MS} WHERE person IN "
                         f"(SELECT id FROM person WHERE row IN {who})")
        database.execute(f"UPDATE person SET met_ms = met_ms - {days * DAY_MS} WHERE row IN {who}")
        database.commit()
    then = time.time() - days * 86400
    for path in (mailing.path / "out").rglob("*"):
        if path.is_file() and (rows is None or int(path.name[:4]) in rows):
            os.utime(path, (then, then))


def test_what_is_new_is_kept(campaign):
    before = campaign.desk.tree()
    age(campaign, 300)
    result = campaign.desk.run("purge", "--yes")
    assert result.status == 0 and "Nothing of campaign library is older than 365 days" in result.out, result
    assert campaign.desk.tree().keys() == before.keys()


def test_what_is_old_goes(campaign):
    campaign.desk.run("write", "--combined")
    age(campaign, 366)
    result = campaign.desk.run("purge", "--yes")
    assert result.status == 0 and result.out.startswith("3 people and "), result
    assert [n for n in campaign.desk.tree() if n.startswith("out/")] == []
    ledger = bytes_of_ledger(campaign).lower()
    assert b"jane" not in ledger and b"person-b" not in ledger and b"invented" not in ledger


def test_who_was_purged_is_not_written_for_twice(campaign):
    age(campaign, 366)
    assert campaign.desk.run("purge", "--yes").status == 0
    result = campaign.send()
    assert result.status == 0 and result.summary["now"] == 0, result
    assert set(campaign.server.delivered().values()) == {1}


def test_only_those_of_whom_everything_is_old(campaign):
    age(campaign, 40, rows=[1, 3])
    result = campaign.desk.run("--json", "purge", "--yes", "-o", "campaign.keep_days=30")
    purged = [o for o in result.objects if o["type"] == "purged"]
    assert purged[0]["people"] == 2, result
    assert {n.split("/")[-1][:4] for n in files_of(campaign, "out/")} == {"0002"}
    assert campaign.letters()[2]["key"] == "0002-jane-doe"


def test_what_is_left_to_do_is_kept(desk, scripted):
    server = scripted()
    server.at("final", drop)
    mailing = Mailing(desk, server, rows=1)
    mailing.send()
    with contextlib.closing(sqlite3.connect(mailing.ledger)) as database:
        database.execute(f"UPDATE letter SET changed_ms = changed_ms - {400 * DAY_MS}")  # yet met in the list today
        database.commit()
    assert desk.run("purge", "--yes").status == 0
    assert mailing.letters()[1]["key"] == "0001-person-be" and len(mailing.stored()) == 1


def test_purge_without_a_ledger(desk, scripted):
    mailing = Mailing(desk, scripted(), rows=2)
    assert desk.run("purge", "--yes").status == 0 and not mailing.ledger.exists()
    assert desk.run("write").status == 0
    old = time.time() - 366 * 86400
    os.utime(mailing.out / "letters" / "0001-person-be.pdf", (old, old))
    result = desk.run("purge", "--yes")
    assert result.status == 0 and "0 people and 1 file erased" in result.out, result
    assert [p.name for p in desk.letters("library")] == ["0002-person-bi.pdf"]


def test_the_question_of_purge(campaign):
    age(campaign, 366)
    status, shown = answered(campaign, "no\n", "purge")
    assert status == 130 and "3 people" in shown and "since" in shown, shown
    assert files_of(campaign, "jane") != []
    status, shown = answered(campaign, "yes\n", "purge")
    assert status == 0 and files_of(campaign, "jane") == []
