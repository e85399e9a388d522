#!/usr/bin/python3
"""
How fast letters are sent: `postbag send` with eight connections beside Postfix's smtp-source with eight sessions and
messages of the same size, and beside Python's smtplib with the same messages, on one connection and on eight threads;
all of them to Postfix's smtp-sink, which counts what it was sent. smtp-source opens a connection for each message; with
its option -d it keeps them, which is the limit of what this machine can send and receive at all.

    python3 tests/bench/send.py [build/postbag]        make bench

Postbag is timed as a whole process: reading and checking the list, making and packing the letters with their PDFs, the
ledger, which is flushed to the disk before a letter goes and after it went, and the copies in out/NAME/sent. The others
have their messages ready in memory. Each round runs all of them against a sink of their own, in an order that is turned
round from round to round; the figures are the medians. All of it once on tmpfs (/dev/shm), where flushing costs nothing,
and once on the disk that the program was built on.
These are measurements and no test: nothing here fails for being slow. It does fail where messages are missing.
"""
import argparse
import os
import pathlib
import re
import smtplib
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "soak"))
from crash import Campaign  # noqa: E402

MODEL = ROOT / "templates" / "mod-shared-services.md"
SHM = pathlib.Path("/dev/shm")
CONNECTIONS = 8
PROMISED = {"smtp-source": 0.5, "smtplib": 2, "smtplib, 8 threads": 2}  # Postbag is to be so many times as fast


class Sink:
    """Postfix's smtp-sink on a port of its own; it counts on a terminal's line, which is a file here."""

    def __init__(self, place):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.counter = place / f"sink-{self.port}"
        as_user = ["-u", "nobody"] if os.geteuid() == 0 else []
        program = next((p for p in ("/usr/sbin/smtp-sink", "/usr/lib/postfix/sbin/smtp-sink") if os.path.exists(p)), "smtp-sink")
        with open(self.counter, "wb") as out:
            self.process = subprocess.Popen([program, *as_user, "-c", f"inet:127.0.0.1:{self.port}", "128"], stdout=out)
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except ConnectionRefusedError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    sys.exit("smtp-sink does not start")
                time.sleep(0.01)

    def count(self):
        """How many messages it has been sent."""
        return int((re.findall(r"mesg=(\d+)", self.counter.read_text()) or [0])[-1])

    def close(self, wanted, who):
        deadline = time.monotonic() + 5
        while self.count() < wanted and time.monotonic() < deadline:
            time.sleep(0.01)
        self.process.terminate()
        self.process.wait()
        if self.count() != wanted:
            sys.exit(f"{who}: {self.count()} messages came to the sink, and not {wanted}")


# The three senders. Each returns its seconds, and Postbag its processor seconds.


def by_postbag(sink, place, postbag, letters, number):
    campaign = Campaign(postbag, place / f"campaign-{number}", sink.port, letters, CONNECTIONS, MODEL.read_text())
    started = time.monotonic()
    process = campaign.start("-q", "send", "--yes")
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"postbag ended with status {process.returncode}, smtp-sink {'lives' if sink.process.poll() is None else 'is gone'}: "
                 f"{campaign.said()}")
    return seconds, usage.ru_utime + usage.ru_stime


def by_source(sink, count, size, *options):
    started = time.monotonic()
    subprocess.run(["smtp-source", *options, "-s", str(CONNECTIONS), "-l", str(size), "-m", str(count), f"inet:127.0.0.1:{sink.port}"],
                   check=True, env=dict(os.environ, PATH=os.environ.get("PATH", "") + ":/usr/sbin"))
    return time.monotonic() - started


def by_smtplib(sink, messages, threads):
    def send(mine):
        with smtplib.SMTP("127.0.0.1", sink.port) as server:
            for message in mine:
                server.sendmail("branch@union.example", ["mp@parliament.example"], message)

    workers = [threading.Thread(target=send, args=(messages[i::threads],)) for i in range(threads)]
    started = time.monotonic()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return time.monotonic() - started


# Measuring


def file_system(path):
    """The type of the file system that PATH is on."""
    found = subprocess.run(["stat", "-f", "-c", "%T", path], capture_output=True, text=True, check=True)
    return found.stdout.strip()


def measure(postbag, place, letters, rounds):
    sink = Sink(place)
    by_postbag(sink, place, postbag, letters, "first")  # warms the caches, and makes the messages
    sink.close(letters, "postbag")
    messages = [path.read_bytes() for path in sorted((place / "campaign-first" / "out" / "crash" / "sent").glob("*.eml"))]
    size = sum(map(len, messages)) // len(messages)
    seconds = {"Postbag": [], "smtp-source": [], "smtp-source -d": [], "smtplib": [], "smtplib, 8 threads": []}
    processor = []
    for number in range(rounds):
        for who in list(seconds)[:: -1 if number % 2 else 1]:
            sink = Sink(place)
            if who == "Postbag":
                taken, used = by_postbag(sink, place, postbag, letters, number)
                processor.append(used)
            elif who.startswith("smtp-source"):
                taken = by_source(sink, letters, size, *who.split()[1:])
            else:
                taken = by_smtplib(sink, messages, 1 if who == "smtplib" else CONNECTIONS)
            seconds[who].append(taken)
            sink.close(letters, who)
    rates = {who: letters / statistics.median(taken) for who, taken in seconds.items()}
    print(f"{letters:,} letters to smtp-sink on {file_system(place)}, {size:,} bytes a message; "
          f"messages a second, medians of {rounds} (and from, to):")
    for who, rate in rates.items():
        spread = f"({letters / max(seconds[who]):,.0f} to {letters / min(seconds[who]):,.0f})"
        ratio = rates["Postbag"] / rate
        if who == "Postbag":
            said = f"{statistics.median(processor) / letters * 1000:.2f} ms of processor a message"
        elif who in PROMISED:
            said = f"Postbag is {ratio:.2f} of it; promised: {PROMISED[who]}{'' if ratio >= PROMISED[who] else ', and missed'}"
        else:
            said = f"Postbag is {ratio:.2f} of it"
        print(f"  {who:18} {rate:6,.0f} {spread:17} {said}", flush=True)


def main():
    parser = argparse.ArgumentParser(description="Postbag beside smtp-source and smtplib, in messages a second")
    parser.add_argument("postbag", nargs="?", default=ROOT / "build" / "postbag", type=os.path.abspath)
    parser.add_argument("--letters", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    for where in (SHM if SHM.is_dir() else None, os.path.dirname(given.postbag)):
        with tempfile.TemporaryDirectory(prefix="postbag-send-", dir=where) as name:
            measure(given.postbag, pathlib.Path(name), given.letters, given.rounds)


if __name__ == "__main__":
    main()
