"""Ctrl-C, and a disk that is full: no half file, a word on what was done, and the same command completes it."""
import json
import os
import signal
import subprocess
import time

import pytest

from conftest import DATE, MODEL, TIMEOUT_S, csv_text, pdf_text, person

ROWS = 3000


def list_of(desk, count=ROWS):
    desk.file("model.md", MODEL)
    desk.file("list.csv", csv_text([person(i) for i in range(count)]))


def assert_only_whole_files(directory):
    for path in directory.rglob("*"):
        if path.is_file():
            assert not path.name.startswith(".unfinished-"), path
        if path.suffix == ".pdf":
            content = path.read_bytes()
            assert content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF"), path


def interrupt(desk, ready, *arguments):
    """Starts `write`, sends SIGINT as soon as READY says so, and returns status, stdout and stderr."""
    process = desk.start("-o", DATE, "-t", "model.md", "-i", "list.csv", *arguments)
    deadline = time.monotonic() + TIMEOUT_S
    while process.poll() is None and not ready() and time.monotonic() < deadline:
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=TIMEOUT_S)
    return process.returncode, out.decode(), err.decode()


@pytest.mark.parametrize("jobs", ["1", "4"])
def test_an_interrupted_run_leaves_whole_letters_and_is_completed_by_the_next(desk, jobs):
    list_of(desk)
    letters = desk.path / "out" / "model" / "letters"

    def some_are_written():
        return letters.is_dir() and len(os.listdir(letters)) >= 40

    status, out, err = interrupt(desk, some_are_written, "-j", jobs, "write")
    assert status == 130, (out, err)
    assert_only_whole_files(desk.path / "out")
    done = len(list(letters.glob("*.pdf")))
    assert 40 <= done < ROWS
    assert f"{done:,} letter" in out + err, "it says how many letters there are"
    assert f"{ROWS:,}" in out + err, "and of how many"
    assert not list(desk.temporary.iterdir())

    result = desk.write("model.md", "list.csv")
    assert result.status == 0, result
    assert len(list(letters.iterdir())) == ROWS
    assert_only_whole_files(desk.path / "out")
    assert person(2999)[0] in pdf_text(letters / sorted(os.listdir(letters))[-1])


def test_interrupted_while_combining(desk):
    list_of(desk)

    def something_is_there():
        return (desk.path / "out" / "model").is_dir()

    status, out, err = interrupt(desk, something_is_there, "-j", "1", "write", "--combined")
    assert status == 130, (out, err)
    assert_only_whole_files(desk.path / "out")
    result = desk.write("model.md", "list.csv", "--combined")
    assert result.status == 0, result
    assert_only_whole_files(desk.path / "out")
    assert list((desk.path / "out" / "model").glob("letters*.pdf"))


def test_what_a_killed_run_left_is_cleared_away(desk):
    list_of(desk, 3)
    letters = desk.path / "out" / "model" / "letters"
    letters.mkdir(parents=True)
    (letters / ".unfinished-0001-person.pdf").write_bytes(b"%PDF-1.7 half")
    result = desk.write("model.md", "list.csv")
    assert result.status == 0, result
    assert_only_whole_files(desk.path / "out")
    assert len(list(letters.iterdir())) == 3


def test_interrupted_in_json(desk):
    list_of(desk)
    letters = desk.path / "out" / "model" / "letters"
    status, out, err = interrupt(desk, lambda: letters.is_dir() and len(os.listdir(letters)) >= 40, "--json", "write")
    assert status == 130, (out, err)
    objects = [json.loads(line) for line in out.splitlines()]
    [summary] = [o for o in objects if o["type"] == "summary"]
    assert summary["letters"] == len([o for o in objects if o["type"] == "letter"]) == len(list(letters.glob("*.pdf")))


@pytest.fixture
def small_disk(desk):
    """A file system of a megabyte, mounted where the letters go."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to mount a small disk")
    mount = desk.path / "out"
    mount.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "postbag-test", mount], capture_output=True).returncode:
        pytest.skip("this machine does not let root mount a file system (a container?)")
    yield mount
    subprocess.run(["umount", "-l", mount], check=True)


@pytest.mark.parametrize("arguments", [["-j", "1"], ["-j", "4"], ["--combined"]])
def test_a_full_disk_leaves_no_half_file(desk, small_disk, arguments):
    list_of(desk, 5000 if "--combined" in arguments else 1200)
    result = desk.write("model.md", "list.csv", *arguments)
    assert result.status == 74, result
    assert "disk is full" in result.err
    assert_only_whole_files(small_disk)
    whole = len(list(small_disk.rglob("*.pdf")))
    if "--combined" not in arguments:
        assert whole > 0 and f"{whole:,} letter" in result.out + result.err, result
    subprocess.run(["mount", "-o", "remount,size=200m", small_disk], check=True)
    result = desk.write("model.md", "list.csv", *arguments)
    assert result.status == 0, result
    assert_only_whole_files(small_disk)
    if "--combined" not in arguments:
        assert len(desk.letters()) == 1200


def test_a_full_disk_for_problems_csv(desk, small_disk):
    desk.file("model.md", MODEL)
    desk.file("list.csv", csv_text([person(1)] + [person(i, Name="", Ward="w" * 900) for i in range(2, 2500)]))
    result = desk.write("model.md", "list.csv")
    assert result.status == 74, result
    assert "disk is full" in result.err
    assert_only_whole_files(small_disk)


def test_no_room_for_the_temporary_copy_of_the_list(desk, small_disk):
    list_of(desk, 20000)
    desk.temporary = small_disk
    result = desk.write("model.md", "list.csv", "-o", "campaign.out=elsewhere")
    assert result.status in (73, 74), result
    assert "disk is full" in result.err
