"""Part 2: fediverse-pasture. Six test actors look at ours and knock at our inbox, and all its example payloads come in."""

import asyncio
import json
import os
import ssl
import sys

import aiohttp
import requests
from fediverse_pasture.data_provider import DataProvider, bovine_actor_for_actor_data
from fediverse_pasture.runner import ActivitySender
from fediverse_pasture.runner.config import SendingConfig
from fediverse_pasture_inputs import available

from stage import HERE, PASTURE, PORTS, until

# Alice and Dean don't sign what they post; they must be refused. The others must not, also those without WebFinger (Dean,
# Emily, Frank) and those whose key must be asked for with a signature (Claire, Frank).
REFUSED = {"alice", "dean"}
PAYLOADS = 262
THEIR_SERVER = "http://pasture-one-actor"
THEIR_ACTOR = f"{THEIR_SERVER}/actor"


def start(stage):
    """Its web server, once; its keys are made for this run."""
    folder = stage.work / "pasture"
    if not folder.exists():
        folder.mkdir()
        command = [sys.executable, "-m", "hypercorn", "-b", f"127.0.0.1:{PORTS[PASTURE]}", "pasture_app:app"]
        stage.start("pasture", command, cwd=folder, env=stage.environment(PYTHONPATH=HERE))
        stage.wait_for_port("127.0.0.1", PORTS[PASTURE], "pasture")
    return folder


def verify(report, stage, a, _b):
    with report.part("fediverse-pasture: verify_actor"):
        start(stage)
        a.member("wei")
        for actor in [f"{a.base}/u/wei", a.group("weide", "De weide"), f"{a.base}/actor"]:
            answer = requests.get(
                f"https://{PASTURE}/", params={"actor_uri": actor}, headers={"Accept": "application/json"}, timeout=90
            )
            assert answer.status_code == 200, answer.text
            result, messages = answer.json()["result"], answer.json()["messages"]
            report.check(f"{actor}: WebFinger leads back to it", result.pop("webfinger") is True, messages[-1500:])
            report.check(f"{actor}: all six looked", len(result) == 6, result)
            for name, verdict in result.items():
                said = messages.partition(f"verification for {name}")[2].partition("Running verification")[0]
                report.check(f"{actor}: {name} reads it", verdict["get_actor"] is True, said)
                taken = name not in REFUSED
                report.check(f"{actor}: {name} is {'taken' if taken else 'refused'}", verdict["post_inbox"] is taken, said)


def inputs(report, stage, a, _b):
    with report.part("fediverse-pasture: example payloads"):
        folder = start(stage)
        group = a.group("voorbeelden", "Voorbeelden")
        outcomes = asyncio.run(send_all(folder, group, stage.ca))
        report.check(f"there are {PAYLOADS} payloads", len(outcomes) == PAYLOADS, len(outcomes))
        report.check(
            "each is answered 202",
            all(status == 202 for _, _, status, _ in outcomes),
            [(name, n, status) for name, n, status, _ in outcomes if status != 202],
        )
        ids = {id for _, _, status, id in outcomes if status == 202}

        def dealt_with():
            return {
                id: (state, note)
                for id, state, note in a.rows("SELECT ap_id, state, note FROM received")
                if id in ids and (state != "new" or note)
            }

        until("all are dealt with", lambda: len(dealt_with()) == len(ids), seconds=60)
        found = dealt_with()
        states = [state for state, _ in found.values()]
        report.say(f"payloads: {', '.join(f'{states.count(state)} {state}' for state in sorted(set(states)))}")
        silent = {id: state for id, (state, note) in found.items() if state in ("failed", "new") and not note}
        report.check("each that failed has a reason", not silent, silent)
        report.check("most became threads", states.count("done") > PAYLOADS / 2, found)

        # Nothing of it breaks a page, or what we say of it.
        threads = a.rows(
            "SELECT p.id FROM post p JOIN actor g ON g.id = p.group_id WHERE g.ap_id = ? AND p.deleted_at IS NULL", group
        )
        report.check("there are threads to look at", len(threads) > PAYLOADS / 2, len(threads))
        for path in ["/health/ready", "/c/voorbeelden", *(f"/post/{id}" for (id,) in threads)]:
            status = a.get(path, headers={"Accept": "text/html"}).status_code
            report.check(f"{path} has a page", status == 200, status)
        for part in ["", "/outbox", "/outbox?page=1", "/followers"]:
            a.document(f"/c/voorbeelden{part}")


async def send_all(folder, group, authority):
    """Sends every payload as Bob, a person who mentions the group; the answer's status and the activity's id of each."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        bob = next(actor for actor in DataProvider.load().possible_actors if actor.actor_name == "bob")
    finally:
        os.chdir(before)
    person, described = bovine_actor_for_actor_data(f"https://{PASTURE}/bob", bob)
    outcomes = []
    trust = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=authority))
    async with aiohttp.ClientSession(connector=trust) as session:
        await person.init(session=session)
        sender = ActivitySender.for_actor(person, described)
        sender.sleep_after_getting_inbox = False
        sender.sending_config = SendingConfig(include_cc=True, include_mention=True)
        real_post = person.post
        status = None

        async def post(*arguments):
            nonlocal status
            try:
                response = await real_post(*arguments)
                status = response.status
                return response
            except aiohttp.ClientResponseError as error:
                status = error.status

        person.post = post
        for name, data in sorted(available.items()):
            for number, example in enumerate(data.examples):
                status = None
                # The examples name the package's own server; here it is ours.
                text = json.dumps(example).replace(THEIR_ACTOR, person.actor_id).replace(THEIR_SERVER, f"https://{PASTURE}")
                more = {"content": f"Voorbeeld {name} {number}", **json.loads(text)}
                sender.init_create_note(lambda note, more=more: as_list_to({**note, **more}))
                await sender.send(group)
                outcomes.append((name, number, status, sender.activity["id"]))
    return outcomes


def as_list_to(note):
    """The sender appends to `to`, which some examples give as a text or not at all."""
    to = note.get("to") or []
    return {**note, "to": to if isinstance(to, list) else [to]}
