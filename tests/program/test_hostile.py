"""
Cells that were written to do harm, in every field that reaches a header, an address, a text or a file's name. Each row
is either left out and said, or goes as a letter like any other: no command, header, recipient or tag is theirs.
"""
import collections
import concurrent.futures
import html.parser
import re
import urllib.parse

import pytest

from conftest import MODEL
from mailing import new_mailing, supporter
from scripted import Server
from test_send import assert_no_defects, pdf_of, text_of

EVIL = "evil@evil.example"
COMMANDS = f"\r\nRSET\r\nMAIL FROM:<{EVIL}>\r\nRCPT TO:<{EVIL}>\r\nDATA\r\nSubject: evil\r\n\r\nevil\r\n.\r\nQUIT\r\n"
VALUES = {
    "a header": f"Jane Doe\r\nBcc: {EVIL}\r\nX-Evil: yes",
    "the end of the header": "Jane Doe\r\n\r\nevil",
    "commands": "Jane" + COMMANDS,
    "commands behind an address": f"{EVIL}>" + COMMANDS,
    "bare CR": f"Jane\rBcc: {EVIL}\rX-Evil: yes",
    "bare LF": f"Jane\nBcc: {EVIL}\nX-Evil: yes",
    "other line ends": f"Jane\x0bBcc: {EVIL}\x0c\x1c\x1d\x1e\x85X-Evil: a\u2028X-Evil: b\u2029X-Evil: c",
    "smuggling": "Jane\n.\nMAIL FROM:<evil@evil.example>\n\r.\r\n.\r",
    "NUL": "Jane\0Doe",
    "controls": "Jane \x01\x02\x07\x08\x1b[31mDoe\x7f\x80\x9b",
    "10,000 letters": "x" * 10_000,
    "10,000 words": "yes " * 10_000,
    "10,000 letters beyond ASCII": "ŵ" * 10_000,
    "quotes": f'"Jane\\" Doe" <{EVIL}>, other@evil.example',
    "an address": f"<{EVIL}>",
    "two addresses": f"jane@mail.example, {EVIL}",
    "a group": f"Undisclosed: {EVIL};",
    "comments": f"Jane (a comment) ({EVIL}",
    "an encoded word": "=?utf-8?Q?Jane=0D=0ABcc=3A_evil=40evil.example=0D=0A?=",
    "an encoded word in Base64": "=?utf-8?B?DQpCY2M6IGV2aWxAZXZpbC5leGFtcGxlDQo=?=",
    "half an encoded word": "=?utf-8?Q?",
    "dots": "\r\n.\r\n..\r\n.",
    "a dot": ".",
    "HTML": '<script>alert(1)</script><img src="https://evil.example/x.png" onerror="x()"><a href="javascript:x()">',
    "the end of an attribute": "\"'><script>x()</script>&lt;script&gt;",
    "a link": "mailto:evil@evil.example?bcc=evil2@evil.example&attach=/etc/passwd",
    "a path": "../../../../etc/cron.d/evil",
    "a boundary": "--=-=\r\nContent-Type: text/html\r\n\r\n<script>x()</script>",
    "right to left": "Jane \u202eeod\u202c \u2066x",
    "formats": "%s%n%s%n%99999d",
    "SQL": "'; DROP TABLE letter; --",
    "a formula": '=cmd|"/c calc"!A1',
}
FIELDS = ["Name", "Address line 1", "Address line 2", "Postcode", "Email", "Ward", "Constituency", "MP", "MP e-mail",
          "Consent", "Membership No"]
