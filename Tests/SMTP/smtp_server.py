#!/usr/bin/env python3
"""An SMTP server for tests, on aiosmtpd. It listens on free ports of 127.0.0.1 and writes into its folder:

- `cert.pem`: a certificate of its own for `localhost` and 127.0.0.1, and `other.pem`: one for `other.example`;
- `ports`: a JSON object with the ports `plain` (no TLS), `starttls` (demands it), `tls` (from the first byte), `other` (the same
  with `other.pem`), `login` (demands STARTTLS and the user "player:one" with the password "p@ss word/é") and `silent` (accepts and
  says nothing);
- `mails`: one JSON object a line for each mail that it took.

The local part of a recipient says what happens: `later` is refused for the moment (450) twice, `busy` always, `never` for good (550),
`unread` after its data (554), `close` loses the connection in the middle of its data, and `slow` waits for three seconds."""

import asyncio
import collections
import json
import pathlib
import ssl
import subprocess
import sys
import time

from aiosmtpd.smtp import SMTP, AuthResult

LOGIN = (b"player:one", "p@ss word/é".encode())


class Handler:
    def __init__(self, folder, port):
        self.folder, self.port = folder, port

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        tries[address] += 1
        if name == "never":
            return "550 5.1.1 there is no " + address
        if name == "busy" or name == "later" and tries[address] <= 2:
            return "450 4.2.1 later, please, " + address
        if name == "slow":
            await asyncio.sleep(3)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name == "close":
            server.transport.abort()
            return "421 4.3.0 gone"
        if name == "unread":
            return "554 5.6.0 no, " + envelope.rcpt_tos[0]
        has_tls = session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None
        mail = {
            "port": self.port, "ehlo": session.host_name, "from": envelope.mail_from, "to": envelope.rcpt_tos,
            "data": envelope.content.decode("latin-1"), "tls": has_tls, "login": bool(session.authenticated), "at": time.time(),
        }
        with open(self.folder / "mails", "a") as mails:
            mails.write(json.dumps(mail) + "\n")
        return "250 2.0.0 taken"


tries = collections.Counter()


def authenticate(server, session, envelope, mechanism, data):
    right = mechanism in ("LOGIN", "PLAIN") and (data.login, data.password) == LOGIN
    return AuthResult(success=right, handled=False if not right else True)


def certificate(folder, name, subject):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem", "-subj", "/CN=test",
         "-addext", f"subjectAltName={subject}"], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return context


async def listen(folder, name, tls, **options):
    def protocol():
        return SMTP(Handler(folder, name), hostname="test", loop=asyncio.get_running_loop(), **options)
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=tls)
    return server, server.sockets[0].getsockname()[1]


async def main(folder):
    tls = certificate(folder, "cert", "DNS:localhost,IP:127.0.0.1")
    other = certificate(folder, "other", "DNS:other.example")
    silent = await asyncio.start_server(lambda reader, writer: asyncio.sleep(3600), "127.0.0.1", 0)
    listeners = {
        "plain": await listen(folder, "plain", None),
        "starttls": await listen(folder, "starttls", None, tls_context=tls, require_starttls=True),
        "tls": await listen(folder, "tls", tls),
        "other": await listen(folder, "other", other),
        "login": await listen(
            folder, "login", None, tls_context=tls, require_starttls=True, authenticator=authenticate,
            auth_required=True),
        "silent": (silent, silent.sockets[0].getsockname()[1]),
    }
    (folder / "mails").touch()
    draft = folder / "ports.new"
    draft.write_text(json.dumps({name: port for name, (_, port) in listeners.items()}))
    draft.rename(folder / "ports")
    await asyncio.Event().wait()


asyncio.run(main(pathlib.Path(sys.argv[1])))
