"""
Letters sent for good: through Postfix, by STARTTLS and log-in, and read back from the mailbox by IMAP. What arrives is
what `write` would have printed and `preview` has shown, from the right sender, and it arrives once.
"""
import csv
import datetime
import html
import io
import re
import time

import pytest

from conftest import MODEL, pdf_words
from mailing import Mailing, new_mailing, supporter, without_date
from servers import parsed

LETTERS = 500
ONCE = ["From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"]
BULK = ["Precedence", "List-Id", "List-Unsubscribe", "Auto-Submitted", "X-Auto-Response-Suppress", "Feedback-ID", "Bcc"]
NAMES = {3: "Siân Ŵyn-Jones", 14: "Łukasz Żółć", 15: "Conor O'Brien", 92: "Zoë Q. Smith, Jr.", 65: "Nguyễn Thị Minh Khai",
         35: 'Anna "Annie" Bell', 89: "A" + "lexandrina" * 5 + " Featherstonehaugh-Cholmondeley"}
WARDS = {3: "Tŷ Mawr", 14: "Kraków & Leigh", 15: "St Mary’s", 92: "Church " * 30}


def text_of(message, kind="plain"):
    return message.get_body((kind,)).get_content()


def pdf_of(message):
    """The one attachment: its name and bytes."""
    attachments = list(message.iter_attachments())
    assert [a.get_content_type() for a in attachments] == ["application/pdf"]
    return attachments[0].get_filename(), attachments[0].get_content()


def assert_no_defects(message):
    for part in message.walk():
        assert not part.defects, (part.get_content_type(), part.defects)
        for name, value in part.items():
            assert not value.defects, (name, value, value.defects)
    for line in message.raw.split(b"\r\n"):
        assert len(line) <= 998 and line.isascii() and b"\r" not in line and b"\n" not in line, line[:200]


def own_part(raw):
    """A delivered message without what the servers on its way put in front of it."""
    while re.match(rb"(Return-Path|X-Original-To|Delivered-To|Received):", raw):
        raw = re.sub(rb"\A[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*", b"", raw, count=1)
    return raw


def by_member(messages):
    """By the address that an answer goes to."""
    found = {message["Reply-To"].addresses[0].addr_spec: message for message in messages}
    assert len(found) == len(messages), "two letters of the same member"
    return found


class Campaign:
    """What the tests of a large campaign look at: how it was sent, and what arrived."""


@pytest.fixture(scope="module")
def campaign(post_office, tmp_path_factory):
    c = Campaign()
    c.box = post_office.box()
    c.rows = [supporter(i, c.box.domain, **{"Name": NAMES[i]} if i in NAMES else {},
                        **{"Ward": WARDS[i].strip()} if i in WARDS else {}) for i in range(LETTERS)]
    c.mailing = new_mailing(tmp_path_factory, post_office.door(), rows=c.rows, smtp={"connections": 2, "timeout": 60})
    moment = post_office.moment()
    c.began = time.time()
    c.result = c.mailing.send()
    c.ended = time.time()
    c.log = post_office.logs(moment)
    c.messages = c.box.messages()
    return c


def test_every_letter_is_delivered_once(campaign):
    assert campaign.result.status == 0, campaign.result
    summary = campaign.result.summary
    assert (summary["letters"], summary["now"], summary["sent"]) == (LETTERS, LETTERS, LETTERS)
    assert (summary["later"], summary["refused"], summary["unsure"], summary["ready"]) == (0, 0, 0, 0)
    assert summary["recipients"] == 7 and summary["problem_rows"] == 0
    assert len(campaign.messages) == LETTERS
    members = by_member(campaign.messages)
    assert set(members) == {row["Email"] for row in campaign.rows}
    for row in campaign.rows:
        assert members[row["Email"]]["Delivered-To"] == row["MP e-mail"]
    assert set(campaign.mailing.states().values()) == {"sent"}


