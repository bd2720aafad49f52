"""Part 6: what docs/install gives an administrator works, and `meent doctor` says what somebody made of it that does not."""

import contextlib
import json
import os
import re
import subprocess

import requests
import yaml

from instance import Instance
from stage import HERE, OWN, OWN_ADDRESS, PORTS

# The mail server of the other tests.
MAIL_SERVER = HERE.parent / "it" / "support" / "smtp.py"
INSTALL = HERE.parent.parent / "docs" / "install"
# What is not set up here, and the disk of whoever runs the tests.
ELSEWHERE = {"mail", "backup", "disk"}


def run(report, stage, a, _b):
    own = None
    with report.part("an instance of its own"):
        own = Instance(stage, OWN, "Zeeland", behind=False)
    if own:
        behind_nginx(report, stage, own, a)
        behind_caddy(report, stage, own)
    with report.part("little room"):
        little_room(report, stage, a)
    unit(report, stage)
    containers(report, stage, a)


def doctor(instance, **settings):
    """The findings of `meent doctor`, and its exit status."""
    done = subprocess.run(
        [instance.stage.meent, "doctor", "--json"],
        text=True,
        capture_output=True,
        env={**instance.environment(), **settings},
        timeout=120,
    )
    said = json.loads(done.stdout)
    assert done.returncode == {"ok": 0, "warning": 1, "failure": 2}[said["status"]], done
    return said["findings"]


def is_well(report, what, findings):
    wrong = [finding for finding in findings if finding["level"] != "ok" and finding["check"] not in ELSEWHERE]
    looked = {finding["check"] for finding in findings}
    wanted = {"address", "certificate", "webfinger", "nodeinfo", "proxy", "clock", "server", "database"}
    report.check(f"{what}: the doctor finds nothing wrong", not wrong and wanted <= looked, wrong or looked)


def fails(report, what, findings, check, words):
    found = [f for f in findings if f["check"] == check and f["level"] == "failure" and words in f["says"] and f.get("remedy")]
    report.check(f"the doctor sees {what}", found, findings)


@contextlib.contextmanager
def nginx(stage, own, number, change=lambda text: text):
    sample = stage.site(OWN, PORTS[OWN], OWN_ADDRESS)
    changed = change(sample)
    assert number == 0 or changed != sample, "the sample for nginx no longer holds what is changed here"
    process = stage.nginx(f"nginx-{number}", changed, OWN_ADDRESS)
    try:
        yield
    finally:
        stage.stop(process)


def without(pattern):
    return lambda text: re.sub(pattern, "", text)


def behind_nginx(report, stage, own, a):
    with report.part("behind the nginx of docs/install"), nginx(stage, own, 0):
        own.ready()
        is_well(report, "behind nginx", doctor(own))
        moved = requests.get(f"http://{OWN}/about?x=1", allow_redirects=False, timeout=10)
        place = (moved.status_code, moved.headers.get("location"))
        report.check("http leads to https", place == (301, f"https://{OWN}/about?x=1"), place)
        somebody_asks(report, own, "nginx")
        own.get("/calendar/geheim.ics?token=geheim", headers={"Referer": f"https://{OWN}/?geheim", "X-Request-Id": "geheim"})
        logged = (stage.work / "nginx-0" / "meent.log").read_text()
        report.check("nginx logs nothing that lets somebody in", '"GET /calendar/..." 404' in logged and "geheim" not in logged, logged)
        mail(report, own)
        first_region(report, own, a)
        # The running server believes its proxy; the doctor would tell an administrator who took it out.
        fails(
            report,
            "a proxy that is not believed",
            doctor(own, MEENT_SERVER__TRUSTED_PROXIES=""),
            "proxy",
            "is not one that is believed",
        )
    other = r'"https://elders.meent.test$request_uri"'
    wrong = [
        ("a Host that was changed", without(r"proxy_set_header Host .*;"), "proxy", "passes on `Host: 127.0.0.1"),
        (
            "that nobody says where requests come from",
            without(r"proxy_set_header X-Forwarded-For .*;"),
            "proxy",
            "does not say from whom",
        ),
        (
            "addresses that were changed",
            lambda text: text.replace(f"127.0.0.1:{PORTS[OWN]};", f"127.0.0.1:{PORTS[OWN]}/;"),
            "proxy",
            "changes addresses",
        ),
        ("that photographs are refused", without(r"client_max_body_size .*;"), "proxy", "nobody can send a photograph"),
        (
            "a proxy that does not reach it",
            lambda text: text.replace(f"127.0.0.1:{PORTS[OWN]};", "127.0.0.1:9;"),
            "address",
            "does not reach Meent",
        ),
        (
            "a redirect",
            lambda text: text.replace(
                "location / {\n        # No path",
                f"location / {{ return 301 {other}; }}\n    location /x {{\n        # No path",
            ),
            "address",
            "is redirected to https://elders",
        ),
        (
            "a site that keeps /.well-known/ for itself",
            lambda text: text.replace(
                "    client_max_body_size", "    location /.well-known/ { return 404; }\n    client_max_body_size"
            ),
            "webfinger",
            "404",
        ),
    ]
    for number, (what, change, check, words) in enumerate(wrong, 1):
        with report.part(f"nginx with {what}"), nginx(stage, own, number, change):
            fails(report, what, doctor(own), check, words)
    with report.part("a proxy that is gone"):
        fails(report, "a proxy that is gone", doctor(own), "address", "nothing answers there at port 443")


