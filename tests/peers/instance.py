"""An instance of Meent, and somebody at its pages."""

import html
import json
import re
import sqlite3
import subprocess

import requests

from stage import PORTS, until

PASSWORD = "vier-losse-woorden-zonder-verband"
ACTIVITY = "application/activity+json"


class Instance:
    """The binary behind nginx, with SQLite in a folder of its own."""

    def __init__(self, stage, host, region, behind=True, **settings):
        """`behind`: whether its proxy is there already."""
        self.stage, self.host, self.name = stage, host, host.split(".")[0]
        self.base = f"https://{host}"
        self.folder = stage.work / self.name
        self.settings = {
            "MEENT_PUBLIC_URL": self.base,
            "MEENT_LISTEN": f"127.0.0.1:{PORTS[host]}",
            "MEENT_DATA_DIR": str(self.folder),
            "MEENT_SERVER__TRUSTED_PROXIES": "127.0.0.0/8",
            "MEENT_FEDERATION__MODE": "open",
            "MEENT_FEDERATION__ALLOW_NETWORKS": "127.0.0.0/8",
            "MEENT_FEDERATION__EXTRA_CA_FILE": str(stage.ca),
            "MEENT_LOG__LEVEL": "info",
            **settings,
        }
        self.folder.mkdir()
        self.command("member", "add", "beheer", "--email", f"beheer@{host}", "--admin", "--password-stdin", typed=PASSWORD)
        self.process = stage.start(self.name, [stage.meent], env={**self.environment()})
        if behind:
            self.ready()

    def environment(self):
        # Without the variables of the other runtimes: what it trusts is in its configuration.
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "NO_COLOR": "1", **self.settings}

    def command(self, *words, typed=None):
        done = subprocess.run([self.stage.meent, *words], input=typed, text=True, capture_output=True, env=self.environment())
        assert done.returncode == 0, f"meent {' '.join(words)}: {done.stdout}{done.stderr}"

    def member(self, name):
        self.command("member", "add", name, "--email", f"{name}@{self.host}", "--password-stdin", typed=PASSWORD)
        return Member(self, name)

    def group(self, name, title):
        self.command("group", "add", name, "--title", title, "--moderator", "beheer")
        return f"{self.base}/c/{name}"

    def ready(self):
        def answers():
            assert self.process.poll() is None, f"{self.name} ended:\n{self.stage.log(self.name).read_text()[-3000:]}"
            try:
                return requests.get(f"{self.base}/health/ready", timeout=5).status_code == 200
            except requests.ConnectionError as error:
                assert not isinstance(error, requests.exceptions.SSLError), error
                return False

        until(f"{self.name} is ready", answers, log=self.stage.log(self.name))

    def rows(self, sql, *values):
        """A look into its database, for what no page shows."""
        with sqlite3.connect(f"file:{self.folder}/meent.db?mode=ro", uri=True, timeout=10) as database:
            return database.execute(sql, values).fetchall()

    def received(self, id):
        """What became of an activity: `done`, `ignored`, `failed`, `new`, and why."""
        found = self.rows("SELECT state, note FROM received WHERE ap_id = ?", id)
        return found[0] if found else (None, None)

    def dealt_with(self, id):
        """Whether an activity came to an end, or was put off for a reason."""
        state, note = self.received(id)
        return state is not None and (state != "new" or note is not None)

    def get(self, path, **options):
        return requests.get(path if path.startswith("https:") else self.base + path, timeout=30, **options)

    def page(self, path):
        answer = self.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer.text

    def document(self, path):
        answer = self.get(path, headers={"Accept": ACTIVITY})
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return json.loads(answer.text)

    def thread(self, group, title):
        """The path of the thread with this title, as soon as the group's page has it."""

        def look():
            page = self.page(group)
            found = re.search(r'<a[^>]* href="(/post/\d+)[^"]*"[^>]*>\s*' + re.escape(html.escape(title)), page)
            return found and found.group(1)

        return until(f"{title!r} stands on {self.base}{group}", look)

    def shows(self, path, text):
        until(f"{self.base}{path} shows {text!r}", lambda: html.escape(text) in self.page(path))

    def hides(self, path, text):
        until(f"{self.base}{path} no longer shows {text!r}", lambda: html.escape(text) not in self.page(path))

    def followers(self, group):
        return self.document(f"{group}/followers")["totalItems"]

    def useful(self, path):
        """How many found it useful, as other servers read it."""
        return self.document(f"{path}/likes")["totalItems"]


class Member:
    """Somebody who is logged in, with a browser that runs no scripts."""

    def __init__(self, instance, name):
        self.instance, self.name = instance, name
        self.id = f"{instance.base}/u/{name}"
        self.session = requests.Session()
        self.session.headers.update({"Accept": "text/html", "Accept-Language": "nl", "Sec-Fetch-Site": "same-origin"})
        self.post("/login", login=name, password=PASSWORD)
        assert "csrf" in self.get("/"), f"{name} could not log in"

    def get(self, path):
        answer = self.session.get(self.instance.base + path, timeout=30)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer.text

    def post(self, path, /, **fields):
        answer = self.session.post(self.instance.base + path, data=fields, timeout=30, allow_redirects=False)
        assert answer.status_code == 303, f"{path}: {answer.status_code}\n{text_of(answer.text)}"
        return answer.headers["Location"]

    def press(self, page, action, /, **fields):
        """Sends a form of a page of ours, with its token."""
        found = re.search(r'name="csrf" value="([^"]*)"', self.get(page))
        assert found, f"{page} has no form"
        return self.post(action, csrf=found.group(1), once=f"{action}{fields}"[:100], **fields)

    def ask(self, group, title, body):
        place = self.press(f"{group}/ask", f"{group}/ask", kind="question", title=title, body=body, action="ask")
        return "/" + place.removeprefix(self.instance.base).lstrip("/").split("?")[0].split("#")[0]

    def answer(self, thread, body):
        self.press(thread, f"{thread}/answer", body=body)

    def join_elsewhere(self, handle):
        """Looks a group up by its handle, and joins it; gives the path of its page here."""
        name, host = handle.split("@")
        self.session.get(f"{self.instance.base}/groups/find", params={"q": handle}, timeout=30)
        self.press(f"/c/{handle}", f"/c/{handle}/join")
        return f"/c/{name}@{host}"


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))[:1500]