def test_every_letter_parses_without_a_defect(campaign):
    for message in campaign.messages:
        assert_no_defects(message)
        for header in ONCE:
            assert len(message.get_all(header)) == 1, (header, message.get_all(header))
        for header in BULK:
            assert header not in message, header


def test_the_headers_say_for_whom_and_from_whom(campaign):
    members = by_member(campaign.messages)
    for row in campaign.rows:
        message = members[row["Email"]]
        sender, = message["From"].addresses
        assert (sender.display_name, sender.addr_spec) == (f"{row['Name']} via Example Branch", "branch@union.example")
        answer, = message["Reply-To"].addresses
        assert (answer.display_name, answer.addr_spec) == (row["Name"], row["Email"])
        recipient, = message["To"].addresses
        assert recipient.addr_spec == row["MP e-mail"] and row["MP"] in recipient.display_name
        assert message["Subject"] == f"The library in {row['Ward']}"
        assert message["Return-Path"] == "<branch@union.example>", "bounces go to the branch"
        sent = message["Date"].datetime
        assert sent.utcoffset() == datetime.timedelta(0)
        assert campaign.began - 2 <= sent.timestamp() <= campaign.ended + 2
    identities = {message["Message-ID"] for message in campaign.messages}
    assert len(identities) == LETTERS
    for identity in identities:
        assert re.fullmatch(r"<[A-Za-z0-9.]+@union\.example>", identity), identity


def test_the_text_comes_first_with_the_members_address(campaign):
    members = by_member(campaign.messages)
    for row in campaign.rows:
        message = members[row["Email"]]
        plain = message.get_body(("plain",))
        assert plain["Content-Type"].params.get("format") == "flowed"
        for text in (text_of(message), html.unescape(re.sub(r"<[^>]*>", "", text_of(message, "html")))):
            words = " ".join(text.split())
            top = words[:words.index("Dear ")]
            for cell in ("Name", "Address line 1", "Address line 2", "Address line 3", "Postcode"):
                assert row[cell] in top, (cell, top)
            assert "Please ask the council to keep it open." in words
            assert words.index(row["Postcode"]) < words.index("Please ask")


def test_the_attachment_is_the_printed_letter(campaign):
    printed = campaign.mailing.desk.run("-q", "write")
    assert printed.status == 0, printed
    letters = {int(path.name[:4]): path.read_bytes() for path in (campaign.mailing.out / "letters").glob("*.pdf")}
    assert len(letters) == LETTERS
    members = by_member(campaign.messages)
    for number, row in enumerate(campaign.rows, 1):
        name, content = pdf_of(members[row["Email"]])
        assert content == letters[number], f"row {number}"
        assert name.endswith(".pdf") and "/" not in name
        if len(row["Name"]) < 50 and '"' not in row["Name"]:
            assert row["Name"] in name, name


def test_what_is_kept_is_what_went(campaign):
    stored = campaign.mailing.stored()
    assert len(stored) == LETTERS
    kept = by_member([parsed(raw) for raw in stored.values()])
    arrived = by_member(campaign.messages)
    for member, message in arrived.items():
        assert own_part(message.raw) == kept[member].raw


def test_connections_are_used_again(campaign):
    assert 1 <= campaign.log.count("submission/smtpd") and campaign.log.count(": connect from") <= 2
    assert campaign.log.count("sasl_method=PLAIN") == LETTERS
    assert "sasl_username=branch@union.example" in campaign.log
    assert campaign.log.count("Anonymous TLS connection established") <= 2


def test_preview_shows_the_bytes_that_went(campaign):
    result = campaign.mailing.desk.run("preview", "-n", "20")
    assert result.status == 0, result
    stored = campaign.mailing.stored()
    shown = {path.name: path.read_bytes() for path in (campaign.mailing.out / "preview").glob("*.eml")}
    assert len(shown) == 20
    for name, raw in shown.items():
        assert without_date(raw) == without_date(stored[name])


