"""The stage: names, certificates, one nginx, and the processes that play behind it."""

import atexit
import fcntl
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ADDRESS = "127.0.0.2"
# Of the region before which other proxies are tried than the one nginx of everybody.
OWN_ADDRESS = "127.0.0.3"
MARK = "# meent tests/run --peers"

A = "utrecht.meent.test"
B = "gouda.meent.test"
C = "drenthe.meent.test"
PASTURE = "pasture.peers.test"
RECORDER = "signer.peers.test"
AWAY = "away.peers.test"
OWN = "zeeland.meent.test"
FEDIFY = ["lemming.peers.test", "mammoth.peers.test", "modern.peers.test"]
# Each name has its port behind nginx.
PORTS = {name: 8101 + n for n, name in enumerate([A, B, C, PASTURE, RECORDER, AWAY, *FEDIFY, OWN])}


class Stage:
    """What is started here is stopped when this process ends, whatever the reason."""

    def __init__(self, options):
        self.work = Path(options.work)
        self.meent = options.meent
        self.node = options.node
        self.modules = Path(options.modules)
        self.own_network = options.own_network
        self.running = []
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: sys.exit(1))
        atexit.register(self.close)

    def open(self):
        self.ca = self.make_certificates()
        # Every runtime has its own variable for an authority of one's own; this process trusts it too.
        os.environ.update({name: str(self.ca) for name in ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"]})
        self.give_names()
        self.start_nginx()

    def close(self):
        for process in reversed(self.running):
            process.kill()
            process.wait()
        self.running.clear()
        if not self.own_network:
            forget_names()

    # ---- Names ----

    def give_names(self):
        lines = "".join(f"{OWN_ADDRESS if name == OWN else ADDRESS} {name} {MARK}\n" for name in PORTS)
        if not self.own_network:
            forget_names()
            with open("/etc/hosts", "a") as hosts:
                hosts.write(lines)
            return
        wake_loopback()
        hosts = self.work / "hosts"
        hosts.write_text(f"127.0.0.1 localhost\n::1 localhost\n{lines}")
        resolver = self.work / "resolv.conf"
        resolver.write_text("nameserver 127.0.0.1\n")
        for ours, theirs in [(hosts, "/etc/hosts"), (resolver, "/etc/resolv.conf")]:
            subprocess.run(["mount", "--bind", str(ours), os.path.realpath(theirs)], check=True)

    # ---- Certificates ----

    def make_certificates(self):
        """An authority of our own, for this run only, and one certificate for all names."""
        folder = self.work / "certificates"
        folder.mkdir()
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        openssl(
            folder,
            "req",
            "-x509",
            *key,
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
            "-days",
            "2",
            "-subj",
            "/CN=Meent test authority",
            "-addext",
            "basicConstraints=critical,CA:TRUE",
            "-addext",
            "keyUsage=critical,keyCertSign,cRLSign",
        )
        openssl(folder, "req", *key, "-keyout", "site.key", "-out", "site.csr", "-subj", "/CN=meent.test")
        names = ",".join(f"DNS:{name}" for name in PORTS)
        (folder / "site.ext").write_text(
            f"subjectAltName={names}\nbasicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
            "extendedKeyUsage=serverAuth\nauthorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash\n"
        )
        openssl(
            folder,
            "x509",
            "-req",
            "-in",
            "site.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "2",
            "-extfile",
            "site.ext",
            "-out",
            "site.pem",
        )
        return folder / "ca.pem"

    # ---- nginx ----

    def start_nginx(self):
        """docs/install/nginx.conf for each name; only addresses and files differ."""
        sites = [self.site(name, port) for name, port in PORTS.items() if name != OWN]
        self.nginx("nginx", "\n".join(sites), ADDRESS)

    def nginx(self, name, sites, address):
        """Starts an nginx with these sites, after it has said that their syntax is right."""
        folder = self.work / name
        folder.mkdir()
        temporary = "\n".join(
            f"    {kind}_temp_path {folder}/{kind};" for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        )
        (folder / "nginx.conf").write_text(
            f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{ worker_connections 1024; }}\n"
            f"http {{\n    access_log {folder}/access.log;\n{temporary}\n"
            + (sample_for_nginx()[0] + sites).replace("/var/log/nginx/meent.log", f"{folder}/meent.log")
            + "\n}\n"
        )
        command = ["nginx", "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
        tested = subprocess.run([*command, "-t", "-q"], capture_output=True, text=True)
        assert tested.returncode == 0, f"{name}: {tested.stderr}"
        process = self.start(name, command)
        self.wait_for_port(address, 443, name)
        return process

    def site(self, name, port, address=ADDRESS):
        _, text = sample_for_nginx()
        changes = {
            "listen 80;": f"listen {address}:80;",
            "listen 443 ssl;": f"listen {address}:443 ssl;",
            "listen [::]:80;": "",
            "listen [::]:443 ssl;": "",
            "/etc/letsencrypt/live/meent.example/fullchain.pem": str(self.ca.parent / "site.pem"),
            "/etc/letsencrypt/live/meent.example/privkey.pem": str(self.ca.parent / "site.key"),
            "127.0.0.1:8080": f"127.0.0.1:{port}",
        }
        for old, new in changes.items():
            assert text.count(old) == 1, f"docs/install/nginx.conf does not hold {old!r} once"
            text = text.replace(old, new)
        return text.replace("meent.example", name)

    # ---- Processes ----

    def environment(self, **more):
        return {**os.environ, **{key: str(value) for key, value in more.items()}}

    def start(self, name, command, **options):
        with open(self.log(name), "ab") as log:
            process = subprocess.Popen(command, stdin=options.pop("stdin", subprocess.DEVNULL), stdout=log, stderr=log, **options)
        self.running.append(process)
        process.name = name
        return process

    def stop(self, process):
        process.kill()
        process.wait()
        self.running.remove(process)

    def log(self, name):
        return self.work / f"{name}.log"

    def wait_for_port(self, address, port, name):
        def answers():
            with socket.socket() as probe:
                return probe.connect_ex((address, port)) == 0

        until(f"{name} listens at {address}:{port}", answers, log=self.log(name))


def until(what, look, seconds=60, log=None):
    """Looks until it is so and gives what it saw; a failure says what it saw last."""
    end = time.monotonic() + seconds
    seen = None
    while time.monotonic() < end:
        seen = look()
        if seen:
            return seen
        time.sleep(0.1)
    tail = f"\n{log.name}:\n{log.read_text(errors='replace')[-4000:]}" if log else ""
    raise AssertionError(f"not within {seconds} s: {what}; last seen: {seen!r}{tail}")


def sample_for_nginx():
    """What stands before the first site, and the sites."""
    text = (HERE.parent.parent / "docs" / "install" / "nginx.conf").read_text()
    start = text.index("server {")
    return text[:start], text[start:]


def openssl(folder, *arguments):
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, f"openssl {arguments[0]}: {done.stderr}"


def wake_loopback():
    """A new network namespace has a loopback that sleeps."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, 0x8914, struct.pack("16sH14x", b"lo", 0x41))  # SIOCSIFFLAGS, IFF_UP | IFF_RUNNING


def forget_names():
    """Written over and not replaced: in containers /etc/hosts is often a mount."""
    hosts = Path("/etc/hosts")
    before = hosts.read_text()
    after = "".join(line for line in before.splitlines(keepends=True) if MARK not in line)
    if after != before:
        hosts.write_text(after)
