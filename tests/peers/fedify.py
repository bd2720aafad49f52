"""Part 1: a small server on Fedify follows, asks, answers, likes, changes and deletes, and judges what we send."""

import json

import requests

from stage import FEDIFY, PORTS, until
from instance import ACTIVITY

LEMMING, MAMMOTH, MODERN = FEDIFY
# One for each way to begin: with the old signatures, with the new, and one that takes nothing but the new. Two of them say
# that they are threadiverse software, which gets everything; the third gets what starts a thread, as plain boosts.
CASTS = {
    LEMMING: {"FIRST_KNOCK": "draft-cavage-http-signatures-12", "TAKES": "both", "SECURE": "1", "SOFTWARE": "lemmy"},
    MAMMOTH: {"FIRST_KNOCK": "rfc9421", "TAKES": "both", "SECURE": "0", "SOFTWARE": "fedify-peer"},
    MODERN: {"FIRST_KNOCK": "rfc9421", "TAKES": "rfc9421", "SECURE": "1", "SOFTWARE": "piefed"},
}


class Peer:
    def __init__(self, stage, host):
        self.host, self.base, self.port = host, f"https://{host}", PORTS[host]
        self.cast = CASTS[host]
        # Threadiverse software gets everything that happens in a group.
        self.everything = self.cast["SOFTWARE"] != "fedify-peer"
        environment = stage.environment(ORIGIN=self.base, PORT=self.port, KEYS=stage.work / f"{host}.keys.json", **self.cast)
        stage.start(host, [stage.node, str(stage.scripts / "fedify_peer.mjs")], env=environment)
        stage.wait_for_port("127.0.0.1", self.port, host)

    def actor(self, name):
        return f"{self.base}/users/{name}"

    def do(self, what, who=None, /, **fields):
        """Has one of its people do something; fails when Fedify could not."""
        fields = {**fields, "as": who} if who else fields
        answer = requests.post(f"http://127.0.0.1:{self.port}/ctl/{what}", json=fields, timeout=60)
        assert answer.status_code == 200, f"{self.host} could not {what} {fields}:\n{answer.json()}\n{self.last()}"
        return answer.json()

    def log(self, since=0):
        return self.do("log", since=since)

    def last(self):
        entries = requests.post(f"http://127.0.0.1:{self.port}/ctl/log", json={}, timeout=60).json()
        return "\n".join(json.dumps(entry)[:600] for entry in entries[-8:])

    def arrived(self, what, fits, since=0):
        """The first activity like this that came in; by then Fedify has judged it."""

        def look():
            return next((entry for entry in self.log(since) if entry["kind"] == "arrived" and fits(entry.get("body", {}))), None)

        try:
            return until(f"{self.host} gets {what}", look)
        except AssertionError as error:
            raise AssertionError(f"{error}\nits log ends with:\n{self.last()}") from None

    def announced(self, what, fits):
        """The group's Announce of something like this."""
        return self.arrived(f"{what} announced", lambda body: body.get("type") == "Announce" and fits(body.get("object")))


def field_id(value):
    return value.get("id") if isinstance(value, dict) else value


def updated(said):
    """What an announced Update is about."""
    return said["object"] if isinstance(said, dict) and said.get("type") == "Update" else {}


def judged(peer, entry, report):
    """Fedify's own code has verified the signature, and took the activity."""
    report.check(f"{peer.host} verifies our signature on {entry['body']['type']} ({entry['scheme']})", entry["signed"], entry)
    report.check(f"{peer.host} takes our {entry['body']['type']}", entry["status"] in (200, 202), entry)
    if peer.cast["TAKES"] == "rfc9421":
        report.check(f"{peer.host} got {entry['body']['type']} with RFC 9421", entry["scheme"] == "rfc9421", entry)


def knocks(peer, host):
    """With what it knocked at our inboxes, and what we answered."""
    return [
        (entry["scheme"], entry.get("status"))
        for entry in peer.log()
        if entry["kind"] == "sent" and entry["method"] == "POST" and entry["url"].startswith(f"https://{host}/")
    ]