def test_running_it_again_sends_nothing(campaign, post_office):
    moment = post_office.moment()
    result = campaign.mailing.send()
    assert result.status == 0, result
    assert (result.summary["now"], result.summary["sent"]) == (0, LETTERS)
    assert not [o for o in result.objects if o["type"] == "letter"]
    assert "connect from" not in post_office.logs(moment)
    assert len(campaign.box.messages()) == LETTERS


def test_neither_password_nor_names_are_left_behind(campaign):
    campaign.mailing.assert_secret(campaign.result)
    left = b"".join(content for name, content in campaign.mailing.desk.tree().items() if ".ledger" in name)
    assert b"person77@mail.example" not in left and b"L21 9" not in left, "the ledger knows people by MACs alone"
    for path in [campaign.mailing.ledger, *(campaign.mailing.out / "sent").iterdir()]:
        assert path.stat().st_mode & 0o077 == 0, path


# --- Other ways --------------------------------------------------------------------------------------------------

def test_to_the_members_themselves(desk, post_office, box):
    rows = [supporter(i, Email=f"member{i}@{box.domain}", Consent="") for i in range(20)]
    mailing = Mailing(desk, post_office.door(), rows=rows, smtp={"to": "member"}, campaign={"consent": None})
    result = mailing.send()
    assert result.status == 0, result
    messages = {m["Delivered-To"]: m for m in box.messages()}
    assert set(messages) == {row["Email"] for row in rows}
    assert desk.run("-q", "write").status == 0
    letters = sorted((mailing.out / "letters").glob("*.pdf"))
    for row, path in zip(rows, letters):
        message = messages[row["Email"]]
        assert_no_defects(message)
        assert message["Return-Path"] == "<branch@union.example>"
        sender, = message["From"].addresses
        assert sender.addr_spec == "branch@union.example" and "via" not in sender.display_name
        assert pdf_of(message)[1] == path.read_bytes()
        for kind in ("plain", "html"):
            text = text_of(message, kind)
            assert row["MP e-mail"] in text and row["MP"] in text and row["Postcode"] in text
        assert re.search(r'href="mailto:' + re.escape(row["MP e-mail"]).replace("@", "(?:@|%40)"), text_of(message, "html"))


def test_tls_from_the_first_byte(desk, post_office, box):
    moment = post_office.moment()
    mailing = Mailing(desk, post_office.door("tls"), rows=[supporter(i, box.domain) for i in range(10)])
    result = mailing.send()
    assert result.status == 0, result
    assert len(box.messages()) == 10
    assert "submissions/smtpd" in post_office.logs(moment)


def test_login_where_plain_is_not_offered(desk, scripted):
    server = scripted(mechanisms="LOGIN")
    result = Mailing(desk, server, rows=5).send()
    assert result.status == 0, result
    assert [login[0] for login in server.logins] == ["LOGIN"]
    assert len(server.accepted()) == 5


def test_without_log_in_on_this_computer(desk, scripted):
    server = scripted(security="none", mechanisms="")
    mailing = Mailing(desk, server, rows=5, smtp={"user": None, "password_file": None, "ca_file": None})
    result = mailing.send()
    assert result.status == 0, result
    assert len(server.accepted()) == 5 and not server.logins


def test_one_connection_is_enough(desk, scripted):
    server = scripted()
    result = Mailing(desk, server, rows=20).send()
    assert result.status == 0, result
    assert server.connections_count == 1 and len(server.logins) == 1
    assert server.verbs[:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]
    assert server.verbs[4:] == ["MAIL", "RCPT", "DATA"] * 20 + ["QUIT"]
    assert all(command.secure for command in server.commands[2:])
    assert set(server.names) == {"localhost"}, "the server is told whom it is taken for (SNI)"
    assert server.lines("EHLO") == ["EHLO union.example"] * 2
    assert set(server.lines("MAIL")) == {"MAIL FROM:<branch@union.example>"}


