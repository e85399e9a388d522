#!/usr/bin/env python3
"""
Sending, killed: a campaign of letters to invented MPs goes to a receiver on this computer, and `send` (or, with --webhook,
`petition`) is killed with SIGKILL at many moments and started again each time, until every letter was sent or is listed as
unsure. Then the receiver's log is held against the ledger:

 - no letter arrived twice, and each arrived or is unsure; what came is, byte for byte, what the folder sent/ holds;
 - a letter is unsure only if a kill cut it off: an e-mail behind the receiver's 354, the answer that invites the content,
   for from there on the sender may have begun, and the log shows of most that it had; a request to a petition, which nobody
   invites, if it came in part or as a whole, or if the kill came while it was to be written;
 - all unsure together are less than 5 in 100.

    crash.py [POSTBAG] [KILLS] [--webhook] [--letters N] [--folder DIR] [--seed N]

tests/program/test_crash.py calls the same with few kills; test_full_disk.py and the programs in tests/bench use the
campaign and the receiver.
"""
import argparse
import collections
import csv
import hashlib
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

UNSURE_MAX_PERCENT = 5
PATIENCE_S = 120  # for anything that must come at once: the same runs under AddressSanitizer on a busy machine
START_KILLS = 10  # every tenth kill falls before the first letter of a run, the others among the letters
WAIT_LETTERS_MAX, WAIT_S_MAX = 15, 0.020  # what is waited for before a kill: so many letters more, and so long

MODEL = """\
Subject: The library in [Address line 2]

[Address line 1]
[Address line 2]
[Postcode]

[Date]

Dear [MP's name]

I am a constituent in [constituency], and I write about the library.

Please ask the council to keep it open.

Yours sincerely

[name]
"""
HEADER = ["Name", "Address line 1", "Address line 2", "Postcode", "Email", "Constituency", "MP", "MP e-mail", "Agreed"]


# The campaign


