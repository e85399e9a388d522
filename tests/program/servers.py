"""
Mail servers for the tests, all of them on this computer's loopback: certificates good and bad, and a post office, which
is Postfix with TLS and log-in, and Dovecot to read the delivered mail back. (The server that goes wrong on command is in
scripted.py.)

Nothing can leave the computer: Postfix delivers only to its own boxes and throws everything else away.
"""
import collections
import contextlib
import email
import email.policy
import imaplib
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import tempfile
import textwrap
import time

import pytest

START_S = 20  # a server must answer so soon after it was started
USER, PASSWORD = "branch@union.example", "Wicked-Secret-7349"


def free_ports(count):
    """COUNT ports of 127.0.0.1 that nobody uses. All are held until all are known, so they differ."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for s in sockets:
            s.bind(("127.0.0.1", 0))
        return [s.getsockname()[1] for s in sockets]


def wait_for(what, ready, seconds=START_S):
    """Until READY() is true; fails, naming WHAT, where it does not become so."""
    deadline = time.monotonic() + seconds
    while not (found := ready()):
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds} s in vain for {what}")
        time.sleep(0.01)
    return found


# --- Certificates ------------------------------------------------------------------------------------------------

class Certificates:
    """A certificate authority and what it signed; each kind is a file with the key and the certificate."""

    KINDS = {
        "good": ("subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\nextendedKeyUsage=serverAuth\n", 0, 30),
        "wrong-host": ("subjectAltName=DNS:elsewhere.example\nextendedKeyUsage=serverAuth\n", 0, 30),
        "expired": ("subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\nextendedKeyUsage=serverAuth\n", -30, -10),
        "wrong-purpose": ("subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\nextendedKeyUsage=clientAuth\n", 0, 30),
    }

    def __init__(self, directory):
        self.directory = directory
        self.ca_file = str(directory / "ca.pem")
        (directory / "database").write_text("")
        (directory / "ca.conf").write_text(textwrap.dedent(f"""\
            [ca]
            default_ca = here
            [here]
            dir = {directory}
            database = $dir/database
            new_certs_dir = $dir
            rand_serial = yes
            unique_subject = no
            policy = any
            default_md = sha256
            [any]
            commonName = supplied
            """))
        self._openssl("req", "-x509", *self._key("ca.key"), "-out", "ca.pem", "-days", "30", "-subj", "/CN=Test authority",
                      "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        for kind, (extensions, first, last) in self.KINDS.items():
            (directory / f"{kind}.ext").write_text("basicConstraints=CA:FALSE\n" + extensions)
            self._openssl("req", *self._key(f"{kind}.key"), "-out", f"{kind}.csr", "-subj", "/CN=Test server")
            self._openssl("ca", "-batch", "-notext", "-config", "ca.conf", "-cert", "ca.pem", "-keyfile", "ca.key",
                          "-in", f"{kind}.csr", "-out", f"{kind}.crt", "-extfile", f"{kind}.ext",
                          "-startdate", self._day(first), "-enddate", self._day(last))
            self._join(kind)
        self._openssl("req", "-x509", *self._key("self-signed.key"), "-out", "self-signed.crt", "-days", "30",
                      "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                      "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth")
        self._join("self-signed")

    def file(self, kind="good"):
        return str(self.directory / f"{kind}.pem")

    @staticmethod
    def _key(name):
        return "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", name

    @staticmethod
    def _day(days):
        return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + days * 86400 - 3600))

    def _join(self, kind):
        path = self.directory / f"{kind}.pem"
        path.write_text("".join((self.directory / f"{kind}.{part}").read_text() for part in ("key", "crt")))

    def _openssl(self, *arguments):
        done = subprocess.run(["openssl", *arguments], cwd=self.directory, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"openssl {' '.join(arguments)}\n{done.stderr}"


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


# --- The post office: Postfix and Dovecot ------------------------------------------------------------------------

MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
multi_instance_name = postfix-postbag
maillog_file = {log}
maillog_file_prefixes = {directory}
myhostname = localhost
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.1/32
alias_maps =
alias_database =
local_recipient_maps =
smtputf8_enable = no
smtpd_peername_lookup = no
smtpd_banner = localhost ESMTP
smtpd_timeout = 60s
smtpd_client_connection_count_limit = 0
in_flow_delay = 0
smtpd_tls_chain_files = {certificate}
smtpd_tls_mandatory_protocols = >=TLSv1.2
smtpd_tls_loglevel = 1
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_sasl_security_options = noanonymous
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
virtual_mailbox_domains = texthash:{directory}/domains
virtual_mailbox_maps = texthash:{directory}/boxes
virtual_mailbox_base = {mail}
virtual_mailbox_limit = 0
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
default_transport = discard:nothing leaves this computer
relay_transport = discard:nothing leaves this computer
"""

