"""The command line: what it takes, what it says and how it ends."""
import json
import os
import pathlib
import pty
import random
import select
import signal
import subprocess
import time

import pytest

from conftest import DATE, MODEL, POSTBAG, ROOT, TIMEOUT_S, csv_text, pdf_words, person


@pytest.fixture
def ready(desk):
    """A desk with a model letter and a list of five, all right."""
    desk.file("model.md", MODEL)
    desk.file("list.csv", csv_text([person(i) for i in range(1, 6)]))
    return desk


BOTH = ["-t", "model.md", "-i", "list.csv"]


# Exit statuses


@pytest.mark.parametrize("status, arguments, about", [
    (0, [*BOTH, "check"], "5"),
    (0, [*BOTH, "write"], "5"),
    (0, [*BOTH, "preview"], "DRAFT"),
    (0, ["--help"], "write"),
    (0, ["--version"], "ostbag"),
    (64, [], ""),
    (64, [*BOTH], ""),
    (64, [*BOTH, "wriet"], "write"),
    (64, [*BOTH, "write", "--nonsense"], "--nonsense"),
    (64, [*BOTH, "write", "something"], "something"),
    (64, [*BOTH, "check", "-n"], "-n"),
    (64, [*BOTH, "preview", "-n", "three"], "three"),
    (64, [*BOTH, "write", "-r", "0"], "0"),
    (64, [*BOTH, "write", "-r", "6"], "6"),
    (64, [*BOTH, "write", "-r", "99999999999999999999"], "99999999999999999999"),
    (64, [*BOTH, "-j", "0", "write"], "0"),
    (64, [*BOTH, "-j", "many", "write"], "many"),
    (64, [*BOTH, "-f", "no value", "write"], "no value"),
    (64, ["-i", "list.csv", "check"], "-t"),
    (64, ["-t", "model.md", "check"], "-i"),
    (66, ["-t", "missing.md", "-i", "list.csv", "check"], "missing.md"),
    (66, ["-t", "model.md", "-i", "missing.csv", "check"], "missing.csv"),
    (66, ["-c", "missing.conf", *BOTH, "check"], "missing.conf"),
    (66, ["-t", ".", "-i", "list.csv", "check"], "."),
    (66, ["-t", "model.md", "-i", ".", "check"], "."),
    (78, ["-o", "letter.fnot=x", *BOTH, "check"], "font"),
    (78, ["-o", "leter.font=x", *BOTH, "check"], "letter"),
    (78, ["-o", "letter.font=No Such Family", *BOTH, "check"], "No Such Family"),
    (78, ["-o", "letter.date=2026-02-30", *BOTH, "check"], "2026-02-30"),
    (78, ["-o", "letter.size=enormous", *BOTH, "check"], "enormous"),
    (78, ["-o", "letter.language=tlh", *BOTH, "check"], "tlh"),
    (78, ["-o", "nonsense", *BOTH, "check"], "nonsense"),
    (73, ["-o", "campaign.out=model.md/out", *BOTH, "write"], "model.md"),
])
def test_exit_status(ready, status, arguments, about):
    result = ready.run(*arguments)
    assert result.status == status, result
    assert about in result.out + result.err, result
    if status:
        assert result.err.strip(), "every failure is explained"
        assert not list(ready.path.glob("out/**/*.pdf"))


def test_status_where_some_rows_are_left_out(ready):
    ready.file("list.csv", csv_text([person(1), person(2, Name="")]))
    for command in ("check", "preview", "write"):
        assert ready.run(*BOTH, command).status == 1


def test_status_where_nothing_can_be_done(ready):
    ready.file("list.csv", csv_text([person(1, Name=""), person(2, Name="")]))
    for command in ("check", "preview", "write"):
        assert ready.run(*BOTH, command).status == 65
    ready.file("list.csv", csv_text([person(1)]))
    ready.file("model.md", MODEL.replace("[name]", "[nmae of nobody]"))
    for command in ("check", "preview", "write"):
        assert ready.run(*BOTH, command).status == 65
    assert not list(ready.path.rglob("*.pdf"))


@pytest.mark.parametrize("content", [
    b"", b"\x00" * 100, b"\xff\xfe", random.Random(1).randbytes(4096), b"\x89PNG\r\n\x1a\n" + b"\0" * 50, b"PK\x03\x04" + bytes(range(256)) * 8,
    b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", b'"' * 5000, b"," * 5000, b"a" * 300_000, b"x,y\n" * 100, b"\n" * 100_000,
], ids=lambda content: f"{len(content)}-bytes")
def test_rubbish_for_an_input_is_refused_and_not_a_crash(ready, content):
    ready.file("rubbish", content)
    assert ready.run("-t", "rubbish", "-i", "list.csv", "check").status == 65
    assert ready.run("-t", "model.md", "-i", "rubbish", "check").status == 65
    assert ready.run("-c", "rubbish", *BOTH, "check").status in (0, 78)


