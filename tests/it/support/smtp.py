"""A real mail server for the tests (aiosmtpd), told over standard input what to do.

Each line of input is a JSON object; each is answered with one line of JSON. The first line of output says the port.
  {"mode": "accept"}      accept, refuse (550 on the recipient), policy (550 5.7.1 on the recipient), later (451 on the recipient), sender (550 on
                          MAIL FROM), content (554 after the words), busy (451 after the words), drop (closes the connection once it has the
                          words), hang (takes the words and never answers)
  {"list": true}          every mail it got so far, read back with Python's email package, and how often it was asked
Arguments: a JSON object {"tls": "none" | "starttls" | "tls", "login": ["name", "password"] or null, "certificate": path, "key": path}.
"""

import asyncio
import email
import email.policy
import json
import logging
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

# It warns of what the tests do on purpose: a password without TLS.
warnings.simplefilter("ignore")
logging.disable()

options = json.loads(sys.argv[1])
state = {"mode": "accept", "recipients": 0, "connections": 0}
mails = []


def read_back(envelope, session, transport):
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    body = lambda kind: (part.get_content() if (part := message.get_body((kind,))) else "").replace("\r\n", "\n")
    return {
        "sender": envelope.mail_from,
        "recipients": envelope.rcpt_tos,
        "headers": [[name.lower(), str(value)] for name, value in message.items()],
        "raw": envelope.content.decode("utf-8", "replace"),
        "from_name": message["from"].addresses[0].display_name,
        "from_address": message["from"].addresses[0].addr_spec,
        "types": [part.get_content_type() for part in message.walk()],
        "defects": [str(defect) for part in message.walk() for defect in part.defects],
        "plain": body("plain"),
        "html": body("html"),
        "files": [
            {"name": part.get_filename(), "kind": str(part["content-type"]), "text": part.get_content()}
            for part in message.iter_attachments()
        ],
        "tls": transport.get_extra_info("ssl_object") is not None,
        "login": session.auth_data.login.decode() if getattr(session, "auth_data", None) else None,
    }


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        if state["mode"] == "sender":
            return "550 5.1.8 this sender may not"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        state["recipients"] += 1
        answer = {
            "refuse": "550 5.1.1 there is nobody of that name",
            "policy": "550 5.7.1 relay access denied",
            "later": "451 4.7.1 come back in a while",
        }.get(state["mode"])
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mode = state["mode"]
        if mode == "content":
            return "554 5.6.0 these words are not taken"
        if mode == "busy":
            return "451 4.3.0 try again"
        mails.append(read_back(envelope, session, server.transport))
        if mode == "drop":
            server.transport.abort()
        if mode == "hang":
            await asyncio.Event().wait()
        return "250 2.0.0 taken"


def authenticate(server, session, envelope, mechanism, data):
    name, password = options["login"]
    if data.login.decode() == name and data.password.decode() == password:
        # Remembered by aiosmtpd as session.auth_data.
        return AuthResult(success=True, auth_data=data)
    return AuthResult(success=False, handled=False)


def make(loop):
    state["connections"] += 1
    context = None
    if options["tls"] != "none":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options["certificate"], options["key"])
    login = options.get("login")
    return SMTP(
        Handler(),
        loop=loop,
        enable_SMTPUTF8=True,
        hostname="mail.example",
        tls_context=context if options["tls"] == "starttls" else None,
        require_starttls=options["tls"] == "starttls",
        auth_required=bool(login),
        auth_require_tls=False,
        authenticator=authenticate if login else None,
    )


async def main():
    loop = asyncio.get_running_loop()
    context = None
    if options["tls"] == "tls":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options["certificate"], options["key"])
    server = await loop.create_server(lambda: make(loop), "127.0.0.1", options.get("port", 0), ssl=context)
    say({"port": server.sockets[0].getsockname()[1]})
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    # It ends with the test: when nobody can tell it anything any more.
    while line := await lines.readline():
        asked = json.loads(line)
        if "mode" in asked:
            state["mode"] = asked["mode"]
        say({"mails": mails if "list" in asked else [], "recipients": state["recipients"], "connections": state["connections"]})


def say(value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


asyncio.run(main())
