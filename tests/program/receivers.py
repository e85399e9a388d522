"""
Whom petitions are posted to in the tests, all of them on this computer's loopback: a receiver that does what a test tells
it and keeps every request as it came; nginx in front of it, for real HTTP/1.1 and HTTP/2 over TLS; a wire between the
two sides that can be cut; and the npm package `standardwebhooks`, which judges signatures.

    receiver.at("final", answer(503), request=2)

The points of a Receiver are tls (before the handshake), open (behind it), head (the header has come), content (half of
the body has), final (the answer to the whole request) and after (behind the answer). A rule holds for every conversation, or for
the n-th CONNECTION or REQUEST (both from 1, counted over all; or several), and at most so many TIMES. The actions are
those of scripted.py and the ones below.
"""
import base64
import collections
import contextlib
import email
import hashlib
import hmac
import json
import os
import pathlib
import select
import shutil
import socket
import subprocess
import textwrap
import threading
import time

import pytest

import scripted
from scripted import ENDLESS_MAX, Gone
from servers import START_S, free_ports, wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]
REASONS = {200: "OK", 201: "Created", 202: "Accepted", 204: "No Content"}


# --- What can be answered ----------------------------------------------------------------------------------------

def response(status, body=b"", headers=(), close=False):
    """The bytes of an answer over HTTP/1.1."""
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'As scripted')}", *(f"{name}: {value}" for name, value in headers)]
    if status != 204:
        lines.append(f"Content-Length: {len(body)}")
    if close:
        lines.append("Connection: close")
    return "\r\n".join([*lines, "", ""]).encode() + body


def answer(status, body=b"", headers=(), close=False):
    def act(talk, usual):
        talk.say(response(status, body, headers, close))
        if close:
            scripted.drop(talk, usual)
        return True
    return act


def raw(data, status=None, close=True):
    """Any bytes, and the end unless not to CLOSE: STATUS is what a client may make of them."""
    def act(talk, usual):
        talk.said = status
        talk.send(data)
        if close:
            scripted.drop(talk, usual)
        return True
    return act


def drip(seconds):
    """The usual answer, a byte every so many SECONDS."""
    def act(talk, usual):
        for byte in usual:
            talk.send(bytes([byte]))
            talk.wait(seconds)
        talk.said = 200
        return True
    return act