MASTER_CF = """\
127.0.0.1:{submission} inet n - n - - smtpd
  -o syslog_name=submission
  -o smtpd_tls_security_level=encrypt
  -o smtpd_tls_auth_only=yes
  -o smtpd_sasl_auth_enable=yes
127.0.0.1:{submissions} inet n - n - - smtpd
  -o syslog_name=submissions
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
pickup    unix  n - n 60   1 pickup
cleanup   unix  n - n -    0 cleanup
qmgr      unix  n - n 300  1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n -    - trivial-rewrite
bounce    unix  - - n -    0 bounce
defer     unix  - - n -    0 bounce
trace     unix  - - n -    0 bounce
verify    unix  - - n -    1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n -    - proxymap
proxywrite unix - - n -    1 proxymap
showq     unix  n - n -    - showq
error     unix  - - n -    - error
retry     unix  - - n -    - error
discard   unix  - - n -    - discard
virtual   unix  - n n -    - virtual
anvil     unix  - - n -    1 anvil
postlog   unix-dgram n - n - 1 postlogd
"""

DOVECOT_CONF = """\
base_dir = {run}
state_dir = {run}
log_path = {log}
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{mail}/%u
mail_max_userip_connections = 0
default_internal_user = dovecot
default_login_user = dovenull
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {users}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={mail}/%u
}}
service auth {{
  unix_listener {queue}/private/auth {{
    mode = 0660
    user = postfix
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""

BOXES = 100  # each test has one of its own

Door = collections.namedtuple("Door", "certificates security port")


class PostOffice:
    """
    Postfix on two ports, `submission` (STARTTLS, then log-in) and `submissions` (TLS from the first byte), for whoever
    logs in as USER with PASSWORD. A box is a domain whose every address ends in one mailbox.
    """

    def __init__(self, directory, certificates):
        self.directory, self.certificates = directory, certificates
        self.submission, self.submissions, self.imap = free_ports(3)
        self.queue = directory / "queue"
        self.log = directory / "postfix.log"
        self._boxes = 0
        owner = pwd.getpwnam("mail")
        for name in ("queue", "data", "mail", "run", "etc"):
            (directory / name).mkdir(mode=0o755)
        os.chown(directory / "data", pwd.getpwnam("postfix").pw_uid, -1)
        os.chown(directory / "mail", owner.pw_uid, owner.pw_gid)
        shutil.copy(certificates.file("good"), directory / "certificate.pem")
        words = {"directory": directory, "queue": self.queue, "data": directory / "data", "mail": directory / "mail",
                 "run": directory / "run", "users": directory / "users", "certificate": directory / "certificate.pem",
                 "uid": owner.pw_uid, "gid": owner.pw_gid, "imap": self.imap, "submission": self.submission,
                 "submissions": self.submissions}
        boxes = [f"box{i}" for i in range(1, BOXES + 1)]
        (directory / "domains").write_text("".join(f"{box}.example -\n" for box in boxes))
        (directory / "boxes").write_text("".join(f"@{box}.example {box}/\n" for box in boxes))
        (directory / "users").write_text("".join(f"{user}:{PASSWORD}\n" for user in [USER, *boxes]))
        (directory / "etc" / "main.cf").write_text(MAIN_CF.format(log=self.log, **words))
        (directory / "etc" / "master.cf").write_text(MASTER_CF.format(**words))
        (directory / "dovecot.conf").write_text(DOVECOT_CONF.format(log=directory / "dovecot.log", **words))

    def start(self):
        self._postfix("start")  # first: it makes queue/private, where Dovecot puts its socket for log-ins
        self.dovecot = subprocess.Popen(["dovecot", "-F", "-c", str(self.directory / "dovecot.conf")],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for port in (self.submission, self.submissions, self.imap):
            wait_for(f"port {port}\n{self.logs()}", lambda port=port: self._answers(port))
        wait_for(f"Dovecot's log-in\n{self.logs()}", (self.queue / "private" / "auth").exists)

    def stop(self):
        """Both by their process ids: Postfix's own command knows its, Dovecot is our child."""
        if getattr(self, "dovecot", None):
            self.dovecot.terminate()
            try:
                self.dovecot.wait(timeout=START_S)
            except subprocess.TimeoutExpired:
                self.dovecot.kill()
        if (self.queue / "pid" / "master.pid").exists():
            self._postfix("stop")

    def door(self, security="starttls"):
        """Where to send to with smtp.security = SECURITY."""
        return Door(self.certificates, security, {"starttls": self.submission, "tls": self.submissions}[security])

    def box(self):
        """A box that no other test has."""
        self._boxes += 1
        assert self._boxes <= BOXES, "more boxes are wanted: raise BOXES"
        return Box(self, f"box{self._boxes}")

    def _written(self):
        paths = [self.log, self.directory / "dovecot.log"]
        return [path.read_text(errors="replace") if path.exists() else "" for path in paths]

    def moment(self):
        """How far both servers have come in writing their logs."""
        return [len(text) for text in self._written()]

    def logs(self, since=(0, 0)):
        """What both servers wrote down since that moment."""
        return "\n".join(text[start:] for text, start in zip(self._written(), since))

    def settle(self):
        """Waits until nothing is on its way any more."""
        def is_empty():
            queues = [self.queue / name for name in ("maildrop", "incoming", "active", "deferred")]
            return not any(path.is_file() for queue in queues for path in queue.rglob("*"))
        wait_for("an empty queue", is_empty, 60)

    @staticmethod
    def _answers(port):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as s:
                s.settimeout(0.2)
                with contextlib.suppress(TimeoutError):  # under TLS the client speaks first
                    return len(s.recv(1)) == 1
                return True
        except ConnectionRefusedError:
            return False

    def _postfix(self, verb):
        done = subprocess.run(["postfix", "-c", str(self.directory / "etc"), verb], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
        assert done.returncode == 0, f"postfix {verb}: {done.stdout}\n{self.logs()}"


class Box:
    """The addresses of one domain, and what arrived for them."""

    def __init__(self, office, name):
        self.office, self.name, self.domain = office, name, f"{name}.example"

    def messages(self):
        """Everything that was delivered, as email.message.EmailMessage; `raw` has the bytes."""
        self.office.settle()
        with imaplib.IMAP4("127.0.0.1", self.office.imap, timeout=60) as imap:
            imap.login(self.name, PASSWORD)
            _, (count,) = imap.select("INBOX", readonly=True)
            if int(count) == 0:
                return []
            _, answer = imap.fetch("1:*", "(BODY.PEEK[])")
        return [parsed(part[1]) for part in answer if isinstance(part, tuple)]


def parsed(raw):
    message = email.message_from_bytes(raw, policy=email.policy.default)
    message.raw = raw
    return message


@pytest.fixture(scope="session")
def post_office(certificates):
    if os.geteuid() != 0:
        pytest.skip("Postfix can only be started by root")
    for tool in ("postfix", "dovecot"):
        if shutil.which(tool, path="/usr/sbin:/usr/bin") is None:
            pytest.skip(f"{tool} is not installed")
    # Not below pytest's own directory, which only root may enter (Postfix and Dovecot drop root's rights), and with a
    # short name: the path of a Unix socket has at most 107 bytes.
    directory = pathlib.Path(tempfile.mkdtemp(prefix="postbag-mail-", dir="/tmp"))
    directory.chmod(0o711)
    office = PostOffice(directory, certificates)
    try:
        office.start()
        yield office
    finally:
        office.stop()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def box(post_office):
    return post_office.box()
