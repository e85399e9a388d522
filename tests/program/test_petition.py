"""
Letters posted to a petition, for good: through nginx over HTTP/1.1 and HTTP/2 to a receiver that keeps what came. It comes
once, as the schema says and as `preview` has shown, with the printed letter, signed, and with no more of anybody than was
asked for.
"""
import base64
import csv
import email
import email.policy
import io
import json
import re
import time

import jsonschema
import pytest

from conftest import ROOT, csv_text
from mailing import COLUMNS, supporter
from petitioning import FORMATS, NEW_IN_EACH, PREVIEW_SECRET, SIGNED_UP, Petition, new_petition, parts_of, without_time
from receivers import SECRET, TOKEN, Nginx, Receiver, answer, assert_signed, receiver, response, signature_of  # noqa: F401
from servers import wait_for

LETTERS = 2000
NAMES = {3: "Siân Ŵyn-Jones", 14: "Łukasz Żółć", 15: "Conor O'Brien", 65: "Nguyễn Thị Minh Khai", 35: 'Anna "Annie" Bell'}


def schema():
    return json.loads((ROOT / "doc" / "webhook.schema.json").read_text())


def validator():
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema(), format_checker=jsonschema.FormatChecker())


def form(content_type, body):
    """The parts of a multipart body by name, as (content, type, file name), read by Python's e-mail package."""
    head = f"MIME-Version: 1.0\r\nContent-Type: {content_type}\r\n\r\n".encode()
    message = email.message_from_bytes(head + body, policy=email.policy.HTTP)
    assert message.get_content_type() == "multipart/form-data" and message.is_multipart() and not message.defects
    boundary = message.get_boundary().encode()
    assert body.count(b"--" + boundary) == len(message.get_payload()) + 1 and body.endswith(b"--" + boundary + b"--\r\n")
    found = {}
    for part in message.iter_parts():
        assert not part.defects and part.get_content_disposition() == "form-data", part.items()
        name = part["Content-Disposition"].params["name"]
        assert name not in found, f"{name} twice"
        found[name] = (part.get_payload(decode=True), part.get_content_type(), part.get_filename())
    return found


def form_of(request):
    """Read once: it takes long."""
    if not hasattr(request, "form"):
        request.form = form(request.header("content-type"), request.body)
    return request.form


def name_of(request):
    """Whose letter it is."""
    kind = request.header("content-type")
    if kind.startswith("multipart/"):
        return form_of(request)["constituent.name"][0].decode()
    content = request.json
    if "person" in content:
        return f"{content['person']['given_name']} {content['person']['family_name']}"
    return content["data"]["constituent"]["name"]


class Campaign:
    """What the tests of a large campaign look at: how it was posted, and what came."""


@pytest.fixture(scope="module", params=[("h1", "json"), ("h2", "multipart")], ids=lambda p: " ".join(p))
def campaign(request, certificates, tmp_path_factory):
    c = Campaign()
    c.kind, c.format = request.param
    c.receiver = Receiver(certificates, security="none")
    c.nginx = Nginx(tmp_path_factory.mktemp("nginx") / "run", certificates.file(), c.receiver.port)
    try:
        c.rows = [supporter(i, **{"Name": NAMES[i]} if i in NAMES else {}) for i in range(LETTERS)]
        c.petition = new_petition(tmp_path_factory, c.nginx.url(c.kind), certificates, rows=c.rows,
                                  webhook={"format": c.format, "attach": "pdf", "in_flight": 8, "timeout": 60})
        c.began = time.time()
        c.result = c.petition.post()
        c.ended = time.time()
        wait_for("the access log", lambda: len(c.nginx.told()) >= len(c.receiver.requests))
        c.told = c.nginx.told()
        c.requests = list(c.receiver.requests)
        c.keys = {row: letter["key"] for row, letter in c.petition.letters().items()}
        yield c
    finally:
        c.nginx.close()
        c.receiver.close()


def test_every_letter_is_posted_once(campaign):
    assert campaign.result.status == 0, campaign.result
    summary = campaign.result.summary
    assert (summary["letters"], summary["now"], summary["sent"]) == (LETTERS, LETTERS, LETTERS)
    assert (summary["later"], summary["refused"], summary["unsure"], summary["ready"]) == (0, 0, 0, 0)
    assert len(campaign.requests) == LETTERS
    assert len({request.identity for request in campaign.requests}) == LETTERS
    assert {name_of(request) for request in campaign.requests} == {row["Name"] for row in campaign.rows}
    assert set(campaign.petition.states().values()) == {"sent"}


