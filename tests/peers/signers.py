"""Part 4: signers that others wrote against our verifier, and verifiers that others wrote against our signer."""

import base64
import copy
import datetime
import hashlib
import json
import uuid
from types import SimpleNamespace

import requests
from apsig.draft import Verifier
from apsig.proof import ProofVerifier
from apsig.rfc9421 import RFC9421Verifier
from cryptography.hazmat.primitives import serialization
from http_message_signatures import HTTPMessageVerifier, MappingKeyResolver, algorithms

from instance import ACTIVITY, Instance
from recorder import PUBLIC, Recorder, send
from stage import AWAY, C, RECORDER, until


def run(report, stage, a, b):
    recorder = Recorder(stage, RECORDER)
    # This one knows nothing but RFC 9421.
    away = Recorder(stage, AWAY, refuses=lambda headers: "signature-input" not in {name.lower() for name in headers})
    group = a.group("handtekeningen", "Handtekeningen")
    inbox = f"{a.base}/inbox"
    mara = recorder.actor("mara")

    with report.part("signers: draft-cavage by apsig is taken"):
        taken(report, a, group, inbox, "cavage", mara.cavage)
    with report.part("signers: RFC 9421 by http-message-signatures is taken"):
        taken(report, a, group, inbox, "RFC 9421, RSA", mara.rfc)
        taken(
            report,
            a,
            group,
            inbox,
            "RFC 9421, RSA, path and authority",
            lambda url, activity: mara.rfc(url, activity, components=("@method", "@authority", "@path", "content-type")),
            mara,
        )
        taken(report, a, group, inbox, "RFC 9421, Ed25519", lambda url, activity: mara.rfc(url, activity, kind="ed25519"), mara)
    with report.part("signers: RFC 9421 by apsig is taken"):
        taken(report, a, group, inbox, "RFC 9421 by apsig", mara.rfc_by_apsig)
    with report.part("signers: what was bent is refused"):
        refused(report, a, group, inbox, mara, recorder.actor("mallory"))
    with report.part("signers: an allow-list gates fetching"):
        fetching(report, stage, mara)
    with report.part("signers: proofs by apsig are believed"):
        proofs(report, a, recorder, away)
    with report.part("signers: our draft-cavage is verified by apsig"):
        ours_cavage(report, b, recorder)
    with report.part("signers: our RFC 9421 is verified by http-message-signatures and apsig"):
        ours_rfc(report, b, away)


# ---- Theirs ----


def taken(report, a, group, inbox, name, sign, by=None):
    """Signed in this way, a question comes in and stands on the group's page."""
    by = by or sign.__self__
    title = f"Getekend met {name}?"
    activity = by.question(group, title)
    answer = send(sign(inbox, activity))
    report.check(f"{name} is answered 202", answer.status_code == 202, (answer.status_code, answer.text))
    if answer.status_code == 202:
        a.thread("/c/handtekeningen", title)


