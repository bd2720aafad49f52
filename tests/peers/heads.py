"""Part 5: HEAD is answered like GET, on everything: NodeBB begins with HEAD, and GoToSocial reads collections."""

import requests

from instance import ACTIVITY
from stage import until

# May differ from one answer to the next.
OWN_TIME = {"date", "set-cookie", "connection", "x-request-id"}


def run(report, _stage, a, _b):
    with report.part("HEAD like GET"):
        member = a.member("hoofd")
        a.group("hoofden", "Hoofden")
        question = member.ask("/c/hoofden", "Wat is een kop zonder romp?", "Een vraag.")
        member.answer(question, "Een antwoord.")
        a.shows(question, "Een antwoord.")
        replies = a.document(f"{question}/replies?page=1")["orderedItems"]
        comment = replies[0].removeprefix(a.base)
        announced = until("the question is in the outbox", lambda: a.document("/c/hoofden/outbox?page=1")["orderedItems"])
        first = announced[0]["id"].removeprefix(a.base)

        documents = [
            "/",
            "/actor",
            "/actor/outbox",
            "/actor/groups",
            "/actor/groups?page=1",
            "/u/hoofd",
            "/c/hoofden",
            question,
            comment,
            first,
        ]
        documents += [f"/u/hoofd/{part}" for part in ["outbox", "outbox?page=1", "followers", "following", "featured"]]
        documents += [f"/c/hoofden/{part}" for part in ["outbox", "outbox?page=1", "followers", "featured", "moderators"]]
        documents += [f"{question}/{part}" for part in ["context", "context?page=1", "replies", "replies?page=1", "likes"]]
        documents += [f"{comment}/{part}" for part in ["replies", "replies?page=1", "likes"]]
        discovery = [
            f"/.well-known/webfinger?resource=acct:hoofden@{a.host}",
            "/.well-known/webfinger?resource=acct:niemand@" + a.host,
            "/.well-known/host-meta",
            "/.well-known/host-meta.json",
            "/.well-known/nodeinfo",
            "/nodeinfo/2.0",
            "/nodeinfo/2.1",
            "/nodeinfo/3.0",
        ]
        pages = [
            "/",
            "/login",
            "/register",
            "/groups",
            "/c/hoofden",
            "/u/hoofd",
            question,
            comment,
            "/about",
            "/accessibility",
            "/static/app.css",
            "/theme.css",
            "/robots.txt",
            "/health/live",
            "/health/ready",
            "/c/niemand",
            "/post/1",
            "/inbox",
            "/c/hoofden/inbox",
            "/geen/pagina",
        ]
        for accept, paths in [
            (ACTIVITY, documents),
            ("*/*", discovery),
            ("text/html", pages),
            (ACTIVITY, ["/c/niemand", "/post/1"]),
        ]:
            for path in paths:
                compare(report, a, path, accept)
        for path in documents:
            report.check(f"{path} is there", a.get(path, headers={"Accept": ACTIVITY}).status_code == 200)


def compare(report, a, path, accept):
    options = {"headers": {"Accept": accept, "Accept-Encoding": "identity"}, "allow_redirects": False, "timeout": 30}
    get, head = (requests.request(method, a.base + path, **options) for method in ("GET", "HEAD"))
    report.check(
        f"HEAD {path} ({accept}) has GET's status", head.status_code == get.status_code, (head.status_code, get.status_code)
    )
    mine, its = (
        {name.lower(): value for name, value in answer.headers.items() if name.lower() not in OWN_TIME} for answer in (head, get)
    )
    report.check(
        f"HEAD {path} ({accept}) has GET's headers",
        mine == its,
        {name: (mine.get(name), its.get(name)) for name in mine.keys() | its.keys() if mine.get(name) != its.get(name)},
    )
    report.check(f"HEAD {path} has no body", not head.content)
