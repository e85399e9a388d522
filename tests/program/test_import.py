"""
import: lists of MPs and postcodes, as they are published, become the directory; whole, or not at all. All people and
constituencies are invented; the headers are the published ones.
"""
import importlib.util
import json
import os
import signal
import time
import zipfile

import pytest

from conftest import POSTBAG, ROOT, csv_text

DFE_HEADER = ["pcon_name", "pcon_code", "member_id", "full_title", "display_as", "party_text", "member_email",
              "election_result_summary_2024", "lad_names", "lad_codes"]
TWFY_HEADER = ["Person ID", "First name", "Last name", "Party", "Constituency", "URI"]

SEATS = [
    ("Upper Wold", "E14009001", "Ms Jane Smith MP", "Ms Jane Smith", "Labour", "jane@commons.example"),
    ("Lower Wold and Marsh", "E14009002", "Rt Hon Sir James Brown KC", "Sir James Brown", "Speaker", "james@commons.example"),
    ("Mynydd Môn", "W07009003", "Siân Wyn MP", "Siân Wyn", "Plaid Cymru", "sian@commons.example"),
    ("St Wold's North", "S14009004", "Dr Ann Other MP", "Dr Ann Other", "Green Party", "No email found"),
]
NAMES = [("Jane", "Smith"), ("James", "Brown"), ("Siân", "Wyn"), ("Ann", "Other")]
TYPED = ["upper wold", "Lower Wold & Marsh", "Mynydd Mon", "St. Wold’s North"]

HERE = "directory.path=directory.db"


