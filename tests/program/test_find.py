"""
find: who sits for a postcode or a constituency, and what is said where nobody can be named.
"""
import pytest

MPS = """\
constituency,name,party,email
Bootle,Peter Sample,Labour,peter@parliament.example
Ynys Môn,Siân Example,Plaid Cymru,
Belfast South and Mid Down,Mary Sample,SDLP,mary@parliament.example
Belfast West,Paul Sample,Sinn Féin,
"""

POSTCODES = """\
postcode,constituency
L20 3NX,Bootle
LL59 5AA,Ynys Mon
"""


@pytest.fixture
def informed(desk):
    """A desk with a directory."""
    assert desk.run("import", "mps", desk.file("mps.csv", MPS)).status == 0
    assert desk.run("import", "postcodes", desk.file("postcodes.csv", POSTCODES)).status == 0
    return desk


@pytest.mark.parametrize("asked", ["L20 3NX", "l203nx", "Bootle", "BOOTLE"])
def test_an_answer(informed, asked):
    result = informed.run("find", asked)
    assert result.status == 0
    lines = result.out.splitlines()
    assert lines[0] == "Constituency  Bootle"
    assert lines[1:7] == [
        "MP            Peter Sample MP",
        "Party         Labour",
        "Address       House of Commons",
        "              London",
        "              SW1A 0AA",
        "E-mail        peter@parliament.example",
    ]
    assert lines[-2].startswith("MPs           imported on ") and lines[-2].endswith(" from mps.csv")
    assert lines[-1].startswith("Postcodes     imported on ")
    assert result.err == ""


def test_json_is_one_object(informed):
    (found,) = informed.run("--json", "find", "LL59 5AA").objects
    assert found["answer"] == "found"
    assert (found["constituency"], found["mp"]) == ("Ynys Môn", "Siân Example MP")
    assert found["mps_days"] == 0 and found["mps_old"] is False
    assert "email" not in found


@pytest.mark.parametrize(
    "asked, why",
    [
        ("L20 3ZZ", "is not in the postcode directory"),
        ("JE2 3AB", "have no MP"),
        ("BFPO 58", "forces post"),
        ("Belfast South", "Did you mean Belfast South and Mid Down, or Belfast West?"),
        ("Wansbeck", "redrawn in 2024"),
        ("L20", "not a whole postcode"),
    ],
)
def test_no_answer(informed, asked, why):
    result = informed.run("find", asked)
    assert result.status == 65
    assert why in result.err
    assert "Constituency" not in result.out


def test_candidates_are_listed_with_their_mps(informed):
    assert informed.run("find", "Belfast South").out.splitlines() == [
        "  Belfast South and Mid Down  Mary Sample MP",
        "  Belfast West                Paul Sample MP",
    ]
    (found,) = informed.run("--json", "find", "Belfast South").objects
    assert found["answer"] == "unknown"
    assert found["candidates"] == ["Belfast South and Mid Down", "Belfast West"]


def test_no_directory_yet(desk):
    result = desk.run("find", "Bootle")
    assert result.status == 66
    assert "postbag import mps FILE" in result.err


def test_a_directory_of_ones_own(informed):
    result = informed.run("-o", "directory.path=own.sqlite", "import", "mps", "mps.csv")
    assert result.status == 0 and (informed.path / "own.sqlite").exists()
    result = informed.run("-o", "directory.path=own.sqlite", "find", "L20 3NX")
    assert result.status == 65
    assert "postbag import postcodes FILE" in result.err


@pytest.mark.parametrize("words", [["find"], ["find", "Belfast", "West"], ["find", ""], ["import", "mps"]])
def test_usage(informed, words):
    assert informed.run(*words).status == 64