# What it says


def test_json_is_one_object_a_line_and_nothing_else(ready):
    ready.file("list.csv", csv_text([person(1), person(2, Name="", Email="x"), person(3)]))
    result = ready.run("--json", "-o", DATE, *BOTH, "write")
    assert result.status == 1, result
    for line in result.out.splitlines():
        assert isinstance(json.loads(line), dict)
    assert {o["type"] for o in result.objects} <= {"problem", "letter", "summary"}
    for problem in result.problems():
        assert {"severity", "file", "line", "column", "row", "message"} <= set(problem)
        assert not problem["message"].endswith(".")
    assert [(p["file"], p["line"], p["column"], p["row"]) for p in result.problems()] == [
        ("list.csv", 3, 1, 2), ("list.csv", 3, 6, 2)]
    letters = [o for o in result.objects if o["type"] == "letter"]
    assert sorted(o["row"] for o in letters) == [1, 3]
    assert all((ready.path / o["file"]).is_file() for o in letters)
    assert result.summary["command"] == "write"
    assert (result.summary["letters"], result.summary["problem_rows"]) == (2, 1)
    assert (ready.path / result.summary["problems"]).is_file()


def test_an_error_in_json_is_an_object_too(ready):
    result = ready.run("--json", "-t", "missing.md", "-i", "list.csv", "check")
    assert result.status == 66
    assert any("missing.md" in json.dumps(o) for o in result.objects)


def test_results_on_stdout_and_everything_else_on_stderr(ready):
    ready.file("list.csv", csv_text([person(1), person(2, Name="")]))
    result = ready.run("-o", DATE, *BOTH, "write")
    assert "1 letter" in result.out and "problems.csv" in result.out
    assert "list.csv:3:1: " in result.err and "list.csv:3:1: " not in result.out
    assert "\r" not in result.err and "\x1b" not in result.err, "progress is for terminals"


def test_quiet_says_only_what_must_be_known(ready):
    result = ready.run("-q", "-o", DATE, *BOTH, "write")
    assert result.status == 0 and result.err == "", result
    result = ready.run("-q", "-t", "missing.md", "-i", "list.csv", "write")
    assert "missing.md" in result.err


def test_help_fits_a_screen(ready):
    result = ready.run("--help")
    assert result.err == "" and len(result.out.splitlines()) <= 40
    assert all(len(line) <= 100 for line in result.out.splitlines())
    for word in ("check", "preview", "write", "-t", "-i", "-f", "-j", "--json", "--combined", "-r", "-n"):
        assert word in result.out


# What it does


@pytest.mark.parametrize("arguments", [[], ["--json"], ["-v"], ["-q"], ["-j", "2"]])
def test_check_writes_nothing(ready, arguments):
    ready.file("list.csv", csv_text([person(1), person(2, Name="")]))
    before = ready.tree()
    assert ready.run(*arguments, *BOTH, "check").status == 1
    assert ready.tree() == before and not (ready.path / "out").exists()
    assert not list(ready.temporary.iterdir()), "nothing of the members stays behind"


def test_write_leaves_nothing_in_the_temporary_directory(ready):
    assert ready.run(*BOTH, "write").status == 0
    assert not list(ready.temporary.iterdir())


def test_the_list_on_standard_input(ready):
    content = (ready.path / "list.csv").read_bytes()
    assert ready.run("-o", DATE, *BOTH, "write").status == 0
    from_file = {p.name: p.read_bytes() for p in ready.letters()}
    result = ready.run("-o", DATE, "-o", "campaign.name=piped", "-t", "model.md", "-i", "-", "write", input=content)
    assert result.status == 0, result
    assert {p.name: p.read_bytes() for p in ready.letters("piped")} == from_file
    bad = csv_text([person(1), person(2, Name="")]).encode()
    result = ready.run("--json", "-t", "model.md", "-i", "-", "check", input=bad)
    assert [(p["line"], p["column"], p["row"]) for p in result.problems()] == [(3, 1, 2)]


def given(**values):
    whole = {"Name": "Jane Doe", "Address line 1": "1 High Street", "Address line 2": "Bootle", "Postcode": "l209zx",
             "Constituency": "Bootle", "MP": "Ms Ann Invented", **values}
    return [argument for name, value in whole.items() for argument in ("-f", f"{name}={value}")]


