"""Whom letters go to: peers, MSPs, MSs, MLAs, one recipient for all; in which language; and how they greet and close."""
import json

import pytest

from conftest import DATE, assert_sound, csv_text, pdf_text, pdf_words, places
from mailing import new_mailing, supporter

HEADER = ["Name", "Address 1", "Town", "Postcode", "Email", "Constituency"]
DOE = ["Jane Doe", "1 High Street", "Exampleton", "L20 3NX", "jane@mail.example", "Exampleton South"]
OTHER = ["Ann Other", "2 High Street", "Exampleton", "L20 3NY", "ann@mail.example", "Exampleton North"]
MODEL = """\
Dear [insert name of {one}]

I am writing to you, [{one}'s name], on [Date].

Yours sincerely

[name]
"""
FIXED = ["-o", "recipient.kind=fixed", "-o", "recipient.name=Dame Ann Example DBE", "-o",
         "recipient.lines=Permanent Secretary; Department for Example; 1 Example Street; London; SW1A 1AA"]


def lines(path):
    return [line.strip() for line in pdf_text(path, "-layout").splitlines() if line.strip()]


def assert_in_order(wanted, found):
    """WANTED are lines of FOUND that follow each other."""
    start = found.index(wanted[0])
    assert found[start:start + len(wanted)] == wanted, found


def write(desk, kind, one, names, model=MODEL, status=0):
    desk.file("model.md", model.format(one=one))
    desk.file("list.csv", csv_text([[*DOE, names[0]], [*OTHER, names[1]]], [*HEADER, one]))
    result = desk.write("model.md", "list.csv", "-o", f"recipient.kind={kind}")
    assert result.status == status, result
    return result


@pytest.mark.parametrize("kind, one, names, titles, dear, plain, address", [
    ("peer", "Peer", ["Rt Hon Lord Brown of Sham", "Baroness Green"],
     ["The Rt Hon the Lord Brown of Sham", "The Baroness Green"], ["Lord Brown", "Baroness Green"],
     ["Lord Brown of Sham", "Baroness Green"], ["House of Lords", "London", "SW1A 0PW"]),
    ("msp", "MSP", ["Ms Rosa Invented", "The Rt Hon Ifan Fake MSP"], ["Ms Rosa Invented MSP", "The Rt Hon Ifan Fake MSP"],
     ["Ms Invented", "Ifan Fake"], ["Rosa Invented", "Ifan Fake"], ["The Scottish Parliament", "Edinburgh", "EH99 1SP"]),
    ("ms", "MS", ["Ms Rosa Invented MS", "Sir Ifan Fake AS"], ["Ms Rosa Invented MS", "Sir Ifan Fake AS"],
     ["Ms Invented", "Sir Ifan"], ["Rosa Invented", "Sir Ifan Fake"],
     ["Welsh Parliament", "Cardiff Bay", "Cardiff", "CF99 1SN"]),
    ("mla", "MLA", ["Rosa Invented", "Dr Ifan Fake MLA"], ["Rosa Invented MLA", "Dr Ifan Fake MLA"],
     ["Rosa Invented", "Dr Fake"], ["Rosa Invented", "Dr Ifan Fake"],
     ["Parliament Buildings", "Ballymiscaw", "Stormont", "Belfast", "BT4 3XX"]),
])
def test_each_kind_has_its_form(desk, kind, one, names, titles, dear, plain, address):
    result = write(desk, kind, one, names)
    assert "MP" not in result.out.replace("MSP", "") and "MPs" not in result.err, result
    for i, letter in enumerate(desk.letters()):
        assert_sound(letter)
        assert_in_order([titles[i], *address], lines(letter))
        assert f"Dear {dear[i]}" in lines(letter)
        assert f"I am writing to you, {plain[i]}, on 22 November 2026." in pdf_words(letter)


def test_check_counts_the_kind(desk):
    write(desk, "msp", "MSP", ["Ms Rosa Invented", "Ifan Fake"])
    result = desk.run("-o", "recipient.kind=msp", "-t", "model.md", "-i", "list.csv", "check")
    assert "2 letters can be written, to 2 MSPs." in result.out, result


def test_a_recipient_who_is_not_named_is_a_problem_of_the_row(desk):
    result = write(desk, "msp", "MSP", ["Ms Rosa Invented", ""], status=1)
    assert places(result.err, "list.csv") == [(3, 7)]
    assert "row 2: the MSP's name is missing: Postbag cannot look up MSPs" in result.err


