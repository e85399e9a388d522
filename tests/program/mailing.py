"""A campaign to be e-mailed: a desk with a model letter, a list, a password and a configuration, and a server to send to."""
import contextlib
import re
import sqlite3

from conftest import HEADER, MODEL, Desk, csv_text, person
from servers import PASSWORD, USER

COLUMNS = [*HEADER, "MP e-mail", "Consent", "Membership No"]
MPS = 7  # person() spreads people over so many constituencies


def supporter(i=1, domain="parliament.example", **cells):
    """Row I, in the columns of COLUMNS, of somebody who agrees; CELLS replaces some of it by column."""
    row = dict(zip(HEADER, person(i)))
    row.update({"MP e-mail": f"mp{i % MPS}@{domain}", "Consent": "yes", "Membership No": ""})
    assert not set(cells) - set(row), "a column that is not in COLUMNS"
    return {**row, **cells}


class Mailing:
    """
    The campaign "library", with ROWS letters (a number, or the rows). SMTP replaces settings of [smtp], CAMPAIGN of
    [campaign]; None leaves one out.
    """

    def __init__(self, desk, server, rows=3, smtp=None, campaign=None, model=MODEL):
        self.desk = desk
        self.path = desk.path
        self.out = desk.path / "out" / "library"
        self.ledger = desk.path / "library.ledger"
        self.settings = {
            "campaign": {"name": "library", "model": "model.md", "constituents": "list.csv", "consent": "Consent",
                         **(campaign or {})},
            "letter": {"date": "2026-11-22"},
            "smtp": {"to": "mp", "host": "localhost", "port": server.port, "security": server.security, "user": USER,
                     "password_file": "password", "ca_file": server.certificates.ca_file,
                     "from": "Example Branch <branch@union.example>", "connections": 1, "timeout": 2, **(smtp or {})},
        }
        desk.file("model.md", model)
        desk.file("password", PASSWORD + "\n")
        (desk.path / "password").chmod(0o600)
        self.list([supporter(i) for i in range(1, rows + 1)] if isinstance(rows, int) else rows)
        self.configure()

    def list(self, rows, name="list.csv"):
        self.desk.file(name, csv_text([list(row.values()) for row in rows], header=COLUMNS))

    def configure(self, **smtp):
        """Writes postbag.conf, with other settings of [smtp] from now on."""
        self.settings["smtp"].update(smtp)
        lines = []
        for section, values in self.settings.items():
            lines.append(f"[{section}]")
            lines.extend(f"{key} = {value}" for key, value in values.items() if value is not None)
        self.desk.file("postbag.conf", "\n".join(lines) + "\n")

    def send(self, *options, **how):
        """`send` without questions, and without waiting for what is to be tried again later."""
        return self.desk.run("--json", "send", "--yes", "--no-wait", *options, **how)

    def start(self, *options, **how):
        return self.desk.start("--json", "send", "--yes", "--no-wait", *options, **how)

    def letters(self, channel="e-mail"):
        """What `status` says of each letter, by row."""
        result = self.desk.run("--json", "status", "--rows", "all")
        assert result.status == 0, result
        return {o["row"]: o for o in result.objects if o["type"] == "letter" and o["channel"] == channel}

    def states(self):
        return {row: letter["state"] for row, letter in self.letters().items()}

    def stored(self):
        """The e-mails that went, as they were put aside, by name."""
        return {path.name: path.read_bytes() for path in sorted((self.out / "sent").glob("*.eml"))}

    def make_due(self):
        """Lets the time pass after which letters are tried again."""
        with contextlib.closing(sqlite3.connect(self.ledger)) as database:
            assert database.execute("UPDATE letter SET due_ms = 1 WHERE state = 3").rowcount > 0, "none is for later"
            database.commit()

    def assert_secret(self, *results):
        """The password stands in nothing that was printed or left behind, nor do people's names in the ledger's text."""
        for result in results:
            assert PASSWORD not in result.out + result.err
        for name, content in self.desk.tree().items():
            assert name == "password" or PASSWORD.encode() not in content, name


def new_mailing(tmp_path_factory, server, **how):
    """One that several tests look at."""
    path = tmp_path_factory.mktemp("mailing") / "desk"
    path.mkdir()
    return Mailing(Desk(path), server, **how)


def without_date(raw):
    """A message without its Date."""
    text, count = re.subn(rb"(?m)^Date: [^\r\n]*\r\n", b"", raw, count=1)
    assert count == 1, raw[:2000]
    return text
