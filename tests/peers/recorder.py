"""A server of a few lines: it shows actors and documents, keeps every request as it came, and signs with other people's code."""

import base64
import hashlib
import json
import threading
import uuid
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import urlsplit

import requests
from apsig.draft import Signer
from apsig.proof import ProofSigner
from apsig.rfc9421 import RFC9421Signer
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms
from multiformats import multibase, multicodec

from instance import ACTIVITY
from stage import PORTS

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
CONTEXT = [
    "https://www.w3.org/ns/activitystreams",
    "https://w3id.org/security/data-integrity/v1",
    "https://w3id.org/security/multikey/v1",
]


class Recorder:
    """One host. `refuses` says which requests to its inboxes are answered 401."""

    def __init__(self, stage, host, refuses=lambda headers: False):
        self.host, self.base, self.refuses = host, f"https://{host}", refuses
        self.documents, self.requests, self.lock = {}, [], threading.Lock()
        server = ThreadingHTTPServer(("127.0.0.1", PORTS[host]), self.handler())
        threading.Thread(target=server.serve_forever, daemon=True).start()
        stage.wait_for_port("127.0.0.1", PORTS[host], host)

    def handler(self):
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                document = recorder.documents.get(urlsplit(self.path).path)
                recorder.keep(self, b"", 200 if document else 404)
                self.reply(200 if document else 404, json.dumps(document or {}).encode())

            do_HEAD = do_GET

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                status = 401 if recorder.refuses(self.headers) else 202
                recorder.keep(self, body, status)
                self.reply(status, b"not in this way" if status == 401 else b"")

            def reply(self, status, body):
                self.send_response(status)
                self.send_header("content-type", "application/jrd+json" if "/.well-known/" in self.path else ACTIVITY)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler

    def keep(self, handler, body, status):
        entry = SimpleNamespace(
            method=handler.command,
            path=handler.path,
            url=self.base + handler.path,
            body=body,
            status=status,
            headers={name.lower(): value for name, value in handler.headers.items()},
        )
        with self.lock:
            self.requests.append(entry)

    def find(self, fits):
        with self.lock:
            return next((entry for entry in self.requests if fits(entry)), None)

    def actor(self, name, kind="Person"):
        return Actor(self, name, kind)


class Actor:
    """Somebody on a recorder, with a key of each kind. Keys are made for the run and never written down."""

    def __init__(self, home, name, kind):
        self.home, self.name = home, name
        self.id = f"{home.base}/{name}"
        self.rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.ed25519 = ed25519.Ed25519PrivateKey.generate()
        self.key_id, self.multikey = f"{self.id}#main-key", f"{self.id}#ed25519-key"
        raw = self.ed25519.public_key().public_bytes_raw()
        pem = (
            self.rsa.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
        )
        home.documents[f"/{name}"] = {
            "@context": [*CONTEXT, "https://w3id.org/security/v1"],
            "id": self.id,
            "type": kind,
            "preferredUsername": name,
            "name": name.title(),
            "inbox": f"{self.id}/inbox",
            "outbox": f"{self.id}/outbox",
            "followers": f"{self.id}/followers",
            "endpoints": {"sharedInbox": f"{home.base}/inbox"},
            "publicKey": {"id": self.key_id, "owner": self.id, "publicKeyPem": pem},
            "assertionMethod": [
                {
                    "id": self.multikey,
                    "type": "Multikey",
                    "controller": self.id,
                    "publicKeyMultibase": multibase.encode(multicodec.wrap("ed25519-pub", raw), "base58btc"),
                }
            ],
        }
        for part in ["outbox", "followers"]:
            home.documents[f"/{name}/{part}"] = {
                "@context": CONTEXT[0],
                "id": f"{self.id}/{part}",
                "type": "OrderedCollection",
                "totalItems": 0,
                "orderedItems": [],
            }

    # ---- What it says ----

    def says(self, kind, object, **more):
        return {
            "@context": CONTEXT,
            "id": f"{self.home.base}/said/{uuid.uuid4()}",
            "type": kind,
            "actor": self.id,
            "object": object,
            **more,
        }

    def question(self, group, title):
        """A Create of an Article in a group. The article itself can't be fetched."""
        place = f"{self.home.base}/posts/{uuid.uuid4()}"
        article = {
            "id": place,
            "type": "Article",
            "attributedTo": self.id,
            "to": [group, PUBLIC],
            "cc": [],
            "audience": group,
            "name": title,
            "content": f"<p>Inhoud van {title}</p>",
            "published": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        }
        return self.says("Create", article, to=[group, PUBLIC], cc=[], audience=group)

    def proven(self, activity):
        """With a FEP-8b32 proof, made by apsig."""
        options = {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-jcs-2022",
            "verificationMethod": self.multikey,
            "proofPurpose": "assertionMethod",
            "created": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        }
        return ProofSigner(self.ed25519).sign(activity, options)

    # ---- How it signs: each gives a request that is ready to be sent, or to be bent ----

    def cavage(self, url, activity, **more):
        """draft-cavage, by apsig."""
        body = json.dumps(activity).encode()
        headers = Signer(
            {"Content-Type": ACTIVITY, **more.pop("headers", {})}, self.rsa, "POST", url, self.key_id, body, **more
        ).sign()
        return prepared(url, headers, body)

    def cavage_get(self, url):
        headers = Signer({}, self.rsa, "GET", url, self.key_id).sign()
        return requests.Request("GET", url, headers={**headers, "Accept": ACTIVITY}).prepare()

    def rfc(self, url, activity, kind="rsa", created=None, method="POST", **more):
        """RFC 9421, by http-message-signatures."""
        algorithm, key, key_id = {
            "rsa": (algorithms.RSA_V1_5_SHA256, self.rsa, self.key_id),
            "ed25519": (algorithms.ED25519, self.ed25519, self.multikey),
        }[kind]
        body = json.dumps(activity).encode() if method == "POST" else None
        request = (
            prepared(url, {"Content-Type": ACTIVITY}, body)
            if body
            else requests.Request(method, url, headers={"Accept": ACTIVITY}).prepare()
        )
        signer = HTTPMessageSigner(
            signature_algorithm=algorithm, key_resolver=MappingKeyResolver(public_keys={}, private_keys={key_id: key})
        )
        components = ("@method", "@target-uri", "content-type") if body else ("@method", "@target-uri")
        signer.sign(
            request,
            key_id=key_id,
            label="sig1",
            created=created,
            covered_component_ids=more.pop("components", components),
            body=body,
            **more,
        )
        return request

    def rfc_by_apsig(self, url, activity, as_it_is=False):
        """RFC 9421, by apsig, which covers @path and @authority in place of @target-uri. Left to itself, it signs no digest and
        sends a Content-Digest that is none; then it must be refused."""
        body, parts = json.dumps(activity).encode(), urlsplit(url)
        signer = RFC9421Signer(self.rsa, self.key_id)
        given = {"Content-Type": ACTIVITY}
        if not as_it_is:
            given["content-digest"] = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
            signer.sign_headers = ["@method", "@path", "@authority", "content-type", "content-digest"]
        headers = signer.sign("POST", parts.path, parts.netloc, given, body)
        return prepared(url, {**headers, **{name: value for name, value in given.items() if name == "content-digest"}}, body)


def prepared(url, headers, body):
    request = requests.Request("POST", url, data=body).prepare()
    request.headers.update({name: value for name, value in headers.items() if name.lower() != "host"})
    return request


def send(request):
    with requests.Session() as session:
        settings = session.merge_environment_settings(request.url, {}, None, None, None)
        return session.send(request, timeout=30, **settings)
