#!/usr/bin/python3
"""
How fast letters are posted to a petition: `postbag petition` with multipart bodies that hold a letter with its PDF, some
25 KB (a draft as it is pasted in; 46 with --model templates/mod-shared-services.md, for bold type), beside Python's requests.Session (what one would write) and h2load (the limit of what this machine can send and receive
at all), with bodies of the same size; all of them over TLS to nginx, which reads every body and hands the request on to a
server that says 200, and counts what it was sent.

    python3 tests/bench/petition.py [build/postbag]        make bench

Postbag is timed as a whole process: reading and checking the list, making the letters with their PDFs, packing and signing
them, the ledger, which is flushed to the disk before a request goes and after its answer, and the copies in out/NAME/sent.
It runs on one processor, as requests does, with nginx on the other; over HTTP/1.1 and over HTTP/2; with its campaign on
tmpfs (/dev/shm), where flushing costs nothing, and on the disk that the program was built on. The others have their letters
ready in memory. Each round runs all of them, in an order that is turned round from round to round; the figures are the medians.
These are measurements and no test: nothing here fails for being slow. It does fail where requests are missing.
"""
import argparse
import base64
import email
import email.policy
import hashlib
import hmac
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "soak"))
from crash import Campaign  # noqa: E402

MODEL = ROOT / "tests" / "model" / "pasted-draft.txt"  # a union's draft as it is pasted in
SHM = pathlib.Path("/dev/shm")
IN_FLIGHT = 16
REQUESTS_RATIO = 2  # what is promised, on one processor
SECRET = "whsec_" + base64.b64encode(b"no secret of anybody at all").decode()

NGINX_CONF = """\
daemon off;
{user}
worker_processes 1;
pid {place}/nginx.pid;
error_log {place}/error.log;
events {{ worker_connections 512; }}
http {{
  log_format id '$http_webhook_id';
  client_body_temp_path {place}/body;
  proxy_temp_path {place}/proxy;
  fastcgi_temp_path {place}/fastcgi;
  uwsgi_temp_path {place}/uwsgi;
  scgi_temp_path {place}/scgi;
  client_body_buffer_size 256k;
  keepalive_requests 10000000;
  ssl_certificate {place}/certificate.pem;
  ssl_certificate_key {place}/certificate.pem;
  upstream petition {{ server unix:{place}/upstream; keepalive 64; keepalive_requests 10000000; }}
  server {{ listen unix:{place}/upstream; access_log off; location / {{ return 200 "thank you"; }} }}
  server {{
    listen 127.0.0.1:{h1} ssl;
    listen 127.0.0.1:{h2} ssl http2;
    access_log {place}/access.log id buffer=256k flush=1s;
    location / {{
      proxy_pass http://petition;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Content-Length "";
      proxy_pass_request_body off;
    }}
  }}
}}
"""


def on_processor(number):
    """A command on one of several processors; on all where there is one."""
    return ["taskset", "-c", str(number)] if os.cpu_count() > 1 else []


class Nginx:
    def __init__(self, place):
        self.place = place
        with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
            self.h1, self.h2 = one.getsockname()[1], two.getsockname()[1]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
                        "key.pem", "-out", "ca.pem", "-days", "2", "-subj", "/CN=localhost", "-addext",
                        "subjectAltName=DNS:localhost", "-addext", "extendedKeyUsage=serverAuth"],
                       cwd=place, check=True, capture_output=True)
        (place / "certificate.pem").write_text((place / "key.pem").read_text() + (place / "ca.pem").read_text())
        (place / "nginx.conf").write_text(NGINX_CONF.format(place=place, h1=self.h1, h2=self.h2,
                                                            user="user root;" if os.geteuid() == 0 else ""))
        program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if program is None:
            sys.exit("nginx is not installed")
        self.process = subprocess.Popen([*on_processor(1), program, "-p", place, "-c", place / "nginx.conf", "-e", place / "error.log"])
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.h2)).close()
                return
            except ConnectionRefusedError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    sys.exit(f"nginx does not start: {(place / 'error.log').read_text()}")
                time.sleep(0.01)

    def url(self, kind):
        return f"https://localhost:{self.h1 if kind == 'HTTP/1.1' else self.h2}/petition"

    def count(self, wanted):
        """How many requests came since the last time; it writes its log once a second."""
        log, deadline, seen = self.place / "access.log", time.monotonic() + 5, 0
        while seen < wanted and time.monotonic() < deadline:
            time.sleep(0.05)
            seen = log.read_bytes().count(b"\n")
        os.truncate(log, 0)
        return seen

    def close(self):
        self.process.terminate()
        self.process.wait()