def endless(start, piece, status):
    """START, then PIECE for ever."""
    def act(talk, usual):
        talk.said = status
        talk.send(start)
        for _ in range(ENDLESS_MAX // len(piece)):
            talk.send(piece)
        talk.server.endless_was_read = True
        raise Gone
    return act


def call(function):
    """Does something elsewhere, such as cutting a wire."""
    def act(talk, usual):
        function()
        return False
    return act


# --- The receiver ------------------------------------------------------------------------------------------------

class Request:
    """What reached the receiver whole. ANSWER: the status that was said, None where none was."""

    def __init__(self, connection, number, line, header, body):
        self.connection, self.number, self.line, self.body = connection, number, line, body
        self.raw = header + body  # as it came, its request line aside
        self.message = email.message_from_bytes(header)
        self.time = time.time()
        self.answer = None

    def header(self, name):
        """The one value of a header; None where there is none."""
        values = self.message.get_all(name, [])
        assert len(values) <= 1, (name, values)
        return str(values[0]) if values else None

    @property
    def identity(self):
        return self.header("webhook-id")

    @property
    def json(self):
        return json.loads(self.body.decode("utf-8"), object_pairs_hook=without_doubles)

    @property
    def may_count(self):
        """The petition has it, or nobody can know."""
        return self.answer is None or 200 <= self.answer < 300


def without_doubles(pairs):
    assert len({key for key, _ in pairs}) == len(pairs), f"a key twice: {pairs}"
    return dict(pairs)


class Receiver(scripted.Server):
    """HTTP/1.1, with TLS (SECURITY "tls") or without ("none"). USUAL is its answer where no rule says otherwise."""

    def __init__(self, certificates, security="tls", certificate="good", usual=response(200, b'{"ok":true}'), **how):
        self.requests, self.usual = [], usual
        self.begun = 0  # requests of which anything came
        super().__init__(certificates, security, certificate, mechanisms="", **how)

    @property
    def url(self):
        """Where to post to."""
        host = f"[{self.host}]" if ":" in self.host else "localhost"
        return f"{'https' if self.security == 'tls' else 'http'}://{host}:{self.port}/petition"

    def at(self, point, *actions, request=None, **where):
        return super().at(point, *actions, message=request, **where)

    def counted(self):
        """How often each letter may have been taken, by its id."""
        return collections.Counter(r.identity for r in self.requests if r.may_count)

    def accepted(self):
        return [r for r in self.requests if r.answer is not None and 200 <= r.answer < 300]

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


class Talk(scripted.Talk):
    """One connection, with one request after another."""

    def run(self):
        try:
            if self.server.security == "tls":
                self._handshake()
            self._point("open", None)
            while True:
                self._request()
        except (Gone, OSError):
            pass  # the client left, or the script said so
        except Exception as fault:  # noqa: BLE001 a fault of this server's own, or a request that is none
            self.server.faults.append(repr(fault))
        finally:
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)
            self.socket.close()

    def say(self, data):
        self.said = int(data[9:12])
        self.send(data)

    def _until(self, length):
        while len(self.buffer) < length:
            self._read()

    def _request(self):
        if not self.buffer:
            self._read()
        self.server.count("begun")
        self.message_number = self.server.count("messages_count")
        self.said = None
        while b"\r\n\r\n" not in self.buffer:
            assert len(self.buffer) < 65536, "a header that does not end"
            self._read()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        line, _, header = head.partition(b"\r\n")
        request = Request(self.number, self.message_number, line.decode(), header + b"\r\n\r\n", b"")
        self._point("head", None)
        assert request.header("transfer-encoding") is None, "a length is known"
        length = int(request.header("content-length"))
        if request.header("expect") is not None:
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._until(length // 2)
        self._point("content", None)
        self._until(length)
        request.body, self.buffer = self.buffer[:length], self.buffer[length:]
        request.raw += request.body
        self.server.requests.append(request)
        try:
            self._point("final", self.server.usual)
        finally:
            request.answer = self.said
        self._point("after", None)


@pytest.fixture
def receiver(certificates):
    """Makes receivers, and ends them after the test."""
    receivers = []

    def make(**how):
        receivers.append(Receiver(certificates, **how))
        return receivers[-1]

    yield make
    for each in receivers:
        each.close()


# --- nginx -------------------------------------------------------------------------------------------------------

NGINX_CONF = """\
daemon off;
{user}
worker_processes 1;
pid {directory}/nginx.pid;
error_log {directory}/error.log info;
events {{ worker_connections 512; }}
http {{
  log_format told '$server_protocol $status $connection $connection_requests $http_webhook_id';
  access_log {access};
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  client_max_body_size 20m;
  client_body_buffer_size 1m;
  server_tokens off;
  keepalive_timeout 60s;
  keepalive_requests {keepalive_requests};
  ssl_certificate {certificate};
  ssl_certificate_key {certificate};
  ssl_protocols TLSv1.2 TLSv1.3;
  upstream petition {{ server 127.0.0.1:{upstream}; keepalive 64; keepalive_requests 1000000; }}
  {more}
  server {{ listen 127.0.0.1:{h1} ssl; {location} }}
  server {{ listen 127.0.0.1:{h2} ssl http2; {location} }}
  server {{ listen 127.0.0.1:{clear}; {location} }}
}}
"""

PROXY = """\
location / {
    proxy_pass http://petition;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    proxy_set_header X-Protocol $server_protocol;
    proxy_next_upstream off;
  }"""

# What comes to a gateway whose server is gone goes without an answer: 444 resets the stream, or hangs up.
SILENT = PROXY[:-1] + """
    error_page 502 504 = @silent;
  }
  location @silent { return 444; }"""


class Nginx:
    """
    nginx in DIRECTORY on three ports: `h1` and `h2` with TLS, `clear` without. LOCATION says what it does with requests,
    MORE stands beside its servers.
    """

    def __init__(self, directory, certificate, upstream=9, location=PROXY, more="", keepalive_requests=1_000_000, access=True):
        self.directory = directory
        self.h1, self.h2, self.clear = free_ports(3)
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "nginx.conf").write_text(NGINX_CONF.format(
            directory=directory, user="user root;" if os.geteuid() == 0 else "", certificate=certificate, upstream=upstream,
            location=location, more=more, keepalive_requests=keepalive_requests, h1=self.h1, h2=self.h2, clear=self.clear,
            access=f"{directory}/access.log told" if access else "off"))
        program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if program is None:
            pytest.skip("nginx is not installed")
        self.process = subprocess.Popen([program, "-p", str(directory), "-c", str(directory / "nginx.conf"),
                                         "-e", str(directory / "error.log")],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for port in (self.h1, self.h2, self.clear):
            wait_for(f"nginx on port {port}", lambda port=port: self._answers(port))

    def url(self, kind="h2", port=None):
        return f"{'http' if kind == 'clear' else 'https'}://localhost:{port or getattr(self, kind)}/petition"

    def told(self):
        """The access log: protocol, status, connection, the how manieth request on it, and the webhook's id."""
        lines = (self.directory / "access.log").read_text().splitlines()
        Told = collections.namedtuple("Told", "protocol status connection nth identity")
        return [Told(protocol, int(status), int(connection), int(nth), identity)
                for protocol, status, connection, nth, identity in (line.split(" ") for line in lines)]

    def close(self):
        """By the process id of our own child, which ends its workers."""
        self.process.terminate()
        try:
            self.process.communicate(timeout=START_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()

    def _answers(self, port):
        assert self.process.poll() is None, self.process.stderr.read().decode()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return True
        except ConnectionRefusedError:
            return False


@pytest.fixture
def nginx(certificates, tmp_path):
    """Makes nginxes in front of receivers, and ends them after the test."""
    running = []

    def make(upstream=None, certificate="good", **how):
        if upstream is not None:
            how["upstream"] = upstream.port
        running.append(Nginx(tmp_path / f"nginx-{len(running)}", certificates.file(certificate), **how))
        return running[-1]

    yield make
    for each in running:
        each.close()


# --- A wire that can be cut --------------------------------------------------------------------------------------

class Wire:
    """
    Carries bytes between whoever connects to its `port` and PORT, both of 127.0.0.1, until it is cut; whoever connects
    later is carried again. Under TLS and HTTP/2, too, a cut is what a lost connection is.
    """

    def __init__(self, port):
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._listener.settimeout(0.05)
        self.port = self._listener.getsockname()[1]
        self.connections_count = 0
        self._pairs, self._lock, self._closed = [], threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def cut(self):
        """Every connection that is open now."""
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def close(self):
        self._closed.set()
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join(10)

    def _accept(self):
        while not self._closed.is_set():
            try:
                near, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            near.settimeout(None)
            far = socket.create_connection(("127.0.0.1", self._to))
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self.connections_count += 1
                self._pairs.append((near, far))
            thread = threading.Thread(target=self._carry, args=(near, far), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _carry(self, near, far):
        other = {near: far, far: near}
        with near, far, contextlib.suppress(OSError):
            while True:
                for end in select.select([near, far], [], [])[0]:
                    data = end.recv(65536)
                    if not data:
                        return
                    other[end].sendall(data)


@pytest.fixture
def wire():
    """Makes wires, and ends them after the test."""
    wires = []

    def make(port):
        wires.append(Wire(port))
        return wires[-1]

    yield make
    for each in wires:
        each.close()


# --- Signatures --------------------------------------------------------------------------------------------------

SECRET = "whsec_" + base64.b64encode(b"Wicked-Webhook-Secret-7349").decode()
OLD_SECRET = "whsec_" + base64.b64encode(b"Wicked-Webhook-Secret-1234-of-old").decode()
TOKEN = "Wicked-Token-7349"
STANDARD_WEBHOOKS = "standardwebhooks@1.1.1"

# One JSON object a line: what a request bears, as text. Answers a line each: true, or why it is not.
VERIFY_JS = """\
const { Webhook } = require("standardwebhooks");
for (const line of require("fs").readFileSync(0, "utf8").split("\\n").filter(Boolean)) {
  const { secret, headers, body } = JSON.parse(line);
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false });
    console.log("true");
  } catch (error) {
    console.log(JSON.stringify(error.message));
  }
}
"""


def signature_of(secret, identity, timestamp, body):
    """By Standard Webhooks 1.0.0, from Python's own HMAC."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{identity}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def assert_signed(request, *secrets):
    """By each of SECRETS, now, over the very bytes of the body."""
    timestamp = request.header("webhook-timestamp")
    assert timestamp.isdigit() and abs(int(timestamp) - request.time) < 60, timestamp
    wanted = [signature_of(secret, request.identity, timestamp, request.body) for secret in secrets]
    assert request.header("webhook-signature").split(" ") == wanted


class Verifier:
    """The npm package, which takes bodies as text."""

    def __init__(self, directory):
        self.directory = directory

    def verify(self, requests, secret=SECRET):
        """What it says of each: (headers, body), the body as str or bytes."""
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        lines = [json.dumps({"secret": secret, "headers": {name: headers[name] for name in names},
                             "body": body if isinstance(body, str) else body.decode("utf-8")}) for headers, body in requests]
        done = subprocess.run(["node", "verify.js"], cwd=self.directory, input="\n".join(lines), capture_output=True, text=True,
                              timeout=120)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="session")
def verifier():
    """The npm package standardwebhooks, installed once below build/."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip(f"node and npm are not installed: without them {STANDARD_WEBHOOKS} cannot be asked")
    directory = ROOT / "build" / "npm"
    directory.mkdir(parents=True, exist_ok=True)
    if not (directory / "node_modules" / "standardwebhooks" / "package.json").exists():
        (directory / "package.json").write_text("{}\n")
        done = subprocess.run(["npm", "install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", STANDARD_WEBHOOKS],
                              cwd=directory, capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            pytest.skip(f"npm cannot fetch {STANDARD_WEBHOOKS}: {textwrap.shorten(done.stderr, 300)}")
    (directory / "verify.js").write_text(VERIFY_JS)
    return Verifier(directory)