def test_a_list_that_names_none_says_which_column_is_needed(desk):
    desk.file("model.md", "Dear Sir or Madam\n\nHello.\n\nYours faithfully\n\n[name]\n")
    desk.file("list.csv", csv_text([DOE, OTHER], HEADER))
    result = desk.run("-o", "recipient.kind=mla", "-t", "model.md", "-i", "list.csv", "check")
    assert result.status == 65 and 'add a column "MLA" with the name of each row\'s MLA' in result.err, result


def test_a_letter_to_mps_that_is_to_go_to_peers_says_what_to_write(desk):
    result = write(desk, "peer", "Peer", ["Lord Brown", "Lady Green"], MODEL.replace("{one}", "MP"), status=65)
    assert 'nothing is called "insert name of MP"; did you mean "peer\'s name"?' in result.err, result


def test_one_letter_without_a_list_says_whom_to_name(desk):
    desk.file("model.md", MODEL.format(one="MSP"))
    given = ["-f", "name=Jane Doe", "-f", "address=1 High Street", "-f", "postcode=L20 3NX"]
    result = desk.run("-o", "recipient.kind=msp", "-t", "model.md", *given, "write")
    assert result.status == 65 and 'say who it is with -f "MSP=NAME"' in result.err, result
    result = desk.run("-o", "recipient.kind=msp", "-o", DATE, "-t", "model.md", *given, "-f", "MSP=Ms Ann Other", "write")
    assert result.status == 0 and "Dear Ms Other" in lines(desk.letters()[0]), result


def test_a_list_of_msps_is_not_taken_for_one_of_mps(desk):
    desk.file("model.md", "Dear Sir or Madam\n\nHello.\n\nYours faithfully\n\n[name]\n")
    desk.file("list.csv", csv_text([[*DOE, "Rosa Invented"]], [*HEADER, "MSP"]))
    result = desk.run("-t", "model.md", "-i", "list.csv", "check")
    assert "set recipient.kind = msp in the configuration" in result.err and places(result.err, "list.csv") == [(1, 7)]


def test_one_recipient_for_all(desk):
    """A list with an MP column, and a draft that speaks of an MP: both mean the recipient now, and that is said."""
    desk.file("model.md", MODEL.format(one="MP"))
    desk.file("list.csv", csv_text([[*DOE, "Rosa Invented"], [*OTHER, ""]], [*HEADER, "MP"]))
    result = desk.write("model.md", "list.csv", *FIXED)
    assert result.status == 0, result
    assert 'the column "MP" is not used: all letters go to Dame Ann Example DBE' in result.err
    for letter in desk.letters():
        assert_in_order(["Dame Ann Example DBE", "Permanent Secretary", "Department for Example", "1 Example Street",
                         "London", "SW1A 1AA"], lines(letter))
        assert "Dear Dame Ann" in lines(letter)
        assert "I am writing to you, Dame Ann Example, on" in pdf_words(letter) and "Rosa" not in pdf_words(letter)
    result = desk.run(*FIXED, "-t", "model.md", "-i", "list.csv", "check")
    assert "2 letters can be written, to 1 recipient." in result.out, result


def test_a_fixed_recipients_salutation(desk):
    desk.file("model.md", MODEL.format(one="recipient"))
    desk.file("list.csv", csv_text([DOE], HEADER))
    result = desk.write("model.md", "list.csv", *FIXED, "-o", "recipient.salutation=Dear Permanent Secretary")
    assert result.status == 0 and "warning" not in result.err, result
    assert "Dear Permanent Secretary" in lines(desk.letters()[0])


def test_sending_to_a_fixed_recipient(box, tmp_path_factory):
    """Two constituencies, and one recipient all the same."""
    rows = [supporter(1), supporter(2)]
    mailing = new_mailing(tmp_path_factory, box.office.door(), rows=rows, model=MODEL.format(one="recipient"))
    address = f"secretary@{box.domain}"
    options = [*FIXED, "-o", f"recipient.email={address}"]
    shown = mailing.desk.run(*options, "send", "--yes", "--no-wait")
    assert shown.status == 0, shown
    assert "You are about to write to 1 recipient in the name of 2 people." in shown.err
    messages = box.messages()
    assert [m["To"].addresses[0].addr_spec for m in messages] == [address] * 2
    assert mailing.desk.run("--json", *options, "send", "--yes").summary["now"] == 0, "nobody is written for twice"