def behind_caddy(report, stage, own):
    with report.part("behind the Caddy of docs/install"):
        sample = (INSTALL / "Caddyfile").read_text()
        caddy(stage, INSTALL / "Caddyfile", "validate")
        certificates = stage.ca.parent
        changed = sample.replace(
            "meent.example {",
            f"{OWN} {{\n\tbind {OWN_ADDRESS}\n\ttls {certificates}/site.pem {certificates}/site.key",
            1,
        )
        assert changed != sample, "the sample for Caddy no longer names meent.example"
        file = stage.work / "Caddyfile"
        # No door for administrators, and no port 80 of ours.
        file.write_text("{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + changed)
        environment = stage.environment(
            MEENT_UPSTREAM=f"127.0.0.1:{PORTS[OWN]}", XDG_DATA_HOME=stage.work, XDG_CONFIG_HOME=stage.work
        )
        process = stage.start("caddy", ["caddy", "run", "--adapter", "caddyfile", "--config", str(file)], env=environment)
        try:
            stage.wait_for_port(OWN_ADDRESS, 443, "caddy")
            own.ready()
            is_well(report, "behind Caddy", doctor(own))
            somebody_asks(report, own, "Caddy")
        finally:
            stage.stop(process)


def caddy(stage, file, *words):
    environment = stage.environment(XDG_DATA_HOME=stage.work, XDG_CONFIG_HOME=stage.work)
    done = subprocess.run(
        ["caddy", *words, "--adapter", "caddyfile", "--config", str(file)],
        capture_output=True,
        text=True,
        env=environment,
    )
    assert done.returncode == 0, done.stderr


def somebody_asks(report, own, proxy):
    """From the log-in to the question on the page: cookies, forms and their protection pass."""
    name = proxy.lower()
    group = own.group(f"achter_{name}", f"Achter {proxy}")
    path = own.member(f"vrager_{name}").ask(group.removeprefix(own.base), f"Komt dit door {proxy}?", "Een vraag.")
    report.check(f"somebody asks a question behind {proxy}", f"Komt dit door {proxy}?" in own.page(path))
    kept = own.rows("SELECT value FROM setting WHERE key LIKE 'checkup:%'")
    report.check("the doctor leaves nothing behind that works", kept == [], kept)


def mail(report, own):
    """Step 6 of docs/OPERATING.md, with a mail server that asks for a name and a password."""
    login = ["meent", "vier-losse-woorden"]
    words = ["/usr/bin/python3", str(MAIL_SERVER), json.dumps({"tls": "none", "login": login})]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        try:
            settings = {
                "MEENT_MAIL__SERVER": "127.0.0.1",
                "MEENT_MAIL__PORT": str(json.loads(server.stdout.readline())["port"]),
                "MEENT_MAIL__SECURITY": "none",
                "MEENT_MAIL__FROM": f"meent@{OWN}",
                "MEENT_MAIL__USERNAME": login[0],
                "MEENT_MAIL__PASSWORD": login[1],
            }
            environment = {**own.environment(), **settings}
            to = "beheer@zeeland.example"
            tried = subprocess.run([own.stage.meent, "mail", "test", to], env=environment, capture_output=True, text=True)
            print('{"list": true}', file=server.stdin, flush=True)
            arrived = [sent["recipients"] for sent in json.loads(server.stdout.readline())["mails"]]
            report.check("the mail of `meent mail test` arrives", tried.returncode == 0 and arrived == [[to]], (tried, arrived))
            found = [finding["level"] for finding in doctor(own, **settings) if finding["check"] == "mail"]
            report.check("the doctor finds nothing wrong with mail", found and set(found) == {"ok"}, found)
        finally:
            server.kill()


def first_region(report, own, a):
    """Step 7 of docs/OPERATING.md: a group elsewhere is looked up and joined, its history comes, and an answer arrives there."""
    a.group("buren", "Buren")
    title, answer = "Wie deelt een wijkbus?", "Wij, met drie kernen."
    asked = a.member("buurvrouw").ask("/c/buren", title, "Onze bus staat doordeweeks stil.")
    newcomer = own.member("nieuw")
    thread = own.thread(newcomer.join_elsewhere(f"buren@{a.host}"), title)
    report.check("the history of a group elsewhere comes in", title in own.page(thread), thread)
    newcomer.answer(thread, answer)
    a.shows(asked, answer)
    report.check("an answer arrives there", answer in a.page(asked), asked)


def little_room(report, stage, a):
    """A disk of its own that fills up: a mount in our namespace, or one that is taken away again."""
    disk = stage.work / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(disk)], check=True)
    try:
        settings = {"MEENT_DATA_DIR": str(disk), "MEENT_LISTEN": "127.0.0.1:9"}
        made = subprocess.run([stage.meent, "migrate"], env={**a.environment(), **settings}, capture_output=True, text=True)
        assert made.returncode == 0, made.stderr
        fails(report, "a disk that is small", doctor(a, **settings), "disk", "may be gone in an hour")
        # In this order: what is left in the file's own memory does not fit either.
        with contextlib.suppress(OSError), open(disk / "rest", "wb") as rest:
            while True:
                rest.write(bytes(4096))
                rest.flush()
        findings = doctor(a, **settings)
        # How full it is decides whether the database can't be opened at all, or only takes no writes.
        levels = [finding["level"] for finding in findings if finding["check"] == "database"]
        report.check("the doctor sees a disk that is full", levels == ["failure"], findings)
        (disk / "rest").unlink()
        findings = doctor(a, **settings)
        report.check(
            "and that there is room again",
            all(finding["level"] != "failure" for finding in findings if finding["check"] == "database"),
            findings,
        )
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def unit(report, stage):
    with report.part("the systemd unit"):
        text = (INSTALL / "meent.service").read_text()
        here = text.replace("/usr/local/bin/meent", stage.meent)
        assert here != text
        # Every line that is there to be uncommented is right as well.
        file = stage.work / "meent.service"
        file.write_text(re.sub(r"^#(ReadWritePaths)=", r"\1=", here, flags=re.M))
        verified = subprocess.run(["systemd-analyze", "verify", "--man=no", str(file)], capture_output=True, text=True)
        report.check(
            "systemd-analyze verify finds nothing",
            verified.returncode == 0 and not verified.stderr.strip(),
            verified.stderr,
        )
        secure = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(file)],
            capture_output=True,
            text=True,
        )
        report.check("its exposure is at most 2.0 of 10", secure.returncode == 0, secure.stdout[-300:])