def test_fields_without_a_list_make_one_letter(ready):
    result = ready.run("-o", DATE, "-t", "model.md", *given(), "write")
    assert result.status == 0, result
    [letter] = ready.letters()
    assert "jane-doe" in letter.name
    words = pdf_words(letter)
    for value in ("Jane Doe", "1 High Street", "Bootle", "L20 9ZX", "Dear Ms Invented", "The library in our town"):
        assert value in words, words


def test_fields_without_a_list_are_checked(ready):
    result = ready.run("-t", "model.md", *given(Postcode="nowhere"), "write")
    assert result.status == 65, result
    assert "nowhere" in result.err
    assert not list(ready.path.rglob("*.pdf"))


def test_fields_with_a_list_stand_for_every_row(ready):
    result = ready.run("-o", DATE, *BOTH, "-f", "Ward=Every Ward", "write")
    assert result.status == 0, result
    assert all("The library in Every Ward" in pdf_words(letter) for letter in ready.letters())


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-", "1>&- 2>&-", "0<&- 1>&- 2>&-"])
def test_messages_go_nowhere_but_into_messages(ready, closed):
    """Started without a stream (from cron, say), the program must not open its files in its place and talk into them."""
    ready.file("list.csv", csv_text([person(1), person(2, Name=""), person(3)]))
    ready.run("-o", DATE, "-o", "campaign.name=plain", *BOTH, "write")
    whole = {p.name: p.read_bytes() for p in (ready.path / "out" / "plain").rglob("*") if p.is_file()}
    subprocess.run(["sh", "-c", f'exec "$@" {closed}', "sh", POSTBAG, "-v", "-o", DATE, "-o", "campaign.name=closed", *BOTH,
                    "write"], cwd=ready.path, env=ready.environment(), capture_output=True, timeout=TIMEOUT_S)
    made = {p.name: p.read_bytes() for p in (ready.path / "out" / "closed").rglob("*") if p.is_file()}
    assert made == whole and len(made) == 3


def test_one_row_of_the_list(ready):
    result = ready.run("-o", DATE, *BOTH, "write", "-r", "4")
    assert result.status == 0, result
    assert [p.name[:4] for p in ready.letters()] == ["0004"]


def test_the_configuration_of_the_working_directory(ready):
    (ready.path / "campaign").mkdir()
    ready.file("campaign/letter.md", MODEL)
    ready.file("campaign/members.csv", csv_text([person(1)]))
    ready.file("campaign/own.conf", "# a comment\n[campaign]\nname = library\nmodel = letter.md\nconstituents = members.csv\n"
               "out = finished\n\n[letter]\ndate = 2026-11-22\n")
    result = ready.run("-c", "campaign/own.conf", "write")
    assert result.status == 0, result
    [letter] = (ready.path / "campaign" / "finished" / "library" / "letters").glob("*")
    assert "22 November 2026" in pdf_words(letter), "paths are relative to the file"

    ready.file("postbag.conf", "[campaign]\nname = here\nmodel = model.md\nconstituents = list.csv\n")
    result = ready.run("write")
    assert result.status == 0, result
    assert len(ready.letters("here")) == 5
    result = ready.run("-o", "campaign.name=there", "write")
    assert result.status == 0 and len(ready.letters("there")) == 5, "the command line goes before the file"


def test_a_fault_in_the_configuration_is_shown_at_its_place(ready):
    ready.file("postbag.conf", "[campaign]\nname = here\n\n[letter]\nfnot = Gentium\n")
    result = ready.run(*BOTH, "check")
    assert result.status == 78, result
    assert "postbag.conf:5:" in result.err and "font" in result.err and "fnot = Gentium" in result.err
    assert "^" in result.err


def test_the_example_configuration_changes_nothing(ready):
    """Every key at its default: the letters are those that are made without a configuration."""
    example = (ROOT / "config.example").read_text()
    assert ready.run("-o", DATE, *BOTH, "write").status == 0
    plain = {p.name: p.read_bytes() for p in ready.letters()}
    ready.file("postbag.conf", example)
    result = ready.run("-o", DATE, "-o", "campaign.name=example", *BOTH, "write")
    assert result.status == 0, result
    assert {p.name: p.read_bytes() for p in ready.letters("example")} == plain


def test_a_file_whose_name_is_not_text(ready):
    name = b"m\xe9mb\x1b[31mres.csv"
    pathlib.Path(os.fsdecode(os.path.join(os.fsencode(ready.path), name))).write_bytes(
        csv_text([person(1, Name=""), person(2)]).encode())
    done = subprocess.run([POSTBAG, "-t", "model.md", "-i", name, "check"], cwd=ready.path, env=ready.environment(),
                          capture_output=True, timeout=TIMEOUT_S)
    assert done.returncode == 1, done
    done.stderr.decode()
    assert b"\x1b" not in done.stderr + done.stdout