def test_the_protocol_is_the_one_that_the_server_speaks(campaign):
    wanted = {"h1": "HTTP/1.1", "h2": "HTTP/2.0"}[campaign.kind]
    assert {told.protocol for told in campaign.told} == {wanted}
    assert {told.status for told in campaign.told} == {200} and len(campaign.told) == LETTERS


def test_connections_are_used_again(campaign):
    most = {"h1": 8, "h2": 2}[campaign.kind]
    assert len({told.connection for told in campaign.told}) <= most


def test_every_body_is_as_described(campaign):
    check = validator()
    people = {row["Name"]: row for row in campaign.rows}
    for request in campaign.requests:
        row = people[name_of(request)]
        if campaign.format == "json":
            assert request.header("content-type").split(";")[0] == "application/json"
            check.validate(request.json)
            content = request.json
            constituent, mp, letter = (content["data"][key] for key in ("constituent", "mp", "letter"))
            subject, text = letter["subject"], letter["text"]
            kind, identity, moment, of = (content[key] for key in ("type", "id", "timestamp", "campaign"))
        else:
            parts = {name: part[0].decode() for name, part in form_of(request).items() if name != "letter"}
            constituent, mp = ({name.split(".", 1)[1]: value for name, value in parts.items() if name.startswith(of)}
                               for of in ("constituent.", "mp."))
            kind, identity, moment, of, subject, text = (
                parts[key] for key in ("type", "id", "timestamp", "campaign", "subject", "text"))
        assert (kind, identity, of) == ("letter.created", request.identity, "library")
        made = time.mktime(time.strptime(moment[:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
        assert moment.endswith("Z") and campaign.began - 2 <= made <= campaign.ended + 2
        assert constituent == {"name": row["Name"], "constituency": row["Constituency"],
                               "postcode_district": row["Postcode"].split(" ")[0]}
        assert mp["constituency"] == row["Constituency"] and row["MP"] in mp["name"]
        assert subject == f"The library in {row['Ward']}"
        assert "Please ask the council to keep it open." in " ".join(text.split()) and row["Name"] in text


def test_the_pdf_is_the_printed_letter(campaign):
    printed = campaign.petition.desk.run("-q", "write")
    assert printed.status == 0, printed
    letters = {int(path.name[:4]): path.read_bytes() for path in (campaign.petition.out / "letters").glob("*.pdf")}
    numbers = {row["Name"]: number for number, row in enumerate(campaign.rows, 1)}
    assert len(letters) == LETTERS
    for request in campaign.requests:
        number = numbers[name_of(request)]
        if campaign.format == "json":
            content = base64.b64decode(request.json["data"]["letter"]["pdf"], validate=True)
        else:
            content, kind, name = form_of(request)["letter"]
            assert kind == "application/pdf" and re.fullmatch(r"[\w.,' -]+\.pdf", name), (kind, name)
        assert content == letters[number], f"row {number}"


def test_every_request_is_signed(campaign):
    for request in campaign.requests:
        assert_signed(request, SECRET)
        assert re.fullmatch(r"msg_[0-9a-f]{32}", request.identity)
        assert request.header("idempotency-key") == f'"{request.identity}"'
        assert request.line == "POST /petition HTTP/1.1" and request.header("user-agent").startswith("Postbag")
        assert request.header("host").startswith("localhost:") and "accept" in request.message
        for name in ("expect", "cookie", "authorization", "transfer-encoding", "referer"):
            assert request.header(name) is None


def test_what_is_kept_is_what_went(campaign):
    stored = {}
    for name, content in campaign.petition.stored().items():
        line, headers, body = parts_of(content)
        stored[dict(headers)["webhook-id"]] = (name, line, dict(headers), body)
        assert len(dict(headers)) == len(headers) and not set(NEW_IN_EACH) & set(dict(headers))
    assert len(stored) == LETTERS
    numbers = {row["Name"]: number for number, row in enumerate(campaign.rows, 1)}
    for request in campaign.requests:
        name, line, headers, body = stored[request.identity]
        assert body == request.body and line == request.line
        assert name == campaign.keys[numbers[name_of(request)]] + ".http"
        for header in ("content-type", "idempotency-key"):
            assert headers[header] == request.header(header)


def test_preview_shows_what_went(campaign):
    result = campaign.petition.desk.run("preview", "-n", "20")
    assert result.status == 0, result
    shown, stored = campaign.petition.previewed(), campaign.petition.stored()
    assert len(shown) == 20
    for name, content in shown.items():
        line, headers, body = parts_of(content)
        assert (line, without_time(body)) == (parts_of(stored[name])[0], without_time(parts_of(stored[name])[2]))
        kept = dict(parts_of(stored[name])[1])
        assert {n: v for n, v in headers if n in kept} == kept, "a dummy secret and no more is new"
        assert {n for n, _ in headers} - set(kept) <= {"webhook-timestamp", "webhook-signature", "content-length"}
        headers = dict(headers)
        assert headers["webhook-signature"] == signature_of(PREVIEW_SECRET, headers["webhook-id"],
                                                            headers["webhook-timestamp"], body)
        assert int(headers.get("content-length", len(body))) == len(body)
    assert len(campaign.receiver.requests) == LETTERS, "nothing was posted"


def test_running_it_again_posts_nothing(campaign):
    connections = campaign.receiver.connections_count
    result = campaign.petition.post()
    assert result.status == 0, result
    assert (result.summary["now"], result.summary["sent"]) == (0, LETTERS)
    assert not [o for o in result.objects if o["type"] == "letter"]
    assert len(campaign.receiver.requests) == LETTERS and campaign.receiver.connections_count == connections


def test_neither_secrets_nor_names_are_left_behind(campaign):
    campaign.petition.assert_secret(campaign.result)
    left = campaign.petition.ledger_bytes()
    assert b"person77@mail.example" not in left and b"L21 9" not in left, "the ledger knows people by MACs alone"
    for path in [campaign.petition.ledger, *(campaign.petition.out / "sent").iterdir()]:
        assert path.stat().st_mode & 0o077 == 0, path


# --- What is told of whom ----------------------------------------------------------------------------------------

PRIVATE = {"Name": "Jane Qlowndoe", "Address line 1": "77 Qfirst Street", "Address line 2": "Qsecond", "Address line 3": "Qthird",
           "Postcode": "L21 9QZ", "Email": "qjane@qmail.example", "Ward": "Qward of Quite Some Quality", "Constituency": "Qconstituency",
           "MP": "Qinvented Member", "MP e-mail": "qinvented.member@parliament.example", "Membership No": "Q778899"}


def told_of(content):
    """Which cells of PRIVATE stand in these bytes, plain, with anything escaped, or as Base64 in any of its three turns."""
    found = set()
    for column, value in PRIVATE.items():
        words = [value, value.replace(" ", ""), value.replace("@", "%40"), value.split("@")[0]]
        turns = [base64.b64encode(b"\0" * turn + value.encode())[4 if turn else 0:-4] for turn in range(3)]
        assert all(len(word) >= 5 for word in words) and all(len(turn) >= 4 for turn in turns), "may stand in a signature by chance"
        if any(word.encode().lower() in content.lower() for word in words) or any(t in content for t in turns):
            found.add(column)
    return found


@pytest.mark.parametrize("kind", ["json", "multipart"])
@pytest.mark.parametrize("fields, told", [
    (None, {"Name", "Constituency"}), ("name", {"Name"}), ("constituency, ward", {"Constituency", "Ward"}),
    ("name, postcode", {"Name", "Postcode"}), ("Email", {"Email"}), ("membership no", {"Membership No"})])
def test_no_more_than_was_asked_for(desk, receiver, certificates, kind, fields, told):
    server = receiver()
    petition = Petition(desk, server.url, certificates, rows=[supporter(1, **PRIVATE)],
                        webhook={"format": kind, "fields": fields})
    result = petition.post()
    assert result.status == 0, result
    request, = server.requests
    assert told_of(request.raw) - {"MP"} == told | {"Constituency"}, "the MP's constituency goes in any case"
    assert (b"L21" in request.body) == (fields in (None, "name, postcode"))
    assert b"letter" not in (request.json["data"] if kind == "json" else form_of(request))


@pytest.mark.parametrize("fields", ["name, wards", "nonsense", "name, ", "consent form"])
def test_a_field_that_is_not_there(desk, receiver, certificates, fields):
    server = receiver()
    result = Petition(desk, server.url, certificates, webhook={"fields": fields}).post()
    if fields == "name, ":
        assert result.status in (0, 78), result
        return
    assert result.status == 78 and "webhook.fields" in result.err, result
    assert server.connections_count == 0


def test_only_in_the_name_of_those_who_agreed(desk, receiver, certificates):
    server = receiver()
    rows = [supporter(1), supporter(2, Consent="no"), supporter(3, Consent=""), supporter(4, Consent="x"),
            supporter(5, Consent="perhaps")]
    petition = Petition(desk, server.url, certificates, rows=rows)
    result = petition.post()
    assert result.status == 1, result
    assert {name_of(r) for r in server.requests} == {rows[0]["Name"], rows[3]["Name"]}
    assert result.summary["problem_rows"] == 3 and result.summary["sent"] == 2
    left = list(csv.DictReader(io.StringIO((petition.out / "problems.csv").read_text("utf-8-sig"))))
    assert [row["Name"] for row in left] == [rows[i]["Name"] for i in (1, 2, 4)]
    everything = b"".join(request.raw for request in server.requests)
    assert rows[1]["Name"].encode() not in everything

    # The mended rows are a list of their own, and nobody is posted for twice.
    desk.file("mended.csv", csv_text([list({**{c: row[c] for c in COLUMNS}, "Consent": "yes"}.values()) for row in left],
                                     header=COLUMNS))
    result = petition.desk.run("--json", "-i", "mended.csv", "petition", "--yes", "--no-wait")
    assert result.status == 0 and len(server.requests) == 5 and max(server.counted().values()) == 1, result


# --- Formats -----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("kind", ["osdi", "osdi-outreach"])
def test_osdi(desk, receiver, certificates, kind):
    server = receiver(usual=SIGNED_UP)
    petition = Petition(desk, server.url, certificates, rows=[supporter(1, **PRIVATE)],
                        webhook={"format": kind, "token_file": "token"})
    result = petition.post()
    assert result.status == 0, result
    request, = server.requests
    assert request.header("osdi-api-token") == TOKEN and request.header("authorization") is None
    assert request.header("content-type").split(";")[0] == "application/json"
    content = request.json
    assert content["person"]["given_name"] == "Jane" and content["person"]["family_name"] == "Qlowndoe"
    assert content["person"]["email_addresses"][0]["address"] == PRIVATE["Email"]
    assert content["identifiers"] == [f"postbag:{request.identity}"] and content["origin_system"] == "Postbag"
    assert content["action_network:referrer_data"] == {"source": "library"}
    assert b'"status"' not in request.body and b"comments" not in request.body
    assert told_of(request.raw) - {"MP"} == {"Email", "Constituency"}, "the name is in two parts"
    if kind == "osdi-outreach":
        assert content["type"] == "email" and "message" not in content and "subject" not in content
        target, = content["targets"]
        assert target["given_name"] == "Qinvented" and target["family_name"] == "Member"
    petition.assert_secret(result)


def test_an_outreach_with_the_letter(desk, receiver, certificates):
    server = receiver(usual=SIGNED_UP)
    assert Petition(desk, server.url, certificates, webhook={"format": "osdi-outreach", "attach": "pdf"}).post().status == 0
    for request in server.requests:
        assert request.json["subject"] == "The library in Church" and "%PDF" not in request.json["message"]
        assert "Please ask the council to keep it open." in " ".join(request.json["message"].split())


def test_osdi_needs_an_address(desk, receiver, certificates):
    server = receiver(usual=SIGNED_UP)
    rows = [supporter(1), supporter(2, Email="")]
    result = Petition(desk, server.url, certificates, rows=rows, webhook={"format": "osdi"}).post()
    assert result.status == 1 and result.summary["problem_rows"] == 1 and len(server.requests) == 1, result


@pytest.mark.parametrize("kind", ["osdi", "osdi-outreach"])
@pytest.mark.parametrize("body", ["", "{}", "[]", "null", "  ", "{\"error\":\"no\"}", "not JSON", "{\"identifiers\":[]}"])
def test_an_empty_success_of_osdi_is_none(desk, receiver, certificates, kind, body):
    server = receiver(usual=response(200, body))
    petition = Petition(desk, server.url, certificates, rows=1, webhook={"format": kind, "token_file": "token"})
    result = petition.post()
    assert result.status == 1 and petition.states()[1] in ("refused", "unsure"), result
    assert petition.post().status == 1 and len(server.requests) == 1


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_every_kind_of_success(desk, receiver, certificates, status):
    server = receiver(usual=response(status))
    petition = Petition(desk, server.url, certificates)
    result = petition.post()
    assert result.status == 0 and set(petition.states().values()) == {"sent"}, result
    assert {letter["code"] for letter in petition.letters().values()} == {status}
    assert server.connections_count == 1


# --- Rehearsal, preview, both channels ---------------------------------------------------------------------------

def test_a_rehearsal_goes_elsewhere_and_counts_for_nothing(desk, receiver, certificates):
    server, trial = receiver(), receiver()
    petition = Petition(desk, server.url, certificates, webhook={"rehearsal": trial.url})
    for times in (1, 2):
        result = petition.post()
        assert result.status == 0, result
        assert len(trial.requests) == 3 * times and not server.requests
    assert not petition.ledger.exists() or set(petition.states().values()) <= {"ready"}
    assert not (petition.out / "sent").exists() or not petition.stored()
    petition.configure(rehearsal=None)
    assert petition.post().status == 0
    assert len(server.requests) == 3 and len(trial.requests) == 6


@pytest.mark.parametrize("kind", FORMATS)
def test_preview_before_anything_was_posted(desk, receiver, certificates, kind):
    server = receiver(usual=SIGNED_UP)
    petition = Petition(desk, server.url, certificates, webhook={"format": kind, "token_file": "token", "attach": "pdf"})
    result = desk.run("preview")
    assert result.status == 0 and server.connections_count == 0, result
    shown = petition.previewed()
    assert len(shown) == 3
    petition.assert_secret(result)
    assert petition.post().status == 0
    for name, content in petition.stored().items():
        line, headers, body = parts_of(content)
        seen_line, seen, seen_body = parts_of(shown[name])
        assert (line, without_time(body)) == (seen_line, without_time(seen_body)), "what was shown is what went"
        assert set(headers) <= set(seen)


def test_preview_without_a_webhook_writes_none(desk, receiver, certificates):
    petition = Petition(desk, None, certificates)
    assert desk.run("preview").status == 0
    assert petition.previewed() == {}


def test_both_channels(desk, receiver, scripted, certificates):
    mail, server = scripted(), receiver()
    server.at("final", answer(422, "No"), request=2)
    petition = Petition(desk, server.url, certificates, server=mail)
    assert petition.send().status == 0
    assert petition.post().status == 1
    assert len(mail.accepted()) == 3 and len(server.accepted()) == 2
    assert {l["state"] for l in petition.letters("e-mail").values()} == {"sent"}
    assert petition.states() == {1: "sent", 2: "refused", 3: "sent"}
    counts = desk.run("--json", "status").objects[-1]
    assert counts["e-mail"]["sent"] == 3 and counts["petition"]["sent"] == 2 and counts["petition"]["refused"] == 1
    said = desk.run("status").out
    assert "e-mails" in said and "petition" in said
    assert petition.send().summary["now"] == 0 and petition.post().summary["now"] == 0
    assert len(mail.accepted()) == 3 and len(server.requests) == 3
    assert len(petition.stored()) >= 2 and len(list((petition.out / "sent").glob("*.eml"))) == 3
    assert desk.run("resolve", "all", "ready").status == 0
    assert petition.post().status == 0 and len(server.requests) == 4


def test_the_petition_first_and_the_letters_after(desk, receiver, scripted, certificates):
    mail, server = scripted(), receiver()
    petition = Petition(desk, server.url, certificates, server=mail)
    assert petition.post().status == 0 and petition.send().status == 0
    assert len(mail.accepted()) == 3 and len(server.accepted()) == 3


def test_forget_erases_what_was_posted(desk, receiver, scripted, certificates):
    server = receiver()
    rows = [supporter(1), supporter(2, **{"Name": "Jane Doe", "Email": "jane@mail.example", "Membership No": "PS77"})]
    petition = Petition(desk, server.url, certificates, rows=rows, server=scripted(), webhook={"attach": "pdf"})
    assert petition.post().status == 0 and petition.send().status == 0 and desk.run("preview").status == 0
    files = [name for name in desk.tree() if "jane-doe" in name]
    assert {f"out/library/sent/0002-jane-doe.{kind}" for kind in ("http", "eml")} <= set(files), files
    assert "out/library/preview/0002-jane-doe.http" in files
    assert desk.run("forget", "Jane Doe", "--yes").status == 0
    assert not [name for name in desk.tree() if "jane" in name]
    assert b"jane" not in petition.ledger_bytes().lower()
    assert (petition.out / "sent" / "0001-person-be.http").exists()
    again = petition.post()
    assert again.summary["now"] == 0 and "forgotten" in again.problems()[0]["message"] and len(server.requests) == 2


def test_one_row(desk, receiver, certificates):
    server = receiver()
    petition = Petition(desk, server.url, certificates)
    result = petition.post("-r", "2")
    assert result.status == 0, result
    assert [name_of(r) for r in server.requests] == [supporter(2)["Name"]]
    assert petition.states()[2] == "sent" and petition.post().status == 0
    assert len(server.requests) == 3 and max(server.counted().values()) == 1