def spelled(i):
    """A number as letters, so that it can stand in a name: 0 is Ba, 1 is Be …"""
    consonants, vowels = "bcdfghjklmnprstvwz", "aeiou"
    text = ""
    while True:
        i, rest = divmod(i, len(consonants) * len(vowels))
        text = consonants[rest // len(vowels)] + vowels[rest % len(vowels)] + text
        if i == 0:
            return text.capitalize()


def address_of(row):
    """Each letter goes to an MP of its own: so the receiver knows a letter before its content has come."""
    return f"mp{row}@parliament.example"


def row_of(address):
    return int(re.fullmatch(r"mp(\d+)@parliament\.example", address)[1])


def person(row):
    postcode = f"L{row // 2000 % 30 + 1} {row // 200 % 10}{'ABDEFGHJLN'[row // 20 % 10]}{'ABDEFGHJLNPQRSTUWXYZ'[row % 20]}"
    return [f"Person {spelled(row)} {spelled(row * 7919 % 100003)}", f"{row} High Street", "Seaforth", postcode,
            f"person{row}@mail.example", f"Constituency {spelled(row)}", f"Invented {spelled(row)}", address_of(row), "yes"]


class Campaign:
    """
    A folder with a model letter, a list of COUNT people who agreed, and a configuration; and `send` in it. WEBHOOK: the
    settings of a petition, and `petition`.
    """

    def __init__(self, postbag, folder, port, count, connections=2, model=None, out="out", webhook=None):
        self.postbag, self.folder, self.count = str(postbag), pathlib.Path(folder), count
        self.home = self.folder / "home"  # nothing of whoever runs this is used or touched
        self.home.mkdir(parents=True, exist_ok=True)
        (self.folder / "model.md").write_text(model or MODEL)
        with open(self.folder / "list.csv", "w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(HEADER)
            writer.writerows(person(row) for row in range(1, count + 1))
        self.command = "send" if webhook is None else "petition"
        section, settings = "smtp", {"to": "mp", "host": "127.0.0.1", "port": port, "security": "none", "connections": connections,
                                     "from": "Example Branch <branch@union.example>"}
        if webhook is not None:
            section, settings = "webhook", {"url": f"http://127.0.0.1:{port}/petition", "in_flight": connections, **webhook}
        (self.folder / "postbag.conf").write_text(
            f"[campaign]\nname = crash\nmodel = model.md\nconstituents = list.csv\nconsent = Agreed\nout = {out}\n\n"
            f"[letter]\ndate = 2026-11-22\n\n[{section}]\n" + "".join(f"{key} = {value}\n" for key, value in settings.items()))

    def start(self, *arguments, **how):
        """The program in the background; what it says goes to the files stdout and stderr."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("POSTBAG")}
        environment.update(LC_ALL="C.UTF-8", HOME=str(self.home), TMPDIR=str(self.home), XDG_DATA_HOME=str(self.home / "data"),
                           XDG_STATE_HOME=str(self.home / "state"))
        with open(self.home / "stdout", "wb") as out, open(self.home / "stderr", "wb") as err:
            how = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": err, "cwd": self.folder, "env": environment, **how}
            return subprocess.Popen([self.postbag, *arguments], **how)

    def said(self):
        return "".join((self.home / name).read_text(errors="replace") for name in ("stdout", "stderr"))

    def run(self, *arguments, timeout=PATIENCE_S, **how):
        """The program to its end: its status, stdout and stderr."""
        process = self.start(*arguments, **how)
        try:
            status = process.wait(timeout)
        finally:
            process.kill()
        return status, (self.home / "stdout").read_text(), (self.home / "stderr").read_text()

    def letters(self, state="all"):
        """The letters of the ledger by row, as `status` says: those in STATE, or all."""
        status, out, err = self.run("--json", "status", "--rows", state)
        if status != 0:
            raise Failure(f"status ended with {status}: {out}{err}")
        return {o["row"]: o for o in map(json.loads, out.splitlines()) if o["type"] == "letter"}


class Failure(Exception):
    """What the program has promised and not kept."""


# The receiver


class Letter:
    """One transaction as the receiver saw it; the times are of time.monotonic(), None for what did not come."""

    def __init__(self, connection, row, mail):
        self.connection, self.row, self.mail, self.named = connection, row, mail, time.monotonic()
        self.invited = self.first = self.dot = self.answered = None  # 354 sent, first byte, final dot, 250 sent
        self.message_id, self.size, self.digest = None, 0, None


class Connection:
    def __init__(self, number, opened):
        self.number, self.opened, self.closed, self.letters = number, opened, None, []


class Receiver:
    """
    An SMTP server on the loopback interface that takes every message, a thread a connection, and keeps a log. As servers
    do, it takes a message whose final dot has come, also where the sender is gone by then.
    """

    channel, webhook = "e-mail", None

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.connections = []
        self.changed = threading.Condition()
        self.arrived = 0  # messages whose final dot has come
        self.begun = 0  # MAIL commands
        self.open = 0
        self.door = threading.Thread(target=self.accept, daemon=True)
        self.door.start()

    def close(self):
        """Wakes the thread that waits at the door, lest it open the door of the next receiver of this process."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.door.join()
        self.listener.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            with self.changed:
                connection = Connection(len(self.connections), time.monotonic())
                self.connections.append(connection)
                self.open += 1
            threading.Thread(target=self.serve, args=(peer, connection), daemon=True).start()

    def serve(self, peer, connection):
        try:
            with peer:
                peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.converse(peer, connection)
        except OSError:  # the sender was killed
            pass
        finally:
            with self.changed:
                connection.closed = time.monotonic()
                self.open -= 1
                self.changed.notify_all()

    def converse(self, peer, connection):
        buffer, letter, mail = b"", None, None
        peer.sendall(b"220 receiver.example ESMTP\r\n")
        while True:
            while b"\n" not in buffer:
                piece = peer.recv(65536)
                if not piece:
                    return
                buffer += piece
            line, _, buffer = buffer.partition(b"\n")
            verb = line[:4].upper()
            if verb == b"EHLO":
                peer.sendall(b"250-receiver.example\r\n250-8BITMIME\r\n250 SIZE 40000000\r\n")
            elif verb == b"MAIL":
                mail = time.monotonic()
                with self.changed:
                    self.begun += 1
                    self.changed.notify_all()
                peer.sendall(b"250 2.1.0 Ok\r\n")
            elif verb == b"RCPT":
                letter = Letter(connection, row_of(re.search(rb"<(.*?)>", line)[1].decode()), mail)
                connection.letters.append(letter)
                peer.sendall(b"250 2.1.5 Ok\r\n")
            elif verb == b"DATA":
                letter.invited = time.monotonic()
                peer.sendall(b"354 Go on\r\n")
                if not self.take(peer, letter):
                    return
            elif verb == b"QUIT":
                peer.sendall(b"221 2.0.0 Bye\r\n")
                return
            else:
                peer.sendall(b"250 2.0.0 Ok\r\n")

    def take(self, peer, letter):
        """The content up to its final dot. False: the sender is gone before."""
        content = bytearray()
        while not content.endswith(b"\r\n.\r\n"):
            try:
                piece = peer.recv(262144)
            except OSError:
                piece = b""
            if piece and letter.first is None:
                letter.first = time.monotonic()
            content += piece
            if not piece:
                break
        found = re.search(rb"(?im)^message-id:\s*(<[^>]*>)", content)
        letter.message_id = found[1].decode() if found else None
        letter.size = len(content)
        if not content.endswith(b"\r\n.\r\n"):
            return False
        letter.dot = time.monotonic()
        letter.digest = digest_of(bytes(content[:-3]).replace(b"\r\n..", b"\r\n."))
        with self.changed:
            self.arrived += 1
            self.changed.notify_all()
        peer.sendall(b"250 2.0.0 Ok: queued\r\n")
        letter.answered = time.monotonic()
        return True

    def wait(self, done, process=None):
        """Until DONE() or the end of PROCESS; whether DONE()."""
        deadline = time.monotonic() + PATIENCE_S
        with self.changed:
            while not done():
                if process is not None and process.poll() is not None:
                    return done()
                if time.monotonic() > deadline:
                    raise Failure(f"nothing came to the receiver for {PATIENCE_S} s")
                self.changed.wait(0.02)
        return True

    def settle(self):
        """Until it has read everything that senders, now dead, have left in their connections."""
        self.wait(lambda: self.open == 0)

    def identify(self, campaign):
        """Names the letters of which too little came to know them; nothing is to do where the envelope says it."""

    @staticmethod
    def digest_of_kept(content):
        """Of what a file in sent/ holds, to be compared with a letter's."""
        return digest_of(content)

    def letters(self):
        return [letter for connection in self.connections for letter in connection.letters]

    def delivered(self):
        """How often each row's letter arrived."""
        return collections.Counter(letter.row for letter in self.letters() if letter.dot is not None)

    def write_log(self, path):
        events = []
        for connection in self.connections:
            events.append((connection.opened, connection.number, "connection", ""))
            if connection.closed is not None:
                events.append((connection.closed, connection.number, "closed", ""))
            for letter in connection.letters:
                who = "?" if letter.row is None else address_of(letter.row)
                moments = {"MAIL": letter.mail, "RCPT": letter.named, "354 sent": letter.invited, "first byte": letter.first,
                           "final dot": letter.dot, "250 sent": letter.answered}
                events += [(moment, connection.number, what, f"{who} {letter.message_id or ''}")
                           for what, moment in moments.items() if moment is not None]
        with open(path, "w", encoding="utf-8") as stream:
            for moment, connection, what, detail in sorted(events):
                print(f"{moment:.6f} {connection:4} {what} {detail}", file=stream)


class Petition(Receiver):
    """
    The same over HTTP/1.1: a petition, which has a letter as soon as the whole request has come. Of a Letter, `mail` is when
    the request's first byte came, `named` when its header, and `dot` when all of it; nothing is invited.
    """

    channel, webhook = "petition", {"attach": "pdf", "timeout": PATIENCE_S}

    def __init__(self):
        super().__init__()
        self.rows = {}  # by the names of those who write

    def converse(self, peer, connection):
        buffer = b""
        while True:
            if not buffer and not (buffer := peer.recv(262144)):
                return
            letter = Letter(connection, None, time.monotonic())
            letter.named = None
            connection.letters.append(letter)
            with self.changed:
                self.begun += 1
                self.changed.notify_all()
            buffer = self.take_request(peer, letter, buffer)
            if buffer is None:
                return

    def take_request(self, peer, letter, buffer):
        """One request, and the answer. Returns what came behind it, or None: the sender is gone."""
        length = None
        while length is None or len(buffer) < length:
            if length is None and b"\r\n\r\n" in buffer:
                head, buffer = buffer.split(b"\r\n\r\n", 1)
                letter.named = time.monotonic()
                letter.message_id = re.search(rb"(?im)^webhook-id: *(\S+)", head)[1].decode()
                length = int(re.search(rb"(?im)^content-length: *(\d+)", head)[1])
                continue
            try:
                piece = peer.recv(262144)
            except OSError:
                piece = b""
            if not piece:
                return None
            buffer += piece
            if length is not None and letter.first is None:
                letter.first = time.monotonic()
        body, buffer = buffer[:length], buffer[length:]
        letter.row = self.rows.get(json.loads(body)["data"]["constituent"]["name"], 0)
        letter.digest, letter.size, letter.dot = hashlib.sha256(body).hexdigest(), len(body), time.monotonic()
        with self.changed:
            self.arrived += 1
            self.changed.notify_all()
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        letter.answered = time.monotonic()
        return buffer

    def identify(self, campaign):
        """By the requests that were put aside, which bear the same id."""
        known = {}
        for path in (campaign.folder / "out" / "crash" / "sent").glob("*.http"):
            head = path.read_bytes().split(b"\r\n\r\n", 1)[0]
            known[re.search(rb"(?im)^webhook-id: *(\S+)", head)[1].decode()] = int(path.name[:4])
        for letter in self.letters():
            if letter.row is None and letter.message_id is not None:
                letter.row = known.get(letter.message_id, 0)

    @staticmethod
    def digest_of_kept(content):
        return hashlib.sha256(content.split(b"\r\n\r\n", 1)[1]).hexdigest()


def digest_of(message):
    """Of a message without the line ends behind its last line: SMTP libraries may add one."""
    return hashlib.sha256(message.rstrip(b"\r\n")).hexdigest()


# Killing


class Life:
    """One run: from STARTED to a kill at KILLED (None: it ended by itself), dead by DEAD."""

    def __init__(self):
        self.started, self.killed, self.dead, self.status = time.monotonic(), None, None, None


class Killer:
    def __init__(self, campaign, receiver, kills, seed):
        self.campaign, self.receiver, self.kills = campaign, receiver, kills
        self.chance = random.Random(seed)
        self.lives = []
        sys.setswitchinterval(0.0005)  # the receiver's threads are not to hold a kill up
        self.start_s = None  # from the start to the first letter, as measured last
        self.rate = 500.0  # letters a second while sending, as measured lately
        self.early = 0  # kills before a run's first letter

    def count(self):
        return sum(life.killed is not None for life in self.lives)

    def wait_for_letters(self, process):
        """Some letters more, then a moment: chosen so that the letters last for the kills that are left."""
        begun, arrived = self.receiver.begun, self.receiver.arrived
        share = (self.campaign.count - arrived) / (self.kills - self.count() + 1)
        if not self.receiver.wait(lambda: self.receiver.begun > begun, process):
            return
        sending = time.monotonic()
        self.start_s = sending - self.lives[-1].started
        letters = self.chance.randint(0, min(WAIT_LETTERS_MAX, int(share * 0.8)))
        self.receiver.wait(lambda: self.receiver.arrived >= arrived + letters, process)
        time.sleep(self.chance.uniform(0, min(WAIT_S_MAX, share * 0.8 / self.rate)))
        self.rate = 0.8 * self.rate + 0.2 * (self.receiver.arrived - arrived) / (time.monotonic() - sending)

    def live(self, kill):
        """One run, killed if KILL says so and it lives until then."""
        life = Life()
        self.lives.append(life)
        process = self.campaign.start(self.campaign.command, "--yes")
        try:
            if kill and self.start_s is not None and self.count() % START_KILLS == START_KILLS - 1:
                self.early += 1
                time.sleep(self.chance.uniform(0, self.start_s))
            elif kill:
                self.wait_for_letters(process)
            if kill and process.poll() is None:
                life.killed = time.monotonic()
                process.send_signal(signal.SIGKILL)
            life.status = process.wait(PATIENCE_S)
        finally:
            process.kill()
        life.dead = time.monotonic()
        if life.status != -signal.SIGKILL:
            life.killed = None  # it was quicker
        self.receiver.settle()
        return life

    def run(self):
        while True:
            life = self.live(self.count() < self.kills)
            if life.killed is not None:
                continue
            if life.status not in (0, 1):
                raise Failure(f"run {len(self.lives)} of {self.campaign.command} ended with status {life.status}:\n{self.campaign.said()}")
            return life.status

    def life_of(self, connection):
        return next(life for life in reversed(self.lives) if life.started <= connection.opened)


# Judging


def judge_arrivals(campaign, receiver, states):
    """No letter came twice, all that are due came, and with the bytes that were kept. Returns what is wrong."""
    wrong = []
    delivered, ids = receiver.delivered(), collections.defaultdict(set)
    for letter in receiver.letters():
        if letter.message_id is not None and letter.row is not None:
            ids[letter.row].add(letter.message_id)
    wrong += [f"row {row}: arrived {times} times" for row, times in delivered.items() if times > 1]
    wrong += [f"row {row}: several ids: {', '.join(sorted(found))}" for row, found in ids.items() if len(found) > 1]
    shared = collections.Counter(i for found in ids.values() for i in found)
    wrong += [f"id {i} of {n} letters" for i, n in shared.items() if n > 1]
    for row in range(1, campaign.count + 1):
        state = states.get(row, {}).get("state")
        if state not in ("sent", "unsure"):
            wrong.append(f"row {row}: {state} in the end")
        elif state == "sent" and delivered[row] != 1:
            wrong.append(f"row {row}: sent, says the ledger, and it did not arrive")
    wrong += [f"row {row}: arrived, and is not in the list" for row in delivered if not 1 <= row <= campaign.count]
    for letter in receiver.letters():
        item = states.get(letter.row)
        if letter.dot is None or item is None:
            continue
        if receiver.channel == "e-mail" and item.get("message_id") != letter.message_id:
            wrong.append(f"row {letter.row}: came as {letter.message_id}, status says {item.get('message_id')}")
        if "file" not in item or receiver.digest_of_kept((campaign.folder / item["file"]).read_bytes()) != letter.digest:
            wrong.append(f"row {letter.row}: other bytes came than {item.get('file')} holds")
    return wrong


class Unsure:
    """How many letters are unsure, by what the receiver's log shows of them."""

    def __init__(self):
        self.whole = self.begun = self.invited = 0
        self.longest_s = 0.0  # from the answer 250 to the kill, of those that had it

    def __len__(self):
        return self.whole + self.begun + self.invited


def judge_unsure(killer, receiver, states):
    """Each letter that is unsure was cut off by a kill behind its 354, and was not begun again. With what is wrong."""
    unsure, wrong = Unsure(), []
    attempts = collections.defaultdict(list)
    for letter in receiver.letters():
        attempts[letter.row].append(letter)
    for row, item in states.items():
        if item["state"] != "unsure":
            continue
        invited = [letter for letter in attempts[row] if letter.invited is not None]
        if not invited:
            wrong.append(f"row {row}: unsure, and no content was ever invited")
            continue
        last, life = invited[-1], killer.life_of(invited[-1].connection)
        if life.killed is None or last.connection.closed < life.killed:
            wrong.append(f"row {row}: unsure, and no kill cut it off")
        elif last.invited > life.dead:
            wrong.append(f"row {row}: unsure, and its 354 came after the kill")
        elif last is not attempts[row][-1]:
            wrong.append(f"row {row}: unsure, and it was begun again")
        elif last.dot is None and last is not last.connection.letters[-1]:
            wrong.append(f"row {row}: unsure, and its connection went on without it")
        elif last.dot is not None:
            unsure.whole += 1
            if last.answered is not None:
                unsure.longest_s = max(unsure.longest_s, life.killed - last.answered)
        elif last.first is not None:
            unsure.begun += 1
        else:
            unsure.invited += 1
    return unsure, wrong


def judge_unsure_requests(killer, receiver, states):
    """The same for a petition: each was cut off by a kill. Those of which nothing came are so few as a kill can cut off."""
    unsure, wrong = Unsure(), []
    attempts = collections.defaultdict(list)
    for letter in receiver.letters():
        attempts[letter.row].append(letter)
    for row, item in states.items():
        if item["state"] != "unsure":
            continue
        if not attempts[row]:
            unsure.invited += 1
            continue
        last, life = attempts[row][-1], killer.life_of(attempts[row][-1].connection)
        if life.killed is None or last.connection.closed < life.killed:
            wrong.append(f"row {row}: unsure, and no kill cut it off")
        elif len(attempts[row]) > 1:
            wrong.append(f"row {row}: unsure, and it was begun {len(attempts[row])} times")
        elif last.dot is None and last is not last.connection.letters[-1]:
            wrong.append(f"row {row}: unsure, and its connection went on without it")
        elif last.dot is not None:  # once answered, its connection may have served another before the kill
            unsure.whole += 1
            if last.answered is not None:
                unsure.longest_s = max(unsure.longest_s, life.killed - last.answered)
        else:
            unsure.begun += 1
    return unsure, wrong


def crash(postbag, folder, letters, kills, seed, say=print, receives=Receiver):
    """The whole story in FOLDER. Raises Failure with all that is wrong; returns the Unsure, for its figures."""
    with receives() as receiver:
        campaign = Campaign(postbag, folder, receiver.port, letters, webhook=receiver.webhook)
        if receiver.webhook is not None:
            receiver.rows = {person(row)[0]: row for row in range(1, letters + 1)}
        killer = Killer(campaign, receiver, kills, seed)
        try:
            status = killer.run()
            states = campaign.letters()
            arrived = receiver.arrived
            receiver.identify(campaign)
            wrong = judge_arrivals(campaign, receiver, states)
            judge = judge_unsure if receiver.webhook is None else judge_unsure_requests
            unsure, more = judge(killer, receiver, states)
            wrong += more
            listed = campaign.letters("unsure")
            if set(listed) != {row for row, item in states.items() if item["state"] == "unsure"}:
                wrong.append("status --rows unsure does not list the letters that are unsure")
            if status != (1 if listed else 0):
                wrong.append(f"the last run ended with status {status}, and {len(listed)} letters are unsure")
            if killer.live(kill=False).status != status or receiver.arrived != arrived:
                wrong.append(f"one run more: status {killer.lives[-1].status}, {receiver.arrived - arrived} more arrived")
            if killer.count() < kills:
                wrong.append(f"done after {killer.count()} kills of {kills}")
            if len(unsure) * 100 >= UNSURE_MAX_PERCENT * letters:
                wrong.append(f"{len(unsure)} of {letters} letters are unsure: {UNSURE_MAX_PERCENT} in 100 or more")
        finally:
            receiver.write_log(folder / "receiver.log")
    say(f"{letters:,} letters, {killer.count()} kills ({killer.early} of them before a run's first letter; it starts in "
        f"{killer.start_s * 1000:.0f} ms): {arrived:,} arrived, none twice" if not wrong else "not as promised:")
    nothing = "354 was sent and the kill came before the first byte" if receiver.webhook is None else "nothing of it"
    say(f"unsure: {len(unsure)} ({100 * len(unsure) / letters:.1f} %). Of these the receiver's log shows: all of the content came "
        f"{unsure.whole}, a part of it {unsure.begun}, {nothing} {unsure.invited}; "
        f"longest time from a yes to the kill {unsure.longest_s * 1000:.1f} ms")
    if wrong:
        raise Failure("\n".join(wrong))
    return unsure


def main():
    parser = argparse.ArgumentParser(description="sending, killed at many moments")
    parser.add_argument("postbag", nargs="?", default="build/postbag", type=os.path.abspath)
    parser.add_argument("kills", nargs="?", type=int, default=200)
    parser.add_argument("--webhook", action="store_true", help="the same with `postbag petition`")
    parser.add_argument("--letters", type=int, default=2000)
    parser.add_argument("--folder", type=pathlib.Path, help="where to leave everything; else a temporary one")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="postbag-crash-") as name:
        try:
            crash(given.postbag, given.folder or pathlib.Path(name), given.letters, given.kills, given.seed,
                  receives=Petition if given.webhook else Receiver)
        except Failure as failure:
            print(failure, file=sys.stderr)
            return 1
        finally:
            print(f"{time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