def containers(report, stage, a):
    with report.part("the image and the compose file"):
        compose = yaml.safe_load((INSTALL / "compose.yaml").read_text())
        services = compose["services"]
        for name, service in services.items():
            for kind in ["secrets", "networks"]:
                report.check(
                    f"{name}: its {kind} are defined",
                    set(service.get(kind, [])) <= set(compose[kind]),
                    service.get(kind),
                )
            volumes = {volume.split(":")[0] for volume in service.get("volumes", [])}
            report.check(
                f"{name}: its volumes are defined",
                all(v.startswith("./") and (INSTALL / v).exists() or v in compose["volumes"] for v in volumes),
                volumes,
            )
            report.check(
                f"{name}: depends on what is there",
                set(service.get("depends_on", {})) <= set(services),
                service.get("depends_on"),
            )
        meent = services["meent"]
        report.check(
            "Meent runs without rights on a read-only root",
            meent["read_only"] and meent["cap_drop"] == ["ALL"] and "no-new-privileges:true" in meent["security_opt"],
            meent,
        )
        subnet = compose["networks"]["inside"]["ipam"]["config"][0]["subnet"]
        report.check(
            "it believes its own network's proxy",
            meent["environment"]["MEENT_SERVER__TRUSTED_PROXIES"] == subnet,
            subnet,
        )
        recipe = INSTALL / meent["build"]["context"] / meent["build"]["dockerfile"]
        text = recipe.read_text()
        # The settings of image and compose file are ones that the binary takes, and the check of its health works.
        settings = dict(re.findall(r"(MEENT_\w+)=(\S+)", text))
        settings |= {key: value for key, value in meent["environment"].items() if not key.endswith("_FILE")}
        refused = subprocess.run(
            [stage.meent, "doctor", "--json"],
            env={**os.environ, **settings, "MEENT_DATA_DIR": str(stage.work)},
            capture_output=True,
            text=True,
        )
        findings = json.loads(refused.stdout)["findings"]
        report.check(
            "the settings are good ones",
            all(f["level"] == "ok" for f in findings if f["check"] == "configuration"),
            findings,
        )
        check = json.loads(re.search(r"HEALTHCHECK .*CMD (\[.*\])", text).group(1))
        status = lambda **more: (
            subprocess.run([stage.meent, *check[1:]], env={**a.environment(), **more}, capture_output=True).returncode
        )
        report.check(
            "the health check says 0 of a server that runs, 1 of none",
            (status(), status(MEENT_LISTEN="127.0.0.1:9")) == (0, 1),
        )
        report.check("it runs as a user without rights", re.search(r"^USER 10001:10001$", text, re.M))
