"""
Whom Postbag talks to: a server with a certificate that is right, and nobody else. Whatever is wrong is found before the
password is said, and named.
"""
import ssl

import pytest

from mailing import Mailing
from scripted import reply

FAULTS = {
    "self-signed": "self-signed",
    "wrong-host": "elsewhere.example",
    "expired": "has expired on",
    "wrong-purpose": "is not for servers",
}


def assert_nothing_was_told(server, mailing, result):
    assert result.status == 69, result
    assert "AUTH" not in server.verbs and "MAIL" not in server.verbs and not server.logins, server.commands
    assert not any(command.secure for command in server.commands)
    assert set(mailing.states().values()) == {"ready"}
    assert result.summary["sent"] == 0 and result.summary["ready"] == 3
    mailing.assert_secret(result)


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("kind", FAULTS)
def test_a_certificate_that_is_wrong(desk, scripted, kind, security):
    server = scripted(security=security, certificate=kind)
    mailing = Mailing(desk, server)
    result = mailing.send()
    assert_nothing_was_told(server, mailing, result)
    assert FAULTS[kind] in result.err, result


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("address, host", [("127.0.0.1", "localhost"), ("127.0.0.1", "127.0.0.1"), ("::1", "::1")])
def test_a_certificate_that_is_right(desk, scripted, address, host, security):
    try:
        server = scripted(security=security, host=address)
    except OSError:
        pytest.skip(f"this machine has no {address}")
    result = Mailing(desk, server, smtp={"host": host}).send()
    assert result.status == 0, result
    assert len(server.accepted()) == 3


def test_one_that_nobody_known_has_signed(desk, scripted):
    server = scripted()
    mailing = Mailing(desk, server, smtp={"ca_file": None})
    result = mailing.send()
    assert_nothing_was_told(server, mailing, result)
    assert "nobody whom this computer knows" in result.err, result


def test_the_servers_own_certificate_named_as_trusted(desk, scripted, certificates):
    """A branch with a server of its own may have signed its certificate itself."""
    server = scripted(certificate="self-signed")
    result = Mailing(desk, server, smtp={"ca_file": certificates.directory / "self-signed.crt"}).send()
    assert result.status == 0, result


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_an_old_tls(desk, scripted, version, security):
    server = scripted(security=security, tls_version=version)
    mailing = Mailing(desk, server)
    result = mailing.send()
    assert_nothing_was_told(server, mailing, result)
    assert "TLS 1.2" in result.err, result


def test_tls_1_2_is_new_enough(desk, scripted):
    server = scripted(tls_version=ssl.TLSVersion.TLSv1_2)
    assert Mailing(desk, server).send().status == 0


@pytest.mark.parametrize("how", [{}, {"clear_login": True}])
def test_starttls_stripped(desk, scripted, how):
    server = scripted(starttls=False, **how)
    mailing = Mailing(desk, server)
    result = mailing.send()
    assert_nothing_was_told(server, mailing, result)
    assert "STARTTLS" in result.err, result


@pytest.mark.parametrize("answer", ["502 5.5.1 What?", "250 2.0.0 Ok, as you are"])
def test_starttls_refused(desk, scripted, answer):
    server = scripted(clear_login=True).at("starttls", reply(answer))
    mailing = Mailing(desk, server)
    result = mailing.send()
    assert_nothing_was_told(server, mailing, result)
    assert "STARTTLS" in result.err, result


@pytest.mark.parametrize("injected", [
    "250 2.0.0 injected", "250-scripted.example\r\n250 AUTH PLAIN LOGIN", "235 2.7.0 injected"])
def test_an_answer_injected_before_tls(desk, scripted, injected):
    """CVE-2020-15953: what came in the clear must not count as said under TLS."""
    server = scripted().at("starttls", reply("220 2.0.0 Ready\r\n" + injected))
    mailing = Mailing(desk, server)
    result = mailing.send()
    assert_nothing_was_told(server, mailing, result)
    assert "in between" in result.err, result


def test_what_was_offered_before_tls_does_not_count(desk, scripted):
    """RFC 3207, section 4.2: a log-in offered in the clear may be somebody else's."""
    server = scripted(mechanisms="XOAUTH2", clear_login=True)
    server.at("ehlo", reply("250-scripted.example\r\n250-STARTTLS\r\n250 AUTH PLAIN"), times=1)
    result = Mailing(desk, server).send()
    assert result.status in (69, 77), result
    assert "AUTH" not in server.verbs


def test_tls_where_there_is_none(desk, scripted):
    server = scripted(security="none", mechanisms="")
    result = Mailing(desk, server, smtp={"security": "tls"}).send()
    assert result.status == 69 and "TLS" in result.err, result
    assert not server.messages
