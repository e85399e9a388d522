"""
The list between two runs: somebody's name, address or number is mended, rows move, people come and go. Nobody is written
for twice, nobody new is forgotten, and where it cannot be told who somebody is, the row is held and said.
"""
import collections

import pytest

from conftest import MODEL
from mailing import Mailing, supporter
from scripted import reply


def members(server):
    """How often a letter went in the name of whom, by their address for answers."""
    return collections.Counter(m.parsed["Reply-To"].addresses[0].addr_spec for m in server.accepted())


@pytest.fixture
def sent(desk, scripted):
    """Five letters that were sent."""
    server = scripted()
    rows = [supporter(i, **{"Membership No": f"PS{i}" if i > 2 else ""}) for i in range(1, 6)]
    mailing = Mailing(desk, server, rows=rows)
    assert mailing.send().status == 0
    mailing.server, mailing.rows = server, rows
    return mailing


def mend(mailing, row, **cells):
    mailing.rows[row - 1].update({name.replace("_", " "): value for name, value in cells.items()})
    mailing.list(mailing.rows)


def assert_nothing_goes(mailing):
    result = mailing.send()
    assert result.status == 0, result
    assert result.summary["now"] == 0 and result.summary["letters"] == 5
    assert len(mailing.server.messages) == 5
    return result


@pytest.mark.parametrize("cells", [
    {"Name": "Person Bae"}, {"Name": "Persson Be"}, {"Name": "Ms Person Be"}, {"Name": "PERSON BE"},
    {"Email": "new.address@mail.example"}, {"Membership_No": "PS100"},
    {"Postcode": "M1 1AE", "Address_line_1": "7 New Road", "Address_line_3": "Manchester"},
    {"Membership_No": "PS100", "Email": "new@mail.example"}, {"Ward": "Another"}, {"Consent": "Y"}, {"MP": "Ms Invented Be"},
], ids=lambda cells: ", ".join(f"{k}={v}" for k, v in cells.items()))
def test_a_row_that_was_mended_is_the_same_person(sent, cells):
    assert sent.rows[0]["Name"] == "Person Be"
    mend(sent, 1, **cells)
    assert_nothing_goes(sent)
    assert_nothing_goes(sent)


def test_one_thing_after_another(sent):
    """In the end nothing of the row is as it was."""
    for cells in ({"Membership_No": "PS1"}, {"Email": "new@mail.example"}, {"Postcode": "M1 1AE"}, {"Name": "Person Bee"},
                  {"Membership_No": "PS1001"}):
        mend(sent, 1, **cells)
        assert_nothing_goes(sent)


def test_a_member_who_is_known_by_number_alone(sent):
    mend(sent, 3, Name="Married Name", Email="married@mail.example", Postcode="M1 1AE")
    assert_nothing_goes(sent)


def test_rows_in_another_order_and_new_ones(sent):
    sent.rows.reverse()
    sent.rows.insert(2, supporter(50))
    sent.rows.append(supporter(51))
    sent.list(sent.rows)
    result = sent.send()
    assert result.status == 0 and result.summary["now"] == 2, result
    counts = members(sent.server)
    assert len(counts) == 7 and set(counts.values()) == {1}


def test_rows_that_are_gone(sent):
    sent.rows = sent.rows[3:]
    sent.list(sent.rows)
    result = sent.send()
    assert result.status == 0 and result.summary["now"] == 0 and len(sent.server.messages) == 5, result


def test_the_model_letter_changed(sent):
    sent.desk.file("model.md", MODEL.replace("keep it open", "open it again"))
    sent.rows.append(supporter(50))
    sent.list(sent.rows)
    result = sent.desk.run("send", "--yes", "--no-wait")
    assert result.status == 0, result
    assert "model letter has changed" in result.err
    assert len(sent.server.messages) == 6
    assert "open it again" in sent.server.messages[-1].parsed.get_body(("plain",)).get_content()


def test_problems_csv_is_the_list_of_the_next_run(desk, scripted):
    server = scripted().at("rcpt", reply("550 5.1.1 No such user"), message=2)
    rows = [supporter(1), supporter(2), supporter(3, Consent="no"), supporter(4, Postcode="nonsense"), supporter(5)]
    mailing = Mailing(desk, server, rows=rows)
    result = mailing.send()
    assert result.status == 1 and result.summary["sent"] == 2, result
    path = mailing.out / "problems.csv"
    text = path.read_text("utf-8-sig")
    assert all(row["Name"] in text for row in rows[1:4]) and rows[0]["Name"] not in text
    path.write_text(text.replace("nonsense", supporter(4)["Postcode"]), "utf-8-sig", newline="")
    result = mailing.desk.run("--json", "-i", path.relative_to(desk.path), "send", "--yes", "--no-wait")
    assert result.summary["now"] == 1 and result.status == 1, result
    assert members(server) == {f"person{i}@mail.example": 1 for i in (1, 4, 5)}