def test_letters_larger_than_the_server_takes(desk, scripted):
    server = scripted(size=5000)
    result = Mailing(desk, server, rows=2).send()
    assert result.status == 1, result
    assert set(server.delivered()) == set(), "it was refused before its content went"
    assert result.summary["refused"] == 2

    server.size = 10_000_000
    mailing = Mailing(desk, server, rows=3)
    assert desk.run("resolve", "all", "ready").status == 0
    assert mailing.send().status == 0
    for line, message in zip(server.lines("MAIL"), server.messages):
        assert int(re.fullmatch(r"MAIL FROM:<branch@union\.example> SIZE=(\d+)", line)[1]) == len(message.raw)


def test_a_rehearsal_goes_to_oneself_and_counts_for_nothing(desk, post_office, box):
    rows = [supporter(i, box.domain) for i in range(5)]
    mailing = Mailing(desk, post_office.door(), rows=rows, smtp={"rehearsal": f"me@{box.domain}"})
    result = mailing.send()
    assert result.status == 0, result
    rehearsed = box.messages()
    assert {m["Delivered-To"] for m in rehearsed} == {f"me@{box.domain}"} and len(rehearsed) == 5
    for message in rehearsed:
        assert_no_defects(message)
        assert message["Subject"].startswith("[Rehearsal] The library in")
        assert any(row["MP e-mail"] in text_of(message) for row in rows), "the true recipient is shown"
    assert not mailing.ledger.exists() or set(mailing.states().values()) <= {"ready"}
    assert not (mailing.out / "sent").exists() or not mailing.stored()

    again = mailing.send()
    assert again.status == 0 and len(box.messages()) == 10, "it may be rehearsed as often as one likes"

    mailing.configure(rehearsal=None)
    result = mailing.send()
    assert result.status == 0, result
    real = [m for m in box.messages() if m["Delivered-To"] != f"me@{box.domain}"]
    assert sorted(m["Delivered-To"] for m in real) == sorted(row["MP e-mail"] for row in rows)
    assert not any("ehearsal" in m["Subject"] for m in real)


def test_a_copy_for_the_member(desk, post_office, box):
    rows = [supporter(i, box.domain, Email=f"member{i}@{box.domain}") for i in range(4)]
    rows.append(supporter(4, box.domain, Email=""))
    mailing = Mailing(desk, post_office.door(), rows=rows, smtp={"copy": "yes"})
    result = mailing.send()
    assert result.status == 0, result
    messages = box.messages()
    assert sorted(m["Delivered-To"] for m in messages) == sorted([r["MP e-mail"] for r in rows] +
                                                                 [r["Email"] for r in rows if r["Email"]])
    letters = {m["To"].addresses[0].addr_spec: m for m in messages}
    for row in rows[:4]:
        copy, letter = letters[row["Email"]], letters[row["MP e-mail"]]
        assert_no_defects(copy)
        assert copy["Message-ID"] != letter["Message-ID"]
        assert row["MP"] in text_of(copy) and pdf_of(copy)[1] == pdf_of(letter)[1]
    assert result.summary["sent"] == 5, "a copy is no letter"
    assert set(mailing.letters("copy")) == {1, 2, 3, 4}
    again = mailing.send()
    assert again.status == 0 and len(box.messages()) == 9


def test_preview_before_anything_was_sent(desk, scripted):
    server = scripted()
    mailing = Mailing(desk, server, rows=3)
    result = desk.run("preview")
    assert result.status == 0, result
    shown = {path.name: path.read_bytes() for path in (mailing.out / "preview").glob("*.eml")}
    assert len(shown) == 3 and server.connections_count == 0
    assert mailing.send().status == 0
    stored = mailing.stored()
    for name, raw in shown.items():
        assert without_date(raw) == without_date(stored[name]), "what was shown is what went"
        assert "DRAFT" not in pdf_words(pdf_file(desk, parsed(raw)))