def refused(report, a, group, inbox, mara, mallory):
    """Everything that was changed after signing, or signed by somebody else. None of it may be kept."""
    sent = []

    def attempt(name, request, body=None, **headers):
        if body is not None:
            request.body = body
            request.headers["Content-Length"] = str(len(body))
        for header, value in headers.items():
            header = header.replace("_", "-")
            request.headers.pop(header, None)
            if value is not None:
                request.headers[header] = value
        answer = send(request)
        report.check(f"{name} is answered 401", answer.status_code == 401, (answer.status_code, answer.text))

    def new(by=mara):
        activity = by.question(group, f"Niet van haar {len(sent)}?")
        sent.append(activity["id"])
        return activity

    def other_body(request):
        return request.body.replace(b"Inhoud", b"Anders")

    long_ago = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=2)
    in_two_hours = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=2)
    for name, sign in [("cavage", mara.cavage), ("RFC 9421", mara.rfc), ("RFC 9421 by apsig", mara.rfc_by_apsig)]:
        request = sign(inbox, new())
        attempt(f"{name}: another body", request, other_body(request))
        # The digest fits the new body, but is not the one that was signed.
        request = sign(inbox, new())
        body = other_body(request)
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        new_digest = {"digest": f"SHA-256={digest}"} if name == "cavage" else {"content_digest": f"sha-256=:{digest}:"}
        attempt(f"{name}: another body and digest", request, body, **new_digest)
        attempt(f"{name}: no digest", sign(inbox, new()), digest=None, content_digest=None)
        request = sign(inbox, new())
        request.url = f"{a.base}/u/hoofd/inbox"
        attempt(f"{name}: another address", request)
        if name != "cavage":
            attempt(f"{name}: another content type", sign(inbox, new()), content_type="application/ld+json")
        attempt(f"{name}: no signature", sign(inbox, new()), signature=None, authorization=None)
        # Mallory signs what Mara is said to say.
        attempt(f"{name}: somebody else's actor", getattr(mallory, sign.__name__)(inbox, new()))
        stolen = copy.copy(mallory)
        stolen.key_id = mara.key_id
        attempt(f"{name}: somebody else's key id", getattr(type(mallory), sign.__name__)(stolen, inbox, new()))
    old = {"headers": {"Date": long_ago.strftime("%a, %d %b %Y %H:%M:%S GMT")}}
    attempt("cavage: two hours old", mara.cavage(inbox, new(), **old))
    ahead = {"headers": {"Date": in_two_hours.strftime("%a, %d %b %Y %H:%M:%S GMT")}}
    attempt("cavage: from the future", mara.cavage(inbox, new(), **ahead))
    attempt("cavage: digest not signed", mara.cavage(inbox, new(), signed_headers=["(request-target)", "host", "date"]))
    attempt("cavage: host not signed", mara.cavage(inbox, new(), signed_headers=["(request-target)", "date", "digest"]))
    attempt("RFC 9421: two hours old", mara.rfc(inbox, new(), created=long_ago))
    attempt("RFC 9421: from the future", mara.rfc(inbox, new(), created=in_two_hours))
    attempt("RFC 9421: expired", mara.rfc(inbox, new(), created=long_ago, expires=long_ago + datetime.timedelta(seconds=60)))
    attempt("RFC 9421: neither target nor path signed", mara.rfc(inbox, new(), components=("@method", "content-type")))
    attempt("RFC 9421: method not signed", mara.rfc(inbox, new(), components=("@target-uri", "content-type")))
    request = mara.rfc(inbox, new())
    attempt(
        "RFC 9421: another algorithm named",
        request,
        signature_input=request.headers["Signature-Input"].replace("rsa-v1_5-sha256", "hmac-sha256"),
    )
    request = mara.rfc(inbox, new(), kind="ed25519")
    attempt("RFC 9421, Ed25519: another body", request, other_body(request))
    confused = copy.copy(mara)
    confused.multikey = mara.key_id
    attempt("RFC 9421: an Ed25519 signature under the RSA key's id", confused.rfc(inbox, new(), kind="ed25519"))
    attempt("RFC 9421 by apsig, as it is: no digest signed", mara.rfc_by_apsig(inbox, new(), as_it_is=True))
    kept = [id for id in sent if a.received(id) != (None, None)]
    report.check("nothing of it was kept", not kept, kept)
    report.check("nothing of it is shown", "Niet van haar" not in a.page("/c/handtekeningen"))


def fetching(report, stage, mara):
    """With an allow-list, who is on it may fetch when they sign, in either way; nobody else may."""
    c = Instance(stage, C, "Drenthe", MEENT_FEDERATION__MODE="allowlist", MEENT_FEDERATION__ALLOW=RECORDER)
    group = c.group("besloten", "Besloten")
    plain = requests.get(group, headers={"Accept": ACTIVITY}, timeout=30)
    report.check("unsigned fetching is refused", plain.status_code == 401, plain.status_code)
    for name, request in [
        ("cavage", mara.cavage_get(group)),
        ("RFC 9421", mara.rfc(group, None, method="GET")),
        ("RFC 9421, Ed25519", mara.rfc(group, None, kind="ed25519", method="GET")),
    ]:
        answer = send(request)
        report.check(f"fetching signed with {name} is allowed", answer.status_code == 200, (answer.status_code, answer.text[:300]))
    report.check(
        "its own actor is open", requests.get(f"{c.base}/actor", headers={"Accept": ACTIVITY}, timeout=30).status_code == 200
    )
    report.check("its pages are open", requests.get(group, headers={"Accept": "text/html"}, timeout=30).status_code == 200)