def life(report, peer, home, member, name):
    """Everything somebody on another server does in a group of ours, and what they see of ours."""
    group_id, page = home.group(name, f"Groep voor {peer.host}"), f"/c/{name}"
    before = home.followers(page)
    follow = peer.do("follow", "alice", group=group_id)
    accept = peer.arrived("Accept", lambda body: body.get("type") == "Accept" and field_id(body["object"]) == follow["id"])
    judged(peer, accept, report)
    report.check("the Accept comes from the group", accept["body"]["actor"] == group_id, accept)
    until("the group has a follower", lambda: home.followers(page) == before + 1)

    theirs(report, peer, home, member, name, group_id)
    ours(report, peer, home, member, name, group_id)

    # Leaving the group. (Who asks in a group joins it, so there are other followers by now.)
    before = home.followers(page)
    peer.do("undo-follow", "alice", group=group_id, follow=follow["id"])
    until("the follower is gone", lambda: home.followers(page) == before - 1)

    used = knocks(peer, home.host)
    wanted = "cavage" if peer.cast["FIRST_KNOCK"].startswith("draft") else "rfc9421"
    report.check(f"we take {wanted} as first knock", used and all(knock == (wanted, 202) for knock in used), used)
    wrong = [entry for entry in peer.log() if entry["kind"] == "error" or entry["kind"] == "arrived" and not entry["signed"]]
    report.check("nothing of ours failed there", not wrong, wrong)


def theirs(report, peer, home, member, name, group_id):
    """They ask, answer, change and delete; a member of ours answers."""
    page = f"/c/{name}"
    # A question as an Article, and one as a Note without a title that mentions the group.
    title = f"Hoe snoeien jullie bomen langs het water, {name}?"
    asked = peer.do(
        "post",
        "alice",
        group=group_id,
        type="Article",
        title=title,
        text="<p>Wij hebben er <b>veel</b>.</p>",
        audience=True,
    )
    path = home.thread(page, title)
    home.shows(path, "Wij hebben er")
    if peer.everything:
        announce = peer.announced("the question", lambda said: field_id(said) == asked["activity"])
        said = next(
            entry["body"]
            for entry in peer.log()
            if entry["kind"] == "sent" and entry.get("body", {}).get("id") == asked["activity"]
        )
        report.check("what is announced is what was said", announce["body"]["object"] == said, (announce, said))
    else:
        announce = peer.announced("the question", lambda said: said == asked["id"])
    judged(peer, announce, report)
    proof(report, peer, announce)
    peer.do(
        "post",
        "bob",
        group=group_id,
        type="Note",
        mention=True,
        text=f"<p>@{name} Wie leent {name} een bladblazer? Graag deze week.</p>",
    )
    home.shows(home.thread(page, f"Wie leent {name} een bladblazer?"), "Graag deze week.")

    answer = peer.do("post", "bob", group=group_id, type="Note", text="<p>In de winter.</p>", replyTo=asked["id"], audience=True)
    home.shows(path, "In de winter.")
    peer.do("edit", "bob", group=group_id, id=answer["id"], text="<p>In de winter, en nooit in maart.</p>")
    home.shows(path, "nooit in maart")
    peer.do("delete", "bob", group=group_id, id=answer["id"])
    home.hides(path, "nooit in maart")

    # A member's answer reaches who asked.
    member.answer(path, f"Wij doen het in {name}.")
    reply = peer.arrived("a member's answer", lambda body: "Wij doen het in" in json.dumps(body))
    judged(peer, reply, report)
    proof(report, peer, reply)
    if peer.everything:
        passed_on = peer.announced("a member's answer", lambda said: "Wij doen het in" in json.dumps(said))
        judged(peer, passed_on, report)
        proof(report, peer, passed_on)