# The three. Each returns its seconds and its processor's seconds.


def timed(command, **how):
    """A whole process, which must be content."""
    started = time.monotonic()
    process = subprocess.Popen(command, **how)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process, time.monotonic() - started, usage.ru_utime + usage.ru_stime


def by_postbag(nginx, kind, folder, postbag, model, letters):
    (folder / "secret").write_text(SECRET + "\n")
    (folder / "secret").chmod(0o600)
    webhook = {"url": nginx.url(kind), "format": "multipart", "attach": "pdf", "secret_file": "secret", "ca_file": nginx.place / "ca.pem"}
    campaign = Campaign(postbag, folder, 0, letters, IN_FLIGHT, model.read_text(), webhook=webhook)
    started = time.monotonic()
    process = campaign.start("-q", "-j", "1", "petition", "--yes", preexec_fn=lambda: os.sched_setaffinity(0, {0}))
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"postbag ended with status {process.returncode}: {campaign.said()}")
    return seconds, usage.ru_utime + usage.ru_stime


def by_h2load(nginx, kind, request, letters):
    """With the body of REQUEST, over as many connections or streams as Postbag may have in flight."""
    (nginx.place / "body.bin").write_bytes(request.split(b"\r\n\r\n", 1)[1])
    many = ["-c", "1", "-m", str(IN_FLIGHT)] if kind == "HTTP/2" else ["--h1", "-c", str(IN_FLIGHT)]
    process, seconds, used = timed([*on_processor(0), "h2load", "-n", str(letters), *many, "-d", nginx.place / "body.bin", "-H",
                                    f"content-type: {content_type(request)}", nginx.url(kind)], stdout=subprocess.DEVNULL)
    if process.returncode != 0:
        sys.exit(f"h2load ended with status {process.returncode}")
    return seconds, used