def test_a_petition_learns_of_no_constituency_that_a_fixed_recipient_has_not(desk):
    desk.file("model.md", MODEL.format(one="recipient"))
    desk.file("list.csv", csv_text([[*DOE, "yes"]], [*HEADER, "Agreed"]))
    options = [*FIXED, "-o", "webhook.url=https://petition.union.example/letters", "-o", "campaign.name=minister",
               "-o", "campaign.consent=Agreed"]
    result = desk.run(*options, "-t", "model.md", "-i", "list.csv", "preview")
    assert result.status == 0, result
    request = next((desk.path / "out" / "minister" / "preview").glob("*.http")).read_bytes()
    data = json.loads(request.partition(b"\r\n\r\n")[2])["data"]
    assert data["mp"] == {"name": "Dame Ann Example", "constituency": ""}
    assert data["constituent"]["constituency"] == "Exampleton South"


# English and Welsh

WELSH = """\
Annwyl [enw'r AS]

Ysgrifennaf atoch ar [dyddiad].

Yn gywir

[enw]
"""
PEOPLE = [[*DOE, "Ms Rosa Invented", ""], [*OTHER, "Ms Rosa Invented", "Cymraeg"],
          ["Siân Ŵyn", "3 Stryd Fawr", "Exampleton", "L20 3NZ", "sian@ebost.example", "", "Ifan Fake", "Welsh"],
          ["Bob Other", "4 High Street", "Exampleton", "L20 3PP", "", "", "Ifan Fake", "English"]]


def bilingual(desk, *arguments, rows=PEOPLE, column="iaith", kind="ms", translation="model.cy.md"):
    desk.file("model.md", MODEL.format(one="MS" if kind == "ms" else "MP"))
    if translation:
        desk.file(translation, WELSH)
    desk.file("list.csv", csv_text(rows, [*HEADER, "MS" if kind == "ms" else "MP", column]))
    return desk.run("-o", DATE, "-o", f"recipient.kind={kind}", "-t", "model.md", "-i", "list.csv", *arguments)


@pytest.mark.parametrize("column, translation", [("iaith", "model.cy.md"), ("Preferred language", "model.cy.txt")])
def test_each_row_gets_the_letter_in_its_language(desk, column, translation):
    result = bilingual(desk, "write", column=column, translation=translation)
    assert result.status == 0, result
    assert f"Reading {translation}, for who asks for it: salutation in line 1" in result.err
    english, welsh, sian, bob = desk.letters()
    for letter in (english, bob):
        assert "on 22 November 2026" in pdf_words(letter) and "Welsh Parliament" in lines(letter)
    for letter in (welsh, sian):
        assert "Ysgrifennaf atoch ar 22 Tachwedd 2026." in pdf_words(letter)
        assert_in_order(["Senedd Cymru", "Bae Caerdydd", "Caerdydd", "CF99 1SN"], lines(letter))
        assert b"/Lang(cy)" in letter.read_bytes() and b"/Lang(en-GB)" not in letter.read_bytes()
    assert "Ms Rosa Invented AS" in lines(welsh) and "Annwyl Ms Invented" in lines(welsh)
    assert b"/Lang(en-GB)" in english.read_bytes()


def test_a_letter_to_an_mp_in_welsh(desk):
    assert bilingual(desk, "write", kind="mp").status == 0
    assert_in_order(["Ms Rosa Invented MP", "Tŷ’r Cyffredin", "Llundain", "SW1A 0AA"], lines(desk.letters()[1]))


def test_a_language_without_a_letter_is_a_problem_of_the_row(desk):
    result = bilingual(desk, "write", translation=None)
    assert result.status == 1 and len(desk.letters()) == 2, result
    assert places(result.err, "list.csv") == [(3, 8), (4, 8)]
    assert "this letter is to be in Welsh, and there is no model.cy.md beside model.md" in result.err


def test_other_languages_are_no_matter_until_there_is_a_choice(desk):
    rows = [[*row[:-1], "Polish"] for row in PEOPLE]
    result = bilingual(desk, "check", rows=rows, translation=None)
    assert result.status == 0 and "Polish" not in result.err, result
    result = bilingual(desk, "check", rows=rows)
    assert result.status == 0 and result.err.count('"Polish" is neither English nor Welsh') == 4, result


def test_both_models_are_checked(desk):
    bilingual(desk, "check")
    desk.file("model.cy.md", WELSH.replace("[dyddiad]", "[dyddaid]"))
    result = bilingual(desk, "check", translation=None)
    assert result.status == 65 and places(result.err, "model.cy.md") == [(3, 22)], result


