#!/usr/bin/env python3
"""Servers that messages are sent to: an SMTP server (aiosmtpd) and an HTTP server, on free ports.

usage: peers.py FOLDER

Prints a JSON object with the ports, then ends when its standard input does. What arrives is written
to FOLDER as N.json, as read by Python's own parsers. A word in FOLDER/mood makes the servers refuse:
`refuse` (at the end of the message), `recipient` (one of them), `silent` (takes it, never answers).
"""
import asyncio
import base64
import email
import email.policy
import hashlib
import hmac
import json
import os
import ssl
import subprocess
import sys
import warnings

try:
    from aiosmtpd.smtp import SMTP, AuthResult
except ImportError:
    print(json.dumps({"skip": "python3-aiosmtpd is not there"}), flush=True)
    sys.exit(0)

warnings.simplefilter("ignore")  # aiosmtpd speaks of its own future
FOLDER = sys.argv[1]
KEY = b"webhook key"
LOGIN = (b"rounds", "geheim 密码".encode())
count = 0


def mood():
    try:
        with open(os.path.join(FOLDER, "mood"), encoding="utf-8") as file:
            return file.read().strip()
    except FileNotFoundError:
        return ""


def record(entry):
    global count
    count += 1
    path = os.path.join(FOLDER, f"{count}.json")
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(entry, file, ensure_ascii=False)
    os.rename(path + ".new", path)


class Handler:
    def __init__(self, name):
        self.name = name

    async def handle_RCPT(self, server, session, envelope, address, options):
        if mood() == "recipient" and address.startswith("gone@"):
            return "550 5.1.1 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        if mood() == "refuse":
            return "452 4.3.1 mail system full"
        record({"server": self.name, "from": envelope.mail_from, "to": envelope.rcpt_tos,
                "tls": server.transport.get_extra_info("ssl_object") is not None, "login": bool(session.authenticated),
                "greeting": session.host_name, "subject": mail["Subject"], "header_to": mail["To"],
                "header_from": mail["From"], "date": mail["Date"], "id": mail["Message-ID"],
                "references": mail["References"] or "", "bcc_header": mail["Bcc"] or "",
                "longest_line": max(map(len, envelope.content.split(b"\r\n"))),
                "ascii": envelope.content.isascii(), "body": mail.get_content(),
                "defects": [str(d) for d in mail.defects]})
        if mood() == "silent":
            await asyncio.sleep(3600)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == LOGIN, handled=False)


def certificate():
    key, cert = (os.path.join(FOLDER, name) for name in ("key.pem", "cert.pem"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                    "-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
                   check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context, cert


async def serve_http(reader, writer):
    """One request; small, and without a library whose idea of HTTP libcurl would share."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    headers = {name.lower(): value.strip() for name, _, value in
               (line.partition(":") for line in head.split("\r\n")[1:] if line)}
    body = await reader.readexactly(int(headers["content-length"]))
    signed = headers["x-rackvitals-timestamp"].encode() + b"." + body
    digest = "sha256=" + hmac.new(KEY, signed, hashlib.sha256).hexdigest()
    status = "503 Busy" if mood() == "refuse" else "204 No Content"
    if mood() != "refuse":
        record({"server": "http", "request": head.split("\r\n")[0], "type": headers["content-type"],
                "signed": headers.get("x-rackvitals-signature") == digest,
                "at": int(headers["x-rackvitals-timestamp"]), "same_id": headers["idempotency-key"] == json.loads(body)["id"], "json": json.loads(body)})
    if mood() == "silent":
        await asyncio.sleep(3600)
    writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
    await writer.drain()
    writer.close()


async def main():
    loop = asyncio.get_running_loop()
    context, cert = certificate()
    options = {"loop": loop, "hostname": "mail.example"}
    kinds = {
        "smtp": (lambda: SMTP(Handler("smtp"), **options), None),
        "starttls": (lambda: SMTP(Handler("starttls"), tls_context=context, require_starttls=True,
                                  authenticator=authenticate, auth_required=True, **options), None),
        "smtps": (lambda: SMTP(Handler("smtps"), authenticator=authenticate, auth_require_tls=False,
                               **options), context),
    }
    ports = {"ca": cert}
    servers = []
    for name, (factory, tls) in kinds.items():
        servers.append(await loop.create_server(factory, "127.0.0.1", 0, ssl=tls))
        ports[name] = servers[-1].sockets[0].getsockname()[1]
    servers.append(await asyncio.start_server(serve_http, "127.0.0.1", 0))
    ports["http"] = servers[-1].sockets[0].getsockname()[1]
    print(json.dumps(ports), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