def proofs(report, a, recorder, away):
    """A group elsewhere announces what somebody on a third server said. The post can't be fetched there, so only its proof can
    make it believed."""
    elders, carol = recorder.actor("elders", "Group"), away.actor("carol")
    recorder.documents["/.well-known/webfinger"] = {
        "subject": f"acct:elders@{recorder.host}",
        "links": [{"rel": "self", "type": ACTIVITY, "href": elders.id}],
    }
    member = a.member("lezer")
    page = member.join_elsewhere(f"elders@{recorder.host}")
    follow = until(
        "the group elsewhere gets a Follow",
        lambda: recorder.find(lambda entry: entry.method == "POST" and b'"Follow"' in entry.body),
    )
    accept = elders.says("Accept", json.loads(follow.body), to=[json.loads(follow.body)["actor"]])
    report.check("the Accept is taken", send(elders.cavage(f"{a.base}/inbox", accept)).status_code == 202)

    def announce(said):
        activity = elders.says("Announce", said, to=[PUBLIC], cc=[f"{elders.id}/followers"])
        answer = send(elders.cavage(f"{a.base}/inbox", activity))
        report.check("the Announce is taken", answer.status_code == 202, (answer.status_code, answer.text))
        return activity["id"]

    announce(carol.proven(carol.question(elders.id, "Met een bewijs?")))
    a.thread(page, "Met een bewijs?")

    changed = carol.proven(carol.question(elders.id, "Met een bewijs voor iets anders?"))
    changed["object"]["content"] = "<p>Dit heeft zij nooit gezegd.</p>"
    borrowed = carol.proven(carol.question(elders.id, "Met een geleend bewijs?"))
    borrowed["proof"]["proofValue"] = carol.proven(carol.question(elders.id, "Iets anders"))["proof"]["proofValue"]
    mallory = recorder.actor("mallory_proves")
    foreign = mallory.proven(carol.question(elders.id, "Met een bewijs van een ander?"))
    bare = carol.question(elders.id, "Zonder bewijs?")
    for name, said in [
        ("a proof of other words", changed),
        ("a proof from elsewhere", borrowed),
        ("somebody else's proof", foreign),
        ("no proof", bare),
    ]:
        id = announce(said)
        until(f"{name}: it is dealt with or put off", lambda id=id: a.dealt_with(id))
        report.check(f"{name} is not believed", said["object"]["name"] not in a.page(page), a.received(id))


# ---- Ours ----


def key_of(actor_id):
    document = requests.get(actor_id, headers={"Accept": ACTIVITY}, timeout=30).json()
    return document, serialization.load_pem_public_key(document["publicKey"]["publicKeyPem"].encode())


def follow_of(b, member, recorder, group):
    """A member of ours joins a group there; the request with the Follow, as it was taken."""
    recorder.documents["/.well-known/webfinger"] = {
        "subject": f"acct:{group.name}@{recorder.host}",
        "links": [{"rel": "self", "type": ACTIVITY, "href": group.id}],
    }
    member.join_elsewhere(f"{group.name}@{recorder.host}")
    return until(
        f"{recorder.host} gets a Follow",
        lambda: recorder.find(lambda entry: entry.method == "POST" and entry.status == 202 and member.id.encode() in entry.body),
    )


