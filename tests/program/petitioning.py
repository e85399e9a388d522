"""A campaign that is posted to a petition: what mailing.py is for e-mails, with [webhook] in its configuration."""
import re

from conftest import MODEL, Desk
from mailing import Mailing
from receivers import OLD_SECRET, SECRET, TOKEN, response
from servers import PASSWORD, Door

SECRETS = [SECRET, OLD_SECRET, TOKEN, PASSWORD]
PREVIEW_SECRET = "whsec_cG9zdGJhZyBwcmV2aWV3LCBub3QgYSBzZWNyZXQ="  # "postbag preview, not a secret"
FORMATS = ["json", "multipart", "osdi", "osdi-outreach"]
SIGNED_UP = response(200, '{"identifiers":["petition:1"],"_links":{"self":{"href":"https://petition.example/1"}}}')  # OSDI's
NEW_IN_EACH = ("webhook-timestamp", "webhook-signature", "authorization", "osdi-api-token")


class Petition(Mailing):
    """
    The campaign "library" of ROWS, posted to URL, signed by SECRET. WEBHOOK replaces settings of [webhook]; None leaves one
    out. Without SERVER there is no [smtp].
    """

    def __init__(self, desk, url, certificates, rows=3, webhook=None, campaign=None, model=MODEL, server=None, smtp=None):
        self.webhook = {"url": url, "ca_file": certificates.ca_file, "secret_file": "secret", "in_flight": 1, "timeout": 3,
                        **(webhook or {})}
        for name, content in {"secret": SECRET, "secrets": f"{SECRET}\n{OLD_SECRET}", "token": TOKEN}.items():
            desk.file(name, content + "\n")
            (desk.path / name).chmod(0o600)
        self.has_server = server is not None
        super().__init__(desk, server or Door(certificates, "starttls", 9), rows, smtp, campaign, model)

    def configure(self, **webhook):
        """Writes postbag.conf, with other settings of [webhook] from now on."""
        self.webhook.update(webhook)
        sections = {**self.settings, "webhook": self.webhook}
        if not self.has_server:
            del sections["smtp"]
        lines = []
        for section, values in sections.items():
            lines.append(f"[{section}]")
            lines.extend(f"{key} = {value}" for key, value in values.items() if value is not None)
        self.desk.file("postbag.conf", "\n".join(lines) + "\n")

    def post(self, *options, **how):
        """`petition` without questions, and without waiting for what is to be tried again later."""
        return self.desk.run("--json", "petition", "--yes", "--no-wait", *options, **how)

    def start(self, *options, **how):
        return self.desk.start("--json", "petition", "--yes", "--no-wait", *options, **how)

    def letters(self, channel="petition"):
        return super().letters(channel)

    def stored(self):
        """The requests that went, as they were put aside, by name."""
        return {path.name: path.read_bytes() for path in sorted((self.out / "sent").glob("*.http"))}

    def previewed(self):
        return {path.name: path.read_bytes() for path in sorted((self.out / "preview").glob("*.http"))}

    def ledger_bytes(self):
        return b"".join(content for name, content in self.desk.tree().items() if ".ledger" in name)

    def assert_secret(self, *results):
        """No secret stands in anything that was printed or left behind."""
        for result in results:
            for secret in SECRETS:
                assert secret not in result.out + result.err
        for name, content in self.desk.tree().items():
            for secret in SECRETS:
                bare = secret.removeprefix("whsec_").encode()
                assert name in ("secret", "secrets", "token", "password") or bare not in content, name


def new_petition(tmp_path_factory, url, certificates, **how):
    """One that several tests look at."""
    path = tmp_path_factory.mktemp("petition") / "desk"
    path.mkdir()
    return Petition(Desk(path), url, certificates, **how)


def parts_of(stored):
    """A stored or previewed request: its first line, its headers in order as (lower-case name, value), its body."""
    head, body = stored.split(b"\r\n\r\n", 1)
    line, *headers = head.decode().split("\r\n")
    return line, [(name.lower(), value.strip()) for name, _, value in (h.partition(":") for h in headers)], body


def without_time(body):
    """A body without the moment when its letter was made."""
    return re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", b"(time)", body)