def test_a_welsh_letter_that_nobody_can_get_is_noted(desk):
    desk.file("model.md", MODEL.format(one="MP"))
    desk.file("model.cy.md", WELSH)
    desk.file("list.csv", csv_text([[*DOE, "Rosa Invented"]], [*HEADER, "MP"]))
    result = desk.run("-t", "model.md", "-i", "list.csv", "check")
    assert result.status == 0 and 'model.cy.md: note: this is not used: the list has no column "language"' in result.err


def test_an_english_letter_beside_a_welsh_one(desk):
    desk.file("llythyr.cy.md", WELSH)
    desk.file("llythyr.md", MODEL.format(one="MS"))
    desk.file("list.csv", csv_text(PEOPLE, [*HEADER, "MS", "language"]))
    result = desk.run("-o", DATE, "-o", "recipient.kind=ms", "-t", "llythyr.cy.md", "-i", "list.csv", "write")
    assert result.status == 0, result
    none, _, _, bob = desk.letters("llythyr.cy")
    assert "Ysgrifennaf" in pdf_words(none) and "I am writing" in pdf_words(bob)


# Salutation and close

def warnings_of(desk, salutation, close, *arguments):
    desk.file("model.md", f"{salutation}\n\nHello.\n\n{close}\n\n[name]\n")
    desk.file("list.csv", csv_text([[*DOE, "Rosa Invented"]], [*HEADER, "MP"]))
    result = desk.run("--json", *arguments, "-t", "model.md", "-i", "list.csv", "check")
    assert result.status == 0, result
    return [p for p in result.problems("warning") if p.get("file") == "model.md" and p["line"] == 5]


@pytest.mark.parametrize("salutation, close, belongs", [
    ("Dear Sir or Madam", "Yours sincerely", "Yours faithfully"),
    ("Dear Sir/Madam,", "Yours sincerely,", "Yours faithfully"),
    ("To whom it may concern", "Yours sincerely", "Yours faithfully"),
    ("Dear Ms Smith", "Yours faithfully", "Yours sincerely"),
    ("Dear [MP's name]", "Yours faithfully", "Yours sincerely"),
    ("Dear Sir James", "Yours faithfully,", "Yours sincerely"),
    ("Annwyl Syr neu Fadam", "Yn gywir", "Yr eiddoch yn gywir"),
    ("Annwyl Syr/Madam", "Yn gywir,", "Yr eiddoch yn gywir"),
    ("Annwyl [MP]", "Yr eiddoch yn ffyddlon", "Yn gywir"),
    ("Annwyl Ms Smith", "Yours sincerely", "Yn gywir"),
    ("Annwyl Syr neu Fadam", "Yours faithfully", "Yr eiddoch yn gywir"),
    ("Dear [MP]", "Yn gywir", "Yours sincerely"),
])
def test_a_close_that_does_not_belong_to_the_salutation(desk, salutation, close, belongs):
    [warning] = warnings_of(desk, salutation, close)
    assert f'"{belongs}"' in warning["message"] and warning["column"] == 1


@pytest.mark.parametrize("salutation, close", [
    ("Dear Sir or Madam", "Yours faithfully"),
    ("Dear [MP's name]", "Yours sincerely"),
    ("Dear [MP's name|Sir or Madam]", "Yours faithfully"),
    ("Dear Ms Smith", "Kind regards"),
    ("Dear Sir or Madam", "Yours in solidarity"),
    ("Dear Minister", "Yours faithfully"),
    ("Dear Secretary of State", "Yours sincerely"),
    ("Dear [MP]", "[if ward]Yours faithfully[else]Yours sincerely[end]"),
    ("Annwyl Syr neu Fadam", "Yr eiddoch yn gywir"),
    ("Annwyl [MP]", "Yn gywir"),
    ("Annwyl [MP]", "Yr eiddoch yn gywir"),
    ("Dear [MP]", "Cofion gorau"),
])
def test_a_close_that_does(desk, salutation, close):
    assert warnings_of(desk, salutation, close) == []


def test_a_fixed_salutation_is_looked_at_too(desk):
    sir = [*FIXED, "-o", "recipient.salutation=Sir or Madam"]
    assert len(warnings_of(desk, "Dear [recipient]", "Yours sincerely", *sir)) == 1
    assert warnings_of(desk, "Dear [recipient]", "Yours faithfully", *sir) == []
    assert len(warnings_of(desk, "Dear [recipient]", "Yours faithfully", *FIXED, "-o",
                           "recipient.salutation=Dear Ms Example")) == 1
