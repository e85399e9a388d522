"""
Nothing goes that cannot be recorded: `send` on a disk that fills up while it sends, and where its folder, its ledger or
its folder of sent letters cannot be written to.
"""
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

from conftest import POSTBAG
from test_crash import load_soak

crash = load_soak()

LETTERS = 300
BEFORE_FULL = 20  # letters that arrive before the disk is full
NOBODY = 65534


@pytest.fixture
def receiver():
    with crash.Receiver() as receiver:
        yield receiver


# A full disk


@pytest.fixture
def small_disk(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("needs root, to mount a small disk")
    mount = tmp_path / "disk"
    mount.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=700", "postbag-test", mount], capture_output=True).returncode:
        pytest.skip("this machine does not let root mount a file system (a container?)")
    yield mount
    subprocess.run(["umount", "-l", mount], check=True)


def fill(path):
    """A file that takes all the room there is."""
    with open(path, "wb", buffering=0) as stream:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    stream.write(b"\0" * size)
            except OSError:
                pass


# What is on the small disk: with the letters beside it, the next one does not fit; without, the ledger itself.
@pytest.mark.parametrize("full", ["all", "ledger"])
def test_a_disk_that_fills_while_sending(tmp_path, receiver, small_disk, full):
    out = "out" if full == "all" else tmp_path / "out"
    campaign = crash.Campaign(POSTBAG, small_disk, receiver.port, LETTERS, out=out)
    campaign.home = tmp_path / "home"
    campaign.home.mkdir()

    process = campaign.start("send", "--yes")
    assert receiver.wait(lambda: receiver.arrived >= BEFORE_FULL, process), campaign.said()
    fill(small_disk / "filler")
    status = process.wait(crash.PATIENCE_S)
    receiver.settle()
    assert receiver.arrived < LETTERS, "it was done before the disk was full"
    assert status == 74, campaign.said()
    assert "disk is full" in campaign.said()

    # Still full: it says so again, and nothing more goes.
    arrived, begun = receiver.arrived, receiver.begun
    status, _, err = campaign.run("send", "--yes")
    receiver.settle()
    assert status in (73, 74) and "disk is full" in err, err
    assert (receiver.arrived, receiver.begun) == (arrived, begun), "something was sent on a full disk"

    (small_disk / "filler").unlink()
    states = campaign.letters()
    for row in receiver.delivered():
        assert states[row]["state"] in ("sent", "sending", "unsure"), states[row]  # `sending`: nobody has looked since
    for row, item in states.items():
        assert item["state"] != "sent" or receiver.delivered()[row] == 1, item
    before = receiver.delivered()

    status, _, err = campaign.run("send", "--yes")
    states = campaign.letters()
    unsure = {row for row, item in states.items() if item["state"] == "unsure"}
    assert status == (1 if unsure else 0), err
    assert len(unsure) <= 2, "more letters are unsure than were under way"
    assert not crash.judge_arrivals(campaign, receiver, states)
    assert set(receiver.delivered() - before) == set(range(1, LETTERS + 1)) - set(before) - unsure


# Where nothing can be written


@pytest.fixture
def ordinary():
    """A folder that an ordinary user reaches, with the program in it, and how to run that as one."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="postbag-test-"))
    program = folder / "postbag"
    shutil.copy(POSTBAG, program)
    how = {}
    if os.geteuid() == 0:
        how = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    yield program, folder, how
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            path.chmod(0o700)
    shutil.rmtree(folder)


def give(folder):
    """Makes all of FOLDER the ordinary user's."""
    for path in [folder, *folder.rglob("*")]:
        if os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY)


def campaign_of(ordinary, receiver, count):
    program, folder, how = ordinary
    campaign = crash.Campaign(program, folder / "campaign", receiver.port, count)
    campaign.home = folder / "home"
    campaign.home.mkdir()
    give(folder)
    return campaign, how


def ledgers(campaign):
    return [path for path in campaign.folder.iterdir() if path.name.startswith("crash.ledger")]


PROTECTED = {
    "folder": (lambda c: [c.folder], "crash.ledger"),
    "folder and ledger": (lambda c: [*ledgers(c), c.folder], "crash.ledger"),
    "ledger": (ledgers, "crash.ledger"),
    "sent letters": (lambda c: [c.folder / "out" / "crash" / "sent"], "sent"),
}


@pytest.mark.parametrize("what", PROTECTED)
def test_read_only_between_two_runs(ordinary, receiver, what):
    paths_of, named = PROTECTED[what]
    campaign, how = campaign_of(ordinary, receiver, 5)
    status, _, err = campaign.run("send", "--yes", "-r", "2", **how)
    assert status == 0 and list(receiver.delivered()) == [2], err
    begun = receiver.begun

    paths = paths_of(campaign)
    assert paths
    modes = [(path, path.stat().st_mode) for path in paths]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    status, _, err = campaign.run("send", "--yes", **how)
    assert status in (73, 74), (status, err)
    assert named in err, err
    receiver.settle()
    assert list(receiver.delivered()) == [2], "a letter went that could not be recorded"
    assert all(letter.first is None for letter in receiver.letters() if letter.row != 2), "content went"

    for path, mode in reversed(modes):
        path.chmod(mode)
    status, _, err = campaign.run("send", "--yes", **how)
    assert status == 0, err
    assert not crash.judge_arrivals(campaign, receiver, campaign.letters())
    assert receiver.begun >= begun + 4


def test_read_only_from_the_beginning(ordinary, receiver):
    campaign, how = campaign_of(ordinary, receiver, 5)
    campaign.folder.chmod(0o555)
    status, _, err = campaign.run("send", "--yes", **how)
    assert status in (73, 74), (status, err)
    assert "crash" in err, err
    assert not receiver.connections, "the server was spoken to"
    assert "ermission denied" in err or "not allowed" in err or "read-only" in err, err