def by_requests(nginx, kind, folder, letters):
    """In a process of its own, which is this file again; without the time that it takes to start."""
    command = [*on_processor(0), sys.executable, "-B", __file__, "--by-requests", nginx.url(kind), str(nginx.place / "ca.pem"), str(folder),
               str(letters)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit("requests failed")
    seconds, used = map(float, done.stdout.split())
    return seconds, used


def content_type(request):
    return re.search(rb"(?im)^content-type: *([^\r\n]+)", request)[1].decode()


def fields_and_file(request):
    """What a stored request says: its fields, and the one file."""
    body = request.split(b"\r\n\r\n", 1)[1]
    message = email.message_from_bytes(f"Content-Type: {content_type(request)}\r\n\r\n".encode() + body, policy=email.policy.HTTP)
    fields, files = {}, {}
    for part in message.iter_parts():
        name, content = part["Content-Disposition"].params["name"], part.get_payload(decode=True)
        if part.get_filename():
            files[name] = (part.get_filename(), content, part.get_content_type())
        else:
            fields[name] = content.decode()
    return fields, files


def requests_main(url, ca_file, folder, letters):
    """What one would write: a session, a form with a file, a signature, one after another."""
    import requests

    letters = [fields_and_file(path.read_bytes()) for path in sorted(pathlib.Path(folder).glob("*.http"))[:int(letters)]]
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    session = requests.Session()
    session.verify = ca_file
    started, used = time.monotonic(), time.process_time()
    for fields, files in letters:
        prepared = session.prepare_request(requests.Request("POST", url, data=fields, files=files))
        now = str(int(time.time()))
        signed = hmac.new(key, f"{fields['id']}.{now}.".encode() + prepared.body, hashlib.sha256).digest()
        prepared.headers.update({"webhook-id": fields["id"], "webhook-timestamp": now, "Idempotency-Key": f'"{fields["id"]}"',
                                 "webhook-signature": "v1," + base64.b64encode(signed).decode()})
        session.send(prepared, timeout=30, allow_redirects=False).raise_for_status()
    print(time.monotonic() - started, time.process_time() - used)


# Measuring


def file_system(path):
    """The type of the file system that PATH is on."""
    return subprocess.run(["stat", "-f", "-c", "%T", path], capture_output=True, text=True, check=True).stdout.strip()


class Bench:
    def __init__(self, postbag, model, places, letters):
        self.postbag, self.model, self.places, self.letters = postbag, model, places, letters
        self.nginx = Nginx(places[0])
        self.number = 0
        self.sent = self.folder(places[0]) / "out" / "crash" / "sent"
        by_postbag(self.nginx, "HTTP/2", self.sent.parents[2], postbag, model, letters)  # warms the caches, and makes the bodies
        self.expect("postbag")
        self.example = next(iter(sorted(self.sent.glob("*.http")))).read_bytes()

    def folder(self, place):
        self.number += 1
        folder = place / f"campaign-{self.number}"
        folder.mkdir()
        return folder

    def expect(self, who):
        came = self.nginx.count(self.letters)
        if came != self.letters:
            sys.exit(f"{who}: {came} requests came, and not {self.letters}")

    def runs(self):
        """What is measured, by its name."""
        found = {}
        for kind in ("HTTP/1.1", "HTTP/2"):
            for place in self.places:
                found[f"Postbag, {kind}, {file_system(place)}"] = lambda kind=kind, place=place: by_postbag(
                    self.nginx, kind, self.folder(place), self.postbag, self.model, self.letters)
            found[f"h2load, {kind}"] = lambda kind=kind: by_h2load(self.nginx, kind, self.example, self.letters)
        found["requests, HTTP/1.1"] = lambda: by_requests(self.nginx, "HTTP/1.1", self.sent, self.letters)
        return found

    def measure(self, rounds):
        runs = self.runs()
        seconds, used = {who: [] for who in runs}, {who: [] for who in runs}
        for number in range(rounds):
            for who in list(runs)[:: -1 if number % 2 else 1]:
                taken, processor = runs[who]()
                self.expect(who)
                seconds[who].append(taken)
                used[who].append(processor)
        return seconds, used


def tell(bench, seconds, used, rounds):
    letters, size = bench.letters, len(bench.example.split(b"\r\n\r\n", 1)[1])
    print(f"{letters:,} letters to nginx over TLS, {size:,} bytes a body, {IN_FLIGHT} in flight, each on one processor, medians of {rounds}:")
    rates = {who: letters / statistics.median(taken) for who, taken in seconds.items()}
    for who, rate in rates.items():
        spread = f"{letters / max(seconds[who]):,.0f} to {letters / min(seconds[who]):,.0f}"
        print(f"  {who:26} {rate:8,.0f} requests/s ({spread}), {statistics.median(used[who]) / letters * 1000:.2f} ms of processor a request")
    for who in (who for who in rates if who.startswith("Postbag")):
        kind = who.split(", ")[1]
        print(f"  {who} is {rates[who] / rates['requests, HTTP/1.1']:.1f} times requests (promised {REQUESTS_RATIO}), "
              f"{rates[who] / rates[f'h2load, {kind}']:.2f} of h2load", flush=True)


def main():
    if sys.argv[1:2] == ["--by-requests"]:
        return requests_main(*sys.argv[2:])
    parser = argparse.ArgumentParser(description="Postbag beside requests and h2load, in requests a second")
    parser.add_argument("postbag", nargs="?", default=ROOT / "build" / "postbag", type=os.path.abspath)
    parser.add_argument("--model", default=MODEL, type=pathlib.Path, help="the model letter; one with bold type makes larger bodies")
    parser.add_argument("--letters", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="postbag-petition-", dir=SHM if SHM.is_dir() else None) as memory, \
            tempfile.TemporaryDirectory(prefix="postbag-petition-", dir=os.path.dirname(given.postbag)) as disk:
        bench = Bench(given.postbag, given.model, [pathlib.Path(memory), pathlib.Path(disk)], given.letters)
        try:
            seconds, used = bench.measure(given.rounds)
        finally:
            bench.nginx.close()
        tell(bench, seconds, used, given.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