ADDRESSES = ("Email", "MP e-mail")
TEXT = MODEL.replace("Please ask", "I live in [Address line 2], [ward].\n\nPlease ask")
ALLOWED = {"EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "RSET", "QUIT"}
HEADERS = {"from", "to", "reply-to", "sender", "subject", "date", "message-id", "mime-version", "content-type",
           "content-language", "content-transfer-encoding"}
AT_ONCE = 4


class Tags(html.parser.HTMLParser):
    """The tags of a document, and where its links lead."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.attributes = set(), [], set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attributes)
        self.links.extend(value for name, value in attributes if name in ("href", "src"))


class Outcome:
    pass


def rows_of(value):
    """A row for each field, a second one for an address that is right but for the middle, and one that is harmless."""
    rows = [supporter(i, **{field: value}) for i, field in enumerate(FIELDS, 1)]
    rows += [supporter(50 + i, **{field: f"jane{value}@mail.example"}) for i, field in enumerate(ADDRESSES)]
    return [*rows, supporter(99)]


def play(value, to, certificates, tmp_path_factory):
    o = Outcome()
    o.server, o.rows = Server(certificates), rows_of(value)
    try:
        campaign = {"consent": "Consent"} if to == "mp" else {"consent": None}
        o.mailing = new_mailing(tmp_path_factory, o.server, rows=o.rows, model=TEXT, campaign=campaign,
                                smtp={"timeout": 30, "to": to, "copy": "yes" if to == "mp" else "no"})
        o.result = o.mailing.send()
    finally:
        o.server.close()
    return o


CASES = [(name, to) for to in ("mp", "member") for name in VALUES]


@pytest.fixture(scope="module")
def outcomes(certificates, tmp_path_factory):
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        return {(name, to): pool.submit(play, VALUES[name], to, certificates, tmp_path_factory) for name, to in CASES}


@pytest.mark.parametrize("name, to", CASES)
def test_nothing_of_theirs_is_said_to_the_server(outcomes, name, to):
    o = outcomes[name, to].result()
    assert o.result.status in (0, 1), o.result
    assert set(o.server.verbs) <= ALLOWED, o.server.verbs
    assert o.server.verbs.count("QUIT") == 1 and o.server.connections_count == 1
    assert set(o.server.lines("MAIL")) == {"MAIL FROM:<branch@union.example>"}
    given = {row[field] for row in o.rows for field in ADDRESSES}
    for line in o.server.lines("RCPT"):
        address = re.fullmatch(r"RCPT TO:<([!-;=?-~]+@[!-;=?-~]+)>", line)
        assert address and address[1] in given, line
    for message in o.server.messages:
        assert len(message.recipients) == 1
    summary = o.result.summary
    assert summary["sent"] + summary["problem_rows"] == len(o.rows), "a letter, or a problem"
    assert summary["refused"] == summary["unsure"] == summary["later"] == 0
    assert "mp1@parliament.example" in o.server.delivered() or to == "member" or summary["sent"] > 0
    assert any(m.parsed["Reply-To"] is None or "person99@mail.example" in m.parsed.as_string()
               for m in o.server.messages), "the harmless one went"


@pytest.mark.parametrize("name, to", CASES)
def test_every_letter_is_a_letter_like_any_other(outcomes, name, to):
    o = outcomes[name, to].result()
    for m in o.server.messages:
        message = m.parsed
        assert_no_defects(message)
        assert {header.lower() for header in message.keys()} <= HEADERS, message.keys()
        counts = collections.Counter(header.lower() for header in message.keys())
        assert set(counts.values()) == {1}, counts
        people = [header for header in ("To", "From", "Reply-To") if header in message]
        addresses = [address.addr_spec for header in people for address in message[header].addresses]
        assert addresses[:2] == [m.recipients[0], "branch@union.example"] and len(addresses) == len(people), addresses
        assert EVIL not in addresses and "evil2@evil.example" not in addresses
        assert [part.get_content_type() for part in message.walk() if not part.is_multipart()] == [
            "text/plain", "text/html", "application/pdf"]
        file_name, content = pdf_of(message)
        assert content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")
        assert "/" not in file_name and "\\" not in file_name and not file_name.startswith(".")
        assert len(file_name.encode()) <= 255 and not re.search(r"[\x00-\x1f\x7f]", file_name)
        tags = Tags(text_of(message, "html"))
        assert not tags.tags & {"script", "img", "iframe", "object", "form", "style"}, tags.tags
        assert not any(name.startswith("on") for name in tags.attributes), tags.attributes
        for link in map(urllib.parse.urlsplit, tags.links):
            asked = urllib.parse.parse_qs(link.query, keep_blank_values=True, strict_parsing=True)
            assert link.scheme == "mailto" and set(asked) <= {"subject", "body"}, link
            assert urllib.parse.unquote(link.path) in {row["MP e-mail"] for row in o.rows} and "," not in link.path
            assert all(len(values) == 1 for values in asked.values())
            assert not re.search(r"[\x00-\x1f\x7f]", asked.get("subject", [""])[0]), asked["subject"]
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text_of(message).replace("\r\n", "\n"))


@pytest.mark.parametrize("name, to", CASES)
def test_nothing_is_written_outside_its_place(outcomes, name, to):
    o = outcomes[name, to].result()
    around = {path.name for path in o.mailing.path.iterdir()}
    assert around <= {"model.md", "list.csv", "password", "postbag.conf", "out", "library.ledger", "library.ledger-wal",
                      "library.ledger-shm", "library.ledger-marks"}, around
    for path in o.mailing.stored():
        assert re.fullmatch(r"[0-9]{4}[a-z0-9-]*(-copy)?\.eml", path), path
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", o.result.err.replace("\r", "") or ""), o.result.err
    o.mailing.assert_secret(o.result)
    assert o.mailing.send().summary["now"] == 0