def ours(report, peer, home, member, name, group_id):
    """A member of ours asks; they like it and answer; the answer is chosen, the question changed and deleted."""
    page = f"/c/{name}"
    path = member.ask(page, f"Wie weet iets van {name}?", "Alles is welkom.")
    id = home.base + path
    if peer.everything:
        own = peer.announced("a member's question", lambda said: isinstance(said, dict) and field_id(said.get("object")) == id)
    else:
        own = peer.announced("a member's question", lambda said: said == id)
    judged(peer, own, report)
    found = peer.do("lookup", url=id)
    report.check("Fedify reads a question of ours", found["type"] == "Article", found)

    like = peer.do("like", "bob", group=group_id, object=id)
    until("the like counts", lambda: home.useful(path) == 1)
    peer.do("unlike", "bob", group=group_id, like=like["id"])
    until("the like is taken back", lambda: home.useful(path) == 0)

    answer = peer.do("post", "bob", group=group_id, type="Note", text="<p>Dit is het antwoord.</p>", replyTo=id, audience=True)
    home.shows(path, "Dit is het antwoord.")
    ((number,),) = home.rows("SELECT id FROM post WHERE ap_id = ?", answer["id"])
    member.press(path, f"/post/{number}/accept", on="1")
    until("the answer is chosen", lambda: home.document(path).get("acceptedAnswer") == answer["id"])
    member.press(f"{path}/edit", f"{path}/edit", title=f"Wie weet alles van {name}?", body="Alles is welkom.")
    if peer.everything:
        chosen = peer.announced("the chosen answer", lambda said: updated(said).get("acceptedAnswer") == answer["id"])
        judged(peer, chosen, report)
        retitled = peer.announced("the new title", lambda said: updated(said).get("name") == f"Wie weet alles van {name}?")
        judged(peer, retitled, report)
    member.press(f"{path}/delete", f"{path}/delete")
    if peer.everything:
        gone = peer.announced(
            "the deletion", lambda said: isinstance(said, dict) and said.get("type") == "Delete" and field_id(said["object"]) == id
        )
        judged(peer, gone, report)
    until("the question is gone", lambda: home.get(path, headers={"Accept": ACTIVITY}).status_code == 410)


def proof(report, peer, entry):
    """Fedify verifies the FEP-8b32 proof on what we say."""
    report.check(f"{peer.host} verifies the proof on our {entry['body']['type']}", entry.get("proof", {}).get("fits"), entry)


def three(report, peer, a, b, name):
    """A question in a group of one region is seen in another, and answers from Fedify in both: those that were there before the
    other region followed, which it fetches from Fedify, and those that come later."""
    group_id = a.group(name, f"Straatwerk {name}")
    peer.do("follow", "alice", group=group_id)
    asker, there = a.member(f"vraagt_{name}"), b.member(f"leest_{name}")
    title = f"Welke bestrating houdt het langst in {name}?"
    path = asker.ask(f"/c/{name}", title, "Wij twijfelen tussen twee soorten.")
    peer.do("post", "bob", group=group_id, type="Note", text="<p>Gebakken klinkers.</p>", replyTo=a.base + path, audience=True)
    a.shows(path, "Gebakken klinkers.")
    began = len(peer.log())

    before = a.followers(f"/c/{name}")
    page_there = there.join_elsewhere(f"{name}@{a.host}")
    until("the other region follows", lambda: a.followers(f"/c/{name}") == before + 1)
    path_there = b.thread(page_there, title)
    b.shows(path_there, "Gebakken klinkers.")
    asked = [
        entry for entry in peer.log(began) if entry.get("path", "").startswith("/notes/") and entry["kind"] in ("asked", "refused")
    ]
    report.check(
        "the other region asked Fedify for the answer, signed",
        any(entry.get("status") == 200 and entry["scheme"] != "none" for entry in asked),
        asked,
    )

    peer.do("post", "bob", group=group_id, type="Note", text="<p>En nooit asfalt.</p>", replyTo=a.base + path, audience=True)
    for place, where in [(a, path), (b, path_there)]:
        place.shows(where, "En nooit asfalt.")
    there.answer(path_there, "Bij ons ook.")
    a.shows(path, "Bij ons ook.")
    peer.announced("the other region's answer", lambda said: "Bij ons ook." in json.dumps(said))


def run(report, stage, a, b):
    member = a.member("fleur")
    for number, host in enumerate(CASTS, 1):
        peer = Peer(stage, host)
        with report.part(f"fedify: {host} ({peer.cast['FIRST_KNOCK']} first, takes {peer.cast['TAKES']})"):
            life(report, peer, a, member, f"fedify{number}")
        if peer.everything:
            with report.part(f"fedify: two regions and {host} in one thread"):
                three(report, peer, a, b, f"straat{number}")