def load_soak():
    spec = importlib.util.spec_from_file_location("postcodes", ROOT / "tests" / "soak" / "postcodes.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def dfe():
    return csv_text([[name, code, i, title, shown, party, email, "hold", "Woldshire", "E07"]
                     for i, (name, code, title, shown, party, email) in enumerate(SEATS)], header=DFE_HEADER)


def twfy(people=NAMES, places=TYPED):
    return csv_text([[10000 + i, *person, "Independent", place, f"https://www.theyworkforyou.com/mp/{i}"]
                     for i, (person, place) in enumerate(zip(people, places))], header=TWFY_HEADER)


def answers():
    return json.dumps({"items": [
        {"value": {"id": i, "name": name, "startDate": "2024-05-31T00:00:00", "endDate": None, "currentRepresentation": {
            "member": {"value": {"nameDisplayAs": shown, "nameFullTitle": title, "nameAddressAs": "M. " + shown.split()[-1],
                                 "latestParty": {"name": party}}}}}}
        for i, (name, _, title, shown, party, _) in enumerate(SEATS)], "totalResults": len(SEATS)})


def take(desk, what, name, content=None, **how):
    if content is not None:
        desk.file(name, content)
    return desk.run("-o", HERE, "import", what, name, **how)


def find(desk, asked):
    return desk.run("-o", HERE, "find", asked)


def test_department_for_education(desk):
    result = take(desk, "mps", "look-up.csv", dfe())
    assert result.status == 0
    assert "4 MPs, 3 with an e-mail address, 4 with a full title, from look-up.csv (Department for Education)" in result.out
    assert "directory.db" in result.out
    assert "The Rt Hon Sir James Brown KC MP" in find(desk, "lower wold and marsh").out
    assert "sian@commons.example" in find(desk, "mynydd mon").out
    assert "@" not in find(desk, "St Wold's North").out and "No email" not in find(desk, "St Wold's North").out
    assert os.stat(desk.path / "directory.db").st_mode & 0o777 == 0o600


@pytest.mark.parametrize("second, form", [(twfy, "TheyWorkForYou"), (answers, "Parliament Members API")])
def test_a_second_file_joins(desk, second, form):
    take(desk, "mps", "look-up.csv", dfe())
    result = take(desk, "mps", "second", second())
    assert result.status == 0 and "warning" not in result.err
    assert f"4 MPs from second ({form}), joined to those held; now 4 MPs, 3 with an e-mail address" in result.out
    assert "without an MP" not in result.err
    found = find(desk, "Lower Wold & Marsh").out
    assert "The Rt Hon Sir James Brown KC MP" in found and "james@commons.example" in found
    assert "look-up.csv, second" in found


def test_what_cannot_be_joined_is_said_with_its_line(desk):
    take(desk, "mps", "look-up.csv", dfe())
    result = take(desk, "mps", "mps.csv", twfy(places=["Upper Wold", "Somewhere Else", "Mynydd Môn", "St Wold's North"]))
    assert result.status == 1
    assert 'mps.csv:3: cannot be joined to what is held: there is no constituency "Somewhere Else"' in result.err
    assert "james@commons.example" not in find(desk, "Somewhere Else").out


def test_a_new_member_gets_nothing_of_the_former(desk):
    take(desk, "mps", "look-up.csv", dfe())
    result = take(desk, "mps", "mps.csv", twfy(people=[("Rhian", "Parry"), *NAMES[1:]]))
    assert result.status == 0
    assert "mps.csv:2: warning: Upper Wold: Rhian Parry here, Jane Smith in what was imported before" in result.err
    found = find(desk, "Upper Wold").out
    assert "Rhian Parry" in found and "jane@" not in found and "Ms" not in found


def test_constituencies_without_an_mp_are_named(desk):
    result = take(desk, "mps", "plain.csv", "Constituency,Name\nUpper Wold,Jane Smith\nLower Wold,Vacant\n")
    assert "1 constituency without an MP: Lower Wold" in result.err


def test_dissolution(desk):
    take(desk, "mps", "look-up.csv", dfe())
    result = take(desk, "mps", "mps.csv", twfy(people=[]))
    assert result.status == 0
    assert "Parliament is dissolved" in result.err


def test_json_summary(desk):
    desk.file("look-up.csv", dfe())
    summary = desk.run("-o", HERE, "--json", "import", "mps", "look-up.csv").summary
    assert summary["command"] == "import" and summary["interrupted"] is False
    assert (summary["mps"], summary["listed"], summary["joined"], summary["emails"]) == (4, 4, 0, 3)
    assert summary["format"] == "Department for Education" and summary["vacant"] == []


def test_where_the_directory_is_by_default(desk):
    desk.file("look-up.csv", dfe())
    environment = dict(desk.environment(), XDG_DATA_HOME=str(desk.path / "data"))
    desk.environment = lambda: environment
    assert desk.run("import", "mps", "look-up.csv").status == 0
    assert [p for p in (desk.path / "data" / "postbag").iterdir() if p.is_file()]
    assert desk.run("find", "Upper Wold").status == 0


def test_every_published_format_of_postcodes(desk):
    soak = load_soak()
    for form, write in soak.FORMATS.items():
        folder = desk.path / form
        folder.mkdir()
        file = folder / soak.file_name(form)
        write(file, 1000)
        summary, _, _ = soak.run(POSTBAG, folder, file)
        assert summary["postcodes"] == soak.held(folder) == 1000, form
        assert summary["terminated"] == (336 if form in soak.HAS_TERMINATED else 0), form
        assert summary["boundary"] == (10 if form == "split" else 0), form
        named = form in ("onspd-zip", "mysociety", "split", "plain")
        assert soak.found(POSTBAG, folder, "AA1 0AB") == (soak.name(0) if named else soak.code(0)), form
        assert soak.found(POSTBAG, folder, "AA1 3ZA") is None, form


def test_postcodes_find_the_mp_imported_before_or_after(desk):
    rows = "pcds,doterm,parish,pcon24cd\r\nCA8 7JG,,x,E14009001\r\nCA8 7JH,,x,W07009003\r\nJE2 3AB,,x,L99999999\r\n"
    take(desk, "mps", "look-up.csv", dfe())
    result = take(desk, "postcodes", "ONSPD_AUG_2026.csv", rows)
    assert result.status == 0
    assert ("3 postcodes, 0 of them terminated, 0 on a boundary, from ONSPD_AUG_2026.csv (ONS Postcode Directory), "
            "into directory.db") in result.out
    assert "Ms Jane Smith MP" in find(desk, "ca87jg").out
    assert find(desk, "JE2 3AB").status == 65

    (desk.path / "directory.db").unlink()
    take(desk, "postcodes", "ONSPD_AUG_2026.csv")
    take(desk, "mps", "look-up.csv")
    assert "Siân Wyn MP" in find(desk, "CA8 7JH").out


def test_mysociety_alone_says_what_is_missing(desk):
    result = take(desk, "postcodes", "postcodes_with_con.csv", "postcode,short_code\nAB10 1AB,UKPARL.2025.AAD\n")
    assert result.status == 66
    assert "put parl_constituencies_2025.csv, which says what they are, beside it" in result.err


def write_zip(path, members, **how):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **how) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


