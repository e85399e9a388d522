"""
An SMTP server that does what a test tells it: it speaks TLS, lets people log in and takes messages, and at any point of
the conversation it can answer otherwise, wait, fall silent or hang up. It writes down every command with its time and
every message that reached it whole, so that a test can say what the program did and, above all, what it did not do.

    server.at("rcpt", reply("550 5.1.1 No such user"), message=2)

The points are banner, tls (before the handshake), ehlo, starttls, auth, mail, rcpt, data, content (in its middle), final
(the answer behind it), rset and quit. A rule holds for every conversation, or for the n-th CONNECTION or MESSAGE (a MAIL
command; both from 1; or several), and at most so many TIMES. Of several rules the first that fits is taken. What stands in a rule is
done in order; where none of it answers, the usual answer follows.
"""
import base64
import binascii
import collections
import contextlib
import re
import select
import socket
import ssl
import struct
import threading
import time
import warnings

import pytest

from servers import PASSWORD, USER, parsed

LIFE_S = 100  # no conversation lasts longer, whatever the script says
ENDLESS_MAX = 64 << 20  # bytes of an endless reply, after which the client is taken not to have a limit

Command = collections.namedtuple("Command", "time connection secure line")


class Gone(Exception):
    """The conversation is over."""


# --- What can be done at a point: each returns whether it has answered --------------------------------------------

def reply(text):
    """Answers TEXT, which may have several lines parted by CRLF. After a 421 the server hangs up (RFC 5321 §3.8)."""
    def act(talk, usual):
        talk.say(text)
        if text.startswith("421"):
            drop(talk, usual)
        return True
    return act


def delay(seconds):
    def act(talk, usual):
        talk.wait(seconds)
        return False
    return act


def drop(talk, usual):
    """Hangs up, in order: the client reads an end of file."""
    with contextlib.suppress(OSError):
        talk.socket.shutdown(socket.SHUT_RDWR)
    raise Gone


def reset(talk, usual):
    """Hangs up by a reset, which throws away what is still on its way."""
    talk.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    talk.socket.close()
    raise Gone


def stall(talk, usual):
    """Says nothing any more, and waits until the client hangs up."""
    talk.wait(LIFE_S)
    raise Gone


def drip(seconds):
    """The usual answer, a byte every so many SECONDS."""
    def act(talk, usual):
        for byte in usual.encode() + b"\r\n":
            talk.send(bytes([byte]))
            talk.wait(seconds)
        talk.said = usual
        return True
    return act