# Questions and answers


class Terminal:
    """The program on a pseudo-terminal, and somebody who reads its questions."""

    def __init__(self, desk, *arguments):
        self.read_end, terminal = pty.openpty()
        self.process = desk.start(*arguments, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True)
        os.close(terminal)
        self.screen = ""

    def listen(self, seconds):
        """Reads until the program is silent for SECONDS; False once it has gone."""
        while select.select([self.read_end], [], [], seconds)[0]:
            try:
                piece = os.read(self.read_end, 65536)
            except OSError:
                return False
            if not piece:
                return False
            self.screen += piece.decode()
        return self.process.poll() is None

    def question(self):
        """What the program asked last and waits for, in lower case."""
        deadline = time.monotonic() + TIMEOUT_S
        while self.listen(0.3):
            last = self.screen.rstrip(" ").rsplit("\n", 2)
            asked = last[-1] if last[-1].strip() else last[-2]
            if asked.rstrip().endswith(":"):
                return asked.strip().lower()
            assert time.monotonic() < deadline, self.screen
        return None

    def answer(self, text):
        os.write(self.read_end, text.encode() + b"\n")

    def end(self):
        self.listen(0.2)
        status = self.process.wait(timeout=TIMEOUT_S)
        os.close(self.read_end)
        return status


def converse(terminal, answers, questions_max=12):
    asked = []
    while len(asked) < questions_max and (question := terminal.question()) is not None:
        asked.append(question)
        for key, answer in answers:
            if key in question:
                terminal.answer(answer.pop(0) if isinstance(answer, list) and len(answer) > 1 else
                                answer[0] if isinstance(answer, list) else answer)
                break
        else:
            terminal.answer("")
    return asked


ANSWERS = [("postcode", "sy231ab"), ("address", "14 Heol y Bont\nAberystwyth\n"), ("constituency", "Ceredigion Preseli"),
           ("ward", ""), ("mp", "Ifan Madryn"), ("name", "Siân Wyn")]


def test_four_questions_make_one_letter(ready):
    model = MODEL.replace("Please ask", "[personal message]\n\nPlease ask")
    ready.file("mine.md", model)
    terminal = Terminal(ready, "-o", DATE, "-t", "mine.md", "write")
    asked = converse(terminal, [("own", "I learnt to read there."), ("message", "I learnt to read there."), *ANSWERS])
    assert terminal.end() == 0, terminal.screen
    [letter] = ready.letters("mine")
    assert "sian-wyn" in letter.name
    words = pdf_words(letter)
    for value in ("Siân Wyn", "14 Heol y Bont", "Aberystwyth", "SY23 1AB", "Dear Ifan Madryn", "Ceredigion Preseli",
                  "I learnt to read there.", "The library in our town"):
        assert value in words, (value, words, terminal.screen)
    assert letter.name in terminal.screen, "it says where the letter is"
    for key in ("name", "address", "postcode"):
        assert any(key in question for question in asked), asked


def test_a_wrong_postcode_is_asked_for_again(ready):
    terminal = Terminal(ready, "-o", DATE, "-t", "model.md", "write")
    asked = converse(terminal, [("postcode", ["nonsense", "sy231ab"]), *ANSWERS[1:]])
    assert terminal.end() == 0, terminal.screen
    assert sum("postcode" in question for question in asked) == 2, terminal.screen
    assert "SY23 1AB" in pdf_words(ready.letters()[0])


@pytest.mark.parametrize("key", [b"\x03", b"\x04"])
def test_ctrl_c_or_the_end_of_input_at_a_question_writes_nothing(ready, key):
    """With no controlling terminal Ctrl-C is sent as its signal."""
    terminal = Terminal(ready, "-t", "model.md", "write")
    assert terminal.question() is not None, terminal.screen
    if key == b"\x03":
        terminal.process.send_signal(signal.SIGINT)
    else:
        os.write(terminal.read_end, key)
    assert terminal.end() == 130, terminal.screen
    assert not (ready.path / "out").exists()


def test_without_a_terminal_nothing_is_asked(ready):
    result = ready.run("-t", "model.md", "write")
    assert result.status == 64, result


def test_progress_on_a_terminal(ready):
    ready.file("list.csv", csv_text([person(i) for i in range(2000)]))
    terminal = Terminal(ready, "-o", DATE, *BOTH, "write")
    assert terminal.end() == 0, terminal.screen
    assert "%" in terminal.screen and "a second" in terminal.screen
    assert "2,000 letters" in terminal.screen.rsplit("\r", 1)[-1] or "2,000 letters in" in terminal.screen
