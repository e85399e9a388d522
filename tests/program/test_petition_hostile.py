"""
Cells that were written to do harm, in every field, posted to a petition with all of them. Each row is either left out and
said, or goes as a request like any other: JSON stays one object as described, the parts of a form stay apart, and no header
is theirs. And the answers of a petition that means harm, shown to people and kept.
"""
import collections
import concurrent.futures
import re

import pytest

from mailing import COLUMNS, supporter
from petitioning import SIGNED_UP, Petition, new_petition, parts_of
from receivers import SECRET, Receiver, answer, assert_signed, receiver  # noqa: F401 fixtures
from test_hostile import FIELDS, TEXT, VALUES
from test_petition import form, form_of, validator

VALUES = {
    **VALUES,
    "a part": '"\r\n\r\nx\r\n--boundary\r\nContent-Disposition: form-data; name="evil"\r\n\r\nevil\r\n--boundary--\r\n',
    "the end of JSON": '"}}},"evil":{"a":["',
    "escapes": "\\\" \\u0000 \\n \\\\\" \\",
    "escaped surrogates": "\\ud800 \\udfff",
    "line ends of JavaScript": "a\u2028b\u2029c",
    "a request": "x\r\n\r\nPOST /evil HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 4\r\n\r\nevil",
    "a chunk": "x\r\n0\r\n\r\nPOST /evil HTTP/1.1\r\n\r\n",
    "noncharacters": "Jane \ufffe\uffff\U0010ffff Doe",
    "percent": "%22%0d%0aX-Evil: yes%00",
}
KINDS = ["json", "multipart", "osdi"]
HEADERS = {"host", "user-agent", "accept", "content-type", "content-length", "webhook-id", "webhook-timestamp",
           "webhook-signature", "idempotency-key"}
AT_ONCE = 4


class Outcome:
    pass


def rows_of(value):
    """A row for each field, and one that is harmless."""
    return [*(supporter(i, **{field: value}) for i, field in enumerate(FIELDS, 1)), supporter(99)]


def play(value, kind, certificates, tmp_path_factory):
    o = Outcome()
    o.server, o.rows = Receiver(certificates, security="none", usual=SIGNED_UP), rows_of(value)
    try:
        fields = ", ".join(column for column in COLUMNS if not column.startswith("MP") and column != "Consent")
        o.petition = new_petition(tmp_path_factory, o.server.url, certificates, rows=o.rows, model=TEXT,
                                  webhook={"format": kind, "fields": fields, "timeout": 30, "in_flight": 2,
                                           "attach": "no" if kind == "osdi" else "pdf"})
        o.result = o.petition.post()
    finally:
        o.server.close()
    return o


CASES = [(name, kind) for kind in KINDS for name in VALUES]


@pytest.fixture(scope="module")
def outcomes(certificates, tmp_path_factory):
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        return {(name, kind): pool.submit(play, VALUES[name], kind, certificates, tmp_path_factory) for name, kind in CASES}


@pytest.mark.parametrize("name, kind", CASES)
def test_every_request_is_one_like_any_other(outcomes, name, kind):
    o = outcomes[name, kind].result()
    assert o.result.status in (0, 1), o.result
    summary = o.result.summary
    assert summary["sent"] + summary["problem_rows"] == len(o.rows) and summary["sent"] == len(o.server.requests) >= 1
    assert summary["refused"] == summary["unsure"] == summary["later"] == 0
    for request in o.server.requests:
        assert request.line == "POST /petition HTTP/1.1"
        counts = collections.Counter(name.lower() for name in request.message.keys())
        assert set(counts) == HEADERS and set(counts.values()) == {1}, counts
        assert_signed(request, SECRET)
    assert o.server.begun == len(o.server.requests)


@pytest.mark.parametrize("name", VALUES)
def test_json_is_as_described(outcomes, name):
    o = outcomes[name, "json"].result()
    check = validator()
    kinds = set()
    for request in o.server.requests:
        content = request.json
        check.validate(content)
        kinds.add((tuple(sorted(content["data"]["constituent"])), tuple(sorted(content["data"])), tuple(sorted(content))))
        assert "evil" not in content and "evil" not in content["data"]
        for value in content["data"]["constituent"].values():
            value.encode()  # no half of a surrogate pair
    assert len(kinds) == 1, kinds


@pytest.mark.parametrize("name", VALUES)
def test_the_parts_of_a_form_stay_apart(outcomes, name):
    o = outcomes[name, "multipart"].result()
    kinds = set()
    for request in o.server.requests:
        parts = form_of(request)
        kinds.add(tuple(parts))
        assert parts["letter"][0].startswith(b"%PDF-") and parts["letter"][0].rstrip().endswith(b"%%EOF")
        assert re.fullmatch(r"[^/\\\"\x00-\x1f\x7f]{1,255}", parts["letter"][2]) and not parts["letter"][2].startswith(".")
        assert {kind for name, (_, kind, _) in parts.items() if name != "letter"} == {"text/plain"}
        for part, (content, _, _) in parts.items():
            if part != "letter":
                content.decode()
    assert len(kinds) == 1 and not any("evil" in part for kind in kinds for part in kind), kinds


@pytest.mark.parametrize("name", VALUES)
def test_osdi_is_one_signature(outcomes, name):
    o = outcomes[name, "osdi"].result()
    kinds = set()
    for request in o.server.requests:
        content = request.json
        kinds.add(frozenset(content) - {"comments"})
        assert "status" not in str(sorted(all_keys(content)))
    assert len(kinds) == 1, kinds