def endless(talk, usual):
    """An answer of lines that never ends."""
    line = f"{usual[:3]}-{'and so on ' * 20}\r\n".encode() * 100
    for _ in range(ENDLESS_MAX // len(line)):
        talk.send(line)
    talk.server.endless_was_read = True
    raise Gone


def endless_line(talk, usual):
    """An answer whose one line never ends."""
    line = usual[:3].encode() + b"-" + b"and so on " * 1000
    for _ in range(ENDLESS_MAX // len(line)):
        talk.send(line)
    talk.server.endless_was_read = True
    raise Gone


# --- The server --------------------------------------------------------------------------------------------------

class Message:
    """What reached the server whole, up to the dot. ANSWER: the reply that was said, None where none was."""

    def __init__(self, connection, number, sender, recipients, raw):
        self.connection, self.number, self.sender, self.recipients, self.raw = connection, number, sender, recipients, raw
        self.answer = None

    @property
    def may_be_delivered(self):
        """It was accepted, or nobody can know."""
        return self.answer is None or self.answer.startswith("2")

    @property
    def parsed(self):
        return parsed(self.raw)


class Rule:
    def __init__(self, point, actions, connection, message, times):
        self.point, self.actions, self.connection, self.times = point, actions, connection, times
        self.messages = [message] if isinstance(message, int) else message

    def fits(self, point, talk):
        return (self.point == point and self.times != 0 and self.connection in (None, talk.number)
                and (self.messages is None or talk.message_number in self.messages))


class Server:
    """
    SECURITY as smtp.security has it. MECHANISMS and SIZE are what EHLO offers; STARTTLS: whether it offers that;
    CLEAR_LOGIN: whether it offers log-in before TLS.
    """

    def __init__(self, certificates, security="starttls", certificate="good", mechanisms="PLAIN LOGIN", size=None,
                 starttls=True, clear_login=False, tls_version=None, host="127.0.0.1", user=USER, password=PASSWORD):
        self.security, self.mechanisms, self.size, self.starttls = security, mechanisms, size, starttls
        self.clear_login = clear_login or security == "none"
        self.certificates, self.user, self.password, self.host = certificates, user, password, host
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificates.file(certificate))
        if tls_version is not None:
            self.context.set_ciphers("ALL:@SECLEVEL=0")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # that it is old is the point
                self.context.minimum_version = self.context.maximum_version = tls_version
        self.commands, self.messages, self.logins, self.faults = [], [], [], []
        self.connections_count = self.messages_count = 0
        self.names = []  # that clients asked for by SNI
        self.context.sni_callback = lambda _, name, __: self.names.append(name)
        self.endless_was_read = False
        self._rules, self._talks = [], []
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._listener = socket.create_server((host, 0), backlog=64,
                                              family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def at(self, point, *actions, connection=None, message=None, times=-1):
        with self._lock:
            self._rules.append(Rule(point, actions, connection, message, times))
        return self

    def forget_rules(self):
        with self._lock:
            self._rules.clear()

    @property
    def verbs(self):
        """The first word of every command, in order."""
        return [command.line.split(" ")[0].upper() for command in self.commands]

    def lines(self, verb):
        return [command.line for command in self.commands if command.line.upper().startswith(verb)]

    def delivered(self):
        """How often each recipient may have got a letter."""
        return collections.Counter(r for m in self.messages if m.may_be_delivered for r in m.recipients)

    def accepted(self):
        """The messages to which the server said yes."""
        return [m for m in self.messages if m.answer is not None and m.answer.startswith("2")]

    def close(self):
        """Ends every conversation. A fault in the server itself, not of a client, fails the test."""
        self._closed.set()
        self._listener.close()
        self._thread.join(10)
        for talk in self._talks:
            talk.join(10)
        assert not self.faults, self.faults

    def rule(self, point, talk):
        with self._lock:
            for rule in self._rules:
                if rule.fits(point, talk):
                    rule.times -= 1
                    return rule.actions
        return ()

    def count(self, what):
        with self._lock:
            number = getattr(self, what) + 1
            setattr(self, what, number)
            return number

    def is_closed(self):
        return self._closed.is_set()

    def _accept(self):
        self._listener.settimeout(0.05)
        while not self.is_closed():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            talk = Talk(self, client, self.count("connections_count"))
            self._talks.append(talk)
            talk.start()


class Talk(threading.Thread):
    """One conversation."""

    def __init__(self, server, client, number):
        super().__init__(daemon=True)
        self.server, self.socket, self.number = server, client, number
        self.message_number = 0
        self.secure = self.logged_in = False
        self.said = ""  # the last answer
        self.buffer = b""
        self.ends = time.monotonic() + LIFE_S
        self.sender, self.recipients = None, []
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def run(self):
        try:
            if self.server.security == "tls":
                self._handshake()
            self._point("banner", "220 scripted.example ESMTP at your service")
            while True:
                self._command(self._line())
        except (Gone, OSError):
            pass  # the client left, or the script said so
        except Exception as fault:  # noqa: BLE001 a fault of this server's own must be seen
            self.server.faults.append(repr(fault))
        finally:
            self.socket.close()

    # What actions use.
    def say(self, text):
        self.said = text
        self.send(text.encode() + b"\r\n")

    def send(self, data):
        self.socket.settimeout(1)
        while data:
            self._check()
            with contextlib.suppress(TimeoutError, ssl.SSLWantWriteError):
                data = data[self.socket.send(data[:65536]):]

    def wait(self, seconds):
        """So long, or until the client hangs up."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._check()
            ready, _, _ = select.select([self.socket], [], [], min(0.05, max(0, until - time.monotonic())))
            if ready and self._is_shut():
                raise Gone
            if ready:
                time.sleep(0.02)

    def _is_shut(self):
        """Whether the client has hung up. Under TLS its farewell is read, and anything else is kept."""
        if isinstance(self.socket, ssl.SSLSocket):
            self.socket.settimeout(0.05)
            try:
                data = self.socket.recv(65536)
            except TimeoutError:
                return False
            self.buffer += data
            return data == b""
        return self.socket.recv(1, socket.MSG_PEEK) == b""

    def _check(self):
        if self.server.is_closed() or time.monotonic() > self.ends:
            raise Gone

    def _read(self):
        self.socket.settimeout(0.2)
        while True:
            self._check()
            with contextlib.suppress(TimeoutError):
                data = self.socket.recv(65536)
                if not data:
                    raise Gone
                self.buffer += data
                return

    def _line(self):
        while b"\n" not in self.buffer:
            self._read()
        line, self.buffer = self.buffer.split(b"\n", 1)
        if line.endswith(b"\r"):
            line = line[:-1]
        return line.decode("latin-1")

    def _point(self, point, usual):
        answered = [action(self, usual) for action in self.server.rule(point, self)]
        if usual is not None and not any(answered):
            self.say(usual)

    def _handshake(self):
        self._point("tls", None)
        assert self.buffer == b"", "the client spoke before the handshake"
        self.socket.settimeout(10)
        self.socket = self.server.context.wrap_socket(self.socket, server_side=True)
        self.secure = True

    def _command(self, line):
        self.server.commands.append(Command(time.monotonic(), self.number, self.secure, line))
        verb, _, rest = line.partition(" ")
        does = {"EHLO": self._ehlo, "HELO": self._ehlo, "STARTTLS": self._starttls, "AUTH": self._auth,
                "MAIL": self._mail, "RCPT": self._rcpt, "DATA": self._data, "RSET": self._rset,
                "NOOP": lambda _: self.say("250 2.0.0 Ok"), "QUIT": self._quit}.get(verb.upper())
        if does is None:
            self.say("500 5.5.2 What?")
        else:
            does(rest)

    def _ehlo(self, rest):
        offers = ["scripted.example", "ENHANCEDSTATUSCODES", "8BITMIME"]
        if self.server.size is not None:
            offers.append(f"SIZE {self.server.size}")
        if self.server.security == "starttls" and not self.secure and self.server.starttls:
            offers.append("STARTTLS")
        if self.server.mechanisms and (self.secure or self.server.clear_login):
            offers.append(f"AUTH {self.server.mechanisms}")
        self._point("ehlo", "\r\n".join(f"250{'-' if offer != offers[-1] else ' '}{offer}" for offer in offers))

    def _starttls(self, rest):
        self._point("starttls", "220 2.0.0 Ready to start TLS")
        if self.said.startswith("220"):
            self._handshake()

    def _auth(self, rest):
        mechanism, _, first = rest.partition(" ")
        mechanism = mechanism.upper()
        if mechanism == "LOGIN":
            user = first if first else self._ask("334 VXNlcm5hbWU6")
            user, password = self._decoded(user), self._decoded(self._ask("334 UGFzc3dvcmQ6"))
        elif mechanism == "PLAIN":
            _, user, password = self._decoded(first if first else self._ask("334 ")).split("\0")
        elif mechanism == "XOAUTH2":
            found = re.fullmatch("user=(.*)\x01auth=Bearer (.*)\x01\x01", self._decoded(first))
            user, password = found.groups() if found else ("?", "?")
        else:
            self.say("504 5.5.4 Unknown mechanism")
            return
        self.server.logins.append((mechanism, user, password))
        right = (user, password) == (self.server.user, self.server.password)
        usual = "235 2.7.0 Authentication successful" if right else "535 5.7.8 Authentication credentials invalid"
        self._point("auth", usual)
        self.logged_in = self.said.startswith("235")

    def _ask(self, question):
        self.say(question)
        return self._line()

    @staticmethod
    def _decoded(text):
        try:
            return base64.b64decode(text, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return "not base64: " + text

    def _mail(self, rest):
        if self.server.mechanisms and not self.logged_in:
            self.say("530 5.7.0 Authentication required")
            return
        self.message_number = self.server.count("messages_count")
        found = re.match(r"FROM:<([^<>]*)>(?: |$)", rest, re.IGNORECASE)
        self._point("mail", "250 2.1.0 Ok" if found else "501 5.1.7 Bad sender address syntax")
        self.sender, self.recipients = (found[1] if found and self.said.startswith("2") else None), []

    def _rcpt(self, rest):
        found = re.match(r"TO:<([^<>]+)>(?: |$)", rest, re.IGNORECASE)
        if self.sender is None:
            self.say("503 5.5.1 MAIL first")
            return
        self._point("rcpt", "250 2.1.5 Ok" if found else "501 5.1.3 Bad recipient address syntax")
        if found and self.said.startswith("2"):
            self.recipients.append(found[1])

    def _data(self, rest):
        if not self.recipients:
            self.say("503 5.5.1 RCPT first")
            return
        self._point("data", "354 End data with <CR><LF>.<CR><LF>")
        if not self.said.startswith("354"):
            return
        end = b"\r\n.\r\n"
        self.buffer = b"\r\n" + self.buffer
        while len(self.buffer) < 1000 and end not in self.buffer:
            self._read()
        self._point("content", None)
        while end not in self.buffer:
            self._read()
        content, self.buffer = self.buffer.split(end, 1)
        raw = re.sub(rb"(?m)^\.", b"", content[2:] + b"\r\n") if content else b""
        message = Message(self.number, self.message_number, self.sender, self.recipients, raw)
        self.server.messages.append(message)
        self.sender, self.recipients, self.said = None, [], None
        try:
            self._point("final", f"250 2.0.0 Ok: queued as {message.number:06}")
        finally:
            message.answer = self.said

    def _rset(self, rest):
        self.sender, self.recipients = None, []
        self._point("rset", "250 2.0.0 Ok")

    def _quit(self, rest):
        self._point("quit", "221 2.0.0 Bye")
        raise Gone


@pytest.fixture
def scripted(certificates):
    """Makes servers, and ends them after the test."""
    servers = []

    def make(**how):
        servers.append(Server(certificates, **how))
        return servers[-1]

    yield make
    for server in servers:
        server.close()