# --- Who may be meant --------------------------------------------------------------------------------------------

def held(result, row):
    found = [problem for problem in result.problems() if problem["row"] == row]
    assert len(found) == 1, result
    return found[0]["message"]


def test_one_person_twice_in_the_list(desk, scripted):
    server = scripted()
    rows = [supporter(1), supporter(2), supporter(1, Email="other@mail.example"), supporter(3, Name="Person Be",
                                                                                      Email="person1@mail.example")]
    mailing = Mailing(desk, server, rows=rows)
    result = mailing.send()
    assert result.status == 1, result
    held(result, 3)
    held(result, 4)
    assert members(server) == {"person1@mail.example": 1, "person2@mail.example": 1}


def test_two_people_of_one_address(desk, scripted):
    server = scripted()
    rows = [supporter(1), supporter(1, Name="Quite Different"), supporter(1, Name="Junior Be")]
    mailing = Mailing(desk, server, rows=rows)
    result = mailing.send()
    assert result.status == 0, result
    assert len(server.accepted()) == 3
    assert mailing.send().summary["now"] == 0


def test_a_row_that_says_two_people_is_held(sent):
    """The number is one member's, name and postcode are another's."""
    mend(sent, 4, Name=sent.rows[0]["Name"], Postcode=sent.rows[0]["Postcode"], Email="x@mail.example")
    sent.rows.pop(0)
    sent.list(sent.rows)
    result = sent.send()
    assert result.status == 1, result
    held(result, 3)
    assert len(sent.server.messages) == 5
    assert sent.rows[2]["Name"] in (sent.out / "problems.csv").read_text("utf-8-sig")


def test_two_rows_that_disagree_are_held(sent):
    """Two members' numbers were exchanged: no letter goes until somebody has looked."""
    mend(sent, 3, Membership_No="PS4")
    mend(sent, 4, Membership_No="PS3")
    result = sent.send()
    assert result.status == 1 and len(sent.server.messages) == 5, result
    held(result, 3)
    held(result, 4)


def test_somebody_else_at_the_same_address(sent):
    """A new name where somebody was written for: somebody else, or the name quite mended? The secretary knows."""
    mend(sent, 1, Name="Quite Different")
    result = sent.send()
    assert result.status == 1 and len(sent.server.messages) == 5, result
    message = held(result, 1)
    assert "resolve" in message and "ready" in message
    key = message.split("resolve ")[1].split()[0]
    assert sent.desk.run("resolve", key, "ready").status == 0
    result = sent.send()
    assert result.status == 0 and result.summary["now"] == 1, result
    assert "Quite Different" in sent.server.messages[-1].parsed["From"].addresses[0].display_name


def test_another_mp_after_the_letter_went(sent):
    """One letter in a person's name: a second one to another MP is for the secretary to decide."""
    mend(sent, 2, Constituency="Elsewhere", MP="Other Invented")
    result = sent.send()
    assert result.status == 1 and len(sent.server.messages) == 5, result
    held(result, 2)


def test_mended_before_it_went(desk, scripted):
    """A letter that was to be tried again goes as it was first made, to be the same letter."""
    server = scripted().at("rcpt", reply("550 5.1.1 No such user"), times=1)
    rows = [supporter(1, **{"MP e-mail": "wrong@parliament.example"}), supporter(2)]
    mailing = Mailing(desk, server, rows=rows)
    assert mailing.send().status == 1
    rows[0]["MP e-mail"] = "right@parliament.example"
    mailing.list(rows)
    assert mailing.send().status == 1, "a refused letter is not tried again by itself"
    assert desk.run("resolve", mailing.letters()[1]["key"], "ready").status == 0
    assert mailing.send().status == 0
    assert server.delivered() == {"right@parliament.example": 1, "mp2@parliament.example": 1}
    assert server.messages[-1].parsed["To"].addresses[0].addr_spec == "right@parliament.example"


def test_forgotten_people_are_not_written_for_again(sent):
    name = sent.rows[0]["Name"]
    result = sent.desk.run("forget", name, "--yes")
    assert result.status == 0, result
    left = {path: content for path, content in sent.desk.tree().items() if path != "list.csv"}
    for path, content in left.items():
        assert b"person-be" not in content and "person-be" not in path, path
    assert len(sent.stored()) == 4
    result = sent.send()
    assert result.status == 1 and len(sent.server.messages) == 5, result
    held(result, 1)