def ours_cavage(report, b, recorder):
    member, group = b.member("tekenaar"), recorder.actor("getekend", "Group")
    posted = follow_of(b, member, recorder, group)
    document, key = key_of(member.id)
    report.check(
        "our POST is signed by the member",
        Verifier(key, "POST", posted.url, posted.headers, posted.body).verify() == document["publicKey"]["id"],
        posted.headers,
    )
    report.check(
        "and not when its body is another", Verifier(key, "POST", posted.url, posted.headers, posted.body + b" ").verify() is None
    )
    got = recorder.find(
        lambda entry: entry.method == "GET" and entry.path == "/getekend" and b.host in entry.headers.get("signature", "")
    )
    assert got, "our GET was not signed"
    document, key = key_of(f"{b.base}/actor")
    report.check(
        "our GET is signed by the instance",
        Verifier(key, "GET", got.url, got.headers).verify() == document["publicKey"]["id"],
        got.headers,
    )
    own_proof(report, b, json.loads(posted.body))


class InOurOrder(RFC9421Verifier):
    """apsig 0.6.0 writes the parameters in an order of its own, where RFC 9421 wants them as they were sent."""

    def _RFC9421Verifier__generate_sig_input(self, *_, **__):
        return self.headers["signature-input"].removeprefix("sig1=")


def ours_rfc(report, b, away):
    """It refuses draft-cavage, so we knock again; and the next time we begin with what it takes."""
    member, group = b.member("nieuwtekenaar"), away.actor("modern", "Group")
    posted = follow_of(b, member, away, group)
    knocks = [entry.status for entry in away.requests if entry.method == "POST" and member.id.encode() in entry.body]
    report.check("we knock twice, the second time with RFC 9421", knocks[-2:] == [401, 202], knocks)
    document, key = key_of(member.id)
    resolver = MappingKeyResolver(public_keys={document["publicKey"]["id"]: key}, private_keys={})
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.RSA_V1_5_SHA256, key_resolver=resolver)
    message = SimpleNamespace(method="POST", url=posted.url, headers=requests.structures.CaseInsensitiveDict(posted.headers))
    verified = verifier.verify(
        message,
        max_age=datetime.timedelta(minutes=5),
        body=posted.body,
        require_components=("@method", "@target-uri", "content-digest"),
    )
    report.check("http-message-signatures verifies our RFC 9421", len(verified) == 1, verified)
    report.check(
        "there is one signature, of one kind",
        "digest" not in posted.headers and posted.headers["signature"].startswith("sig1=:"),
        posted.headers,
    )
    # apsig knows @target-uri only as a header.
    headers = {**posted.headers, "@target-uri": posted.url}
    verifier = InOurOrder(key, "POST", posted.path, away.host, headers)
    report.check("apsig verifies our RFC 9421", verifier.verify(raise_on_fail=True) == document["publicKey"]["id"], posted.headers)
    own_proof(report, b, json.loads(posted.body))
    member.press(f"/c/modern@{away.host}", f"/c/modern@{away.host}/leave")
    undo = until(
        "it gets the Undo",
        lambda: away.find(lambda entry: entry.method == "POST" and entry.status == 202 and b'"Undo"' in entry.body),
    )
    refusals = [entry for entry in away.requests if entry.method == "POST" and entry.body == undo.body and entry.status == 401]
    report.check("what it takes is remembered", not refusals, len(refusals))


def own_proof(report, b, activity):
    """apsig verifies the FEP-8b32 proof on what we say, with the key of the actor's document."""
    document, _ = key_of(activity["actor"])
    keys = {key["id"]: key["publicKeyMultibase"] for key in document.get("assertionMethod", [])}
    proof = activity.get("proof")
    report.check(
        f"our {activity['type']} has a proof by a key that its actor lists",
        proof and proof["verificationMethod"] in keys,
        (proof, keys),
    )
    if proof and proof["verificationMethod"] in keys:
        verifier = ProofVerifier(keys[proof["verificationMethod"]])
        report.check(
            f"apsig verifies the proof on our {activity['type']}",
            verifier.verify(copy.deepcopy(activity)) == proof["verificationMethod"],
            activity,
        )
        changed = {**copy.deepcopy(activity), "id": f"{b.base}/activities/{uuid.uuid4()}"}
        report.check("and not when something was changed", verifier.verify(changed) is None)