def pdf_file(desk, message):
    return desk.path / desk.file("attachment.pdf", pdf_of(message)[1])


def test_a_row_alone(desk, scripted):
    server = scripted()
    mailing = Mailing(desk, server, rows=5)
    assert mailing.send("-r", "3").status == 0
    assert [m.parsed["Reply-To"].addresses[0].addr_spec for m in server.messages] == ["person3@mail.example"]
    result = mailing.send()
    assert result.status == 0 and result.summary["now"] == 4
    assert len(server.messages) == 5


# --- Who is not written for --------------------------------------------------------------------------------------

NOT_WRITTEN_FOR = {
    "no consent": ({"Consent": "no"}, "no"),
    "consent left empty": ({"Consent": ""}, "empty"),
    "perhaps": ({"Consent": "will ask her"}, "will ask her"),
    "no address of the MP": ({"MP e-mail": ""}, "MP"),
    "the MP's address beyond ASCII": ({"MP e-mail": "áine@parliament.example"}, "áine@parliament.example"),
    "the member's address beyond ASCII": ({"Email": "siân@mail.example"}, "siân@mail.example"),
    "at the employer": ({"Email": "jane@payroll.ministry.example"}, "ministry.example"),
}


@pytest.mark.parametrize("case", NOT_WRITTEN_FOR)
def test_a_row_that_may_not_go(desk, scripted, case):
    cells, said = NOT_WRITTEN_FOR[case]
    server = scripted()
    mailing = Mailing(desk, server, rows=[supporter(1), supporter(2, **cells), supporter(3)],
                      campaign={"employer_domains": "ministry.example, agency.example"})
    result = mailing.send()
    assert result.status == 1, result
    assert (result.summary["sent"], result.summary["problem_rows"]) == (2, 1)
    problem, = result.problems()
    assert problem["row"] == 2 and problem["line"] == 3 and said in problem["message"], problem
    assert len(server.accepted()) == 2 and "Bac" not in {m.parsed["Reply-To"].addresses[0].display_name
                                                         for m in server.messages}
    left = list(csv.DictReader(io.StringIO((mailing.out / "problems.csv").read_text("utf-8-sig"))))
    assert [row["Name"] for row in left] == [supporter(2)["Name"]]
    assert said in left[0]["problem"]
    mailing.assert_secret(result)


def test_nobody_may_be_written_for(desk, scripted):
    server = scripted()
    result = Mailing(desk, server, rows=[supporter(i, Consent="no") for i in range(3)]).send()
    assert result.status == 65, result
    assert server.connections_count == 0


def test_the_members_own_address_where_that_is_allowed(desk, scripted):
    server = scripted()
    rows = [supporter(1, Email="jane@union.example"), supporter(2)]
    mailing = Mailing(desk, server, rows=rows, smtp={"member_domains": "union.example"})
    assert mailing.send().status == 0
    first, second = (m.parsed for m in server.messages)
    assert first["From"].addresses[0].addr_spec == "jane@union.example"
    assert second["From"].addresses[0].addr_spec == "branch@union.example"
    assert {m.sender for m in server.messages} == {"branch@union.example"}


def test_no_attachment(desk, scripted):
    server = scripted()
    assert Mailing(desk, server, rows=1, smtp={"attach": "no"}).send().status == 0
    assert not list(server.messages[0].parsed.iter_attachments())


def test_a_petition_of_dots(desk, scripted):
    """Lines of a letter that SMTP could take for its end."""
    server = scripted()
    model = MODEL.replace("Please ask", ".\n\n..\n\n.Please ask")
    assert Mailing(desk, server, rows=2, model=model).send().status == 0
    assert len(server.accepted()) == 2
    for message in server.messages:
        lines = text_of(message.parsed).splitlines()
        assert "." in lines and ".." in lines and any(line.startswith(".Please ask") for line in lines)
        assert_no_defects(message.parsed)