HOSTILE = {
    "wrong header": (lambda p: p.write_text("name,colour\nJane,red\n"), "no list of postcodes that Postbag knows"),
    "binary": (lambda p: p.write_bytes(bytes(range(256)) * 1000), "no"),
    "empty": (lambda p: p.write_bytes(b""), "empty"),
    "one line without end": (lambda p: p.write_bytes(b"postcode,constituency" * 500_000), "longer than 4 MB"),
    "second line without end": (lambda p: p.write_bytes(b"postcode,constituency\n" + b"a" * 10_000_000), "longer than 4 MB"),
    "zip bomb": (lambda p: write_zip(p, {"Data/ONSPD.csv": b"0" * 50_000_000}), "200 times"),
    "zip without a list": (lambda p: write_zip(p, {"readme.txt": b"hello"}), "holds no list of postcodes"),
    "zip cut short": (lambda p: p.write_bytes(b"PK\3\4" + bytes(100)), "damaged"),
    "before 2024": (lambda p: p.write_text("pcds,doterm,pcon\nCA8 7JG,,E14000530\n"), "before July 2024"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_postcodes(desk, name):
    write, message = HOSTILE[name]
    take(desk, "postcodes", "good.csv", "postcode,constituency\nCA8 7JG,Upper Wold\n")
    before = (desk.path / "directory.db").read_bytes()
    write(desk.path / "bad")
    result = take(desk, "postcodes", "bad")
    assert result.status == 65
    assert message in result.err and "bad" in result.err
    assert (desk.path / "directory.db").read_bytes() == before
    assert {p.name for p in desk.path.iterdir()} == {"directory.db", "good.csv", "bad"}


def test_a_path_in_a_zip_goes_nowhere(desk):
    write_zip(desk.path / "list.zip", {"../../evil/Data/ONSPD.csv": "pcds,doterm,pcon\nCA8 7JG,,E14009001\n"})
    assert take(desk, "postcodes", "list.zip").status == 0
    assert {p.name for p in desk.path.iterdir()} == {"directory.db", "list.zip"}
    assert not (desk.path.parent / "evil").exists() and not (desk.path.parent.parent / "evil").exists()


HOSTILE_MPS = {
    "empty": b"",
    "binary": b"\0\1\2" * 1000,
    "JSON cut short": b"{\"items\":",
    "JSON without end": b"[" * 100_000,
    "one line without end": b"x" * 10_000_000,
    "wrong header": b"name,colour\nJane,red\n",
}


@pytest.mark.parametrize("name", HOSTILE_MPS)
def test_hostile_mps(desk, name):
    take(desk, "mps", "good.csv", dfe())
    before = (desk.path / "directory.db").read_bytes()
    result = take(desk, "mps", "bad", HOSTILE_MPS[name])
    assert result.status == 65 and "bad" in result.err
    assert (desk.path / "directory.db").read_bytes() == before


def test_control_characters_of_a_file_do_not_reach_the_terminal(desk):
    result = take(desk, "mps", "plain.csv", "Constituency,Name,Email\nUpper Wold,Jane \x1b[31mSmith,a\x1b@b\n")
    assert "\x1b" not in result.err + result.out


def test_not_there(desk):
    assert take(desk, "mps", "nothing.csv").status == 66
    assert take(desk, "postcodes", "nothing.csv").status == 66


def test_usage(desk):
    result = desk.run("import", "peers", "list.csv")
    assert result.status == 64 and "import mps FILE or import postcodes FILE" in result.err
    assert desk.run("import", "mps").status == 64


def test_interrupted(desk):
    take(desk, "postcodes", "good.csv", "postcode,constituency\nCA8 7JG,Upper Wold\n")
    before = (desk.path / "directory.db").read_bytes()
    os.mkfifo(desk.path / "slow")
    process = desk.start("-o", HERE, "--json", "import", "postcodes", "slow")
    with open(desk.path / "slow", "w") as slow:
        slow.write("postcode,constituency\n" + "CA8 7JH,Lower Wold\n" * 100_000)
        slow.flush()
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert json.loads(out.splitlines()[-1])["interrupted"] is True
    assert (desk.path / "directory.db").read_bytes() == before
    assert {p.name for p in desk.path.iterdir()} == {"directory.db", "good.csv", "slow"}


def test_killed_at_any_moment(desk):
    soak = load_soak()
    file = desk.path / "onspd.csv"
    soak.write_official(file, 30_000, soak.ONSPD_NEW)
    began = time.monotonic()
    soak.run(POSTBAG, desk.path, file)
    counts = soak.kill_at_moments(POSTBAG, desk.path, file, 30_000, time.monotonic() - began, 10)
    assert sum(counts.values()) == 10 and counts["old"] > 0