def all_keys(content):
    if isinstance(content, dict):
        return set(content) | {key for value in content.values() for key in all_keys(value)}
    return {key for value in content for key in all_keys(value)} if isinstance(content, list) else set()


@pytest.mark.parametrize("name, kind", CASES)
def test_nothing_is_written_outside_its_place(outcomes, name, kind):
    o = outcomes[name, kind].result()
    around = {path.name for path in o.petition.path.iterdir()}
    assert around <= {"model.md", "list.csv", "password", "secret", "secrets", "token", "postbag.conf", "out", "library.ledger",
                      "library.ledger-wal", "library.ledger-shm", "library.ledger-marks"}, around
    for path, content in o.petition.stored().items():
        assert re.fullmatch(r"[0-9]{4}[a-z0-9-]*\.http", path), path
        line, headers, body = parts_of(content)
        assert {name for name, _ in headers} <= HEADERS and line == "POST /petition HTTP/1.1"
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", o.result.err.replace("\r", "") or ""), o.result.err
    o.petition.assert_secret(o.result)


def test_what_stands_in_a_cell_is_what_comes(desk, receiver, certificates):
    """Text of every kind that is no harm."""
    texts = {"Ward": 'Tŷ "Mawr" \\ & <Leigh>; name=x', "Address line 1": "1 Łódź Street, 'a' 😀", "Address line 2": "ﷺ日本語"}
    for kind in ("json", "multipart"):
        server = receiver()
        folder = desk.path / kind
        folder.mkdir()
        petition = Petition(type(desk)(folder), server.url, certificates, rows=[supporter(1, **texts)],
                            webhook={"format": kind, "fields": "ward, address line 1, address line 2"})
        result = petition.post()
        assert result.status == 0, result
        request, = server.requests
        if kind == "json":
            values = list(request.json["data"]["constituent"].values())
        else:
            values = [part[0].decode() for name, part in form_of(request).items() if name.startswith("constituent.")]
        assert values == [texts["Ward"], texts["Address line 1"], texts["Address line 2"]]


def test_a_boundary_inside_a_value(desk, receiver, certificates):
    """Even where somebody knows which boundary their letter will have."""
    server = receiver()
    rows = [supporter(1), supporter(2)]
    petition = Petition(desk, server.url, certificates, rows=rows,
                        webhook={"format": "multipart", "fields": "name, ward", "attach": "pdf"})
    assert desk.run("preview").status == 0
    for content in petition.previewed().values():
        headers = dict(parts_of(content)[1])
        boundary = re.search(r'boundary="?([^";]+)"?', headers["content-type"])[1]
        assert len(boundary) <= 70 and form(headers["content-type"], parts_of(content)[2])
        first = next(row for row in rows if row["Name"].encode() in content)
        first["Ward"] = (f'x\r\n--{boundary}\r\nContent-Disposition: form-data; name="evil"\r\n\r\nevil\r\n--{boundary}--\r\n '
                         f"--{boundary}")
    petition.list(rows)
    result = petition.post()
    assert result.summary["sent"] + result.summary["problem_rows"] == 2, result
    for request in server.requests:
        parts = form_of(request)
        assert "evil" not in parts and {"constituent.name", "constituent.ward", "letter", "text"} <= set(parts)
        assert parts["letter"][0].rstrip().endswith(b"%%EOF")


ANSWERS = {
    "controls": "\x1b]0;owned\x07\x1b[31mred\x00\x08\x7f\x9b31m", "no UTF-8": b"\xff\xfe\xc3(", "a long line": "x" * 100_000,
    "line ends": "first\r\nsecond\nthird", "nothing": "", "line ends first": "\r\n\n\rlate", "formats": "%s%n%99999d",
    "a formula": '=cmd|"/c calc"!A1', "right to left": "a\u202eb\u2066c", "HTML": "<html><body>No</body></html>",
    "its secret": SECRET.removeprefix("whsec_")[:10]}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("code", [400, 503])
def test_an_answer_that_means_harm(desk, receiver, certificates, name, code):
    body = ANSWERS[name]
    server = receiver().at("final", answer(code, body if isinstance(body, bytes) else body.encode()))
    petition = Petition(desk, server.url, certificates, rows=1)
    result = petition.post()
    assert result.status == (1 if code == 400 else 75), result
    text = petition.letters()[1]["text"]
    shown = desk.run("status", "--rows", "all").out + desk.run("status").out
    for said in (result.out, result.err, shown, text):
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\u2066]", said), said
        assert len(said) < 20_000
    assert len(text.encode()) <= 512
    if name == "line ends":
        assert "first" in text and "third" not in text


@pytest.mark.parametrize("where", ["https://evil.example/\x1b[31m", "javascript:alert(1)", "//evil.example", "x" * 9000, "%s%n"])
def test_a_redirect_that_means_harm(desk, receiver, certificates, where):
    server = receiver().at("final", answer(302, headers=[("Location", where)]))
    petition = Petition(desk, server.url, certificates, rows=1)
    result = petition.post()
    assert result.status == 1 and petition.states()[1] in ("refused", "unsure"), result
    assert "\x1b" not in result.err + petition.letters()[1]["text"] and len(result.err) < 5000
