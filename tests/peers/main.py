"""Meent against software of others. Started by tests/run --peers, which brings what it needs."""

import argparse
import contextlib
import shutil
import sys
import time
import traceback

import conformance
import fedify
import heads
import install
import pasture
import signers
from instance import Instance
from stage import A, B, HERE, Stage

PARTS = {
    "fedify": fedify.run,
    "pasture": pasture.verify,
    "inputs": pasture.inputs,
    "conformance": conformance.run,
    "signers": signers.run,
    "heads": heads.run,
    "install": install.run,
}


class Report:
    """What was looked at. Parts are apart from each other, so that one run shows all that is wrong."""

    def __init__(self, stage):
        self.stage, self.began, self.checks, self.failed = stage, time.monotonic(), 0, []

    def say(self, text):
        print(f"[{time.monotonic() - self.began:4.0f} s] {text}", flush=True)

    def check(self, what, holds, seen=None):
        """One thing that must be so; what was seen is shown when it is not. The part goes on."""
        self.checks += 1
        if not holds:
            self.failed.append(what)
            self.say(f"WRONG: {what}\n        {str(seen)[:1500]}")

    @contextlib.contextmanager
    def part(self, name):
        failed, checks = len(self.failed), self.checks
        try:
            yield
        except Exception as error:
            self.failed.append(name)
            where = "" if isinstance(error, AssertionError) else traceback.format_exc(limit=-3)
            at = traceback.extract_tb(error.__traceback__)
            line = next(
                (f"{frame.filename.rsplit('/')[-1]}:{frame.lineno}" for frame in reversed(at) if "stage.py" not in frame.filename),
                "",
            )
            self.say(f"WRONG: {name} ({line})\n{where}{error}\nthe last words of Meent:\n{self.last_words()}")
        outcome = "well" if len(self.failed) == failed else "NOT WELL"
        self.say(f"{name}: {outcome}, {self.checks - checks} checks")

    def last_words(self):
        log = self.stage.log(A.split(".")[0])
        return "\n".join(log.read_text(errors="replace").splitlines()[-5:]) if log.exists() else "(none)"


def main():
    parser = argparse.ArgumentParser()
    for name in ["work", "meent", "node", "modules"]:
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--own-network", action="store_true")
    parser.add_argument("parts", nargs="*")
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        sys.exit(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")

    stage = Stage(options)
    report = Report(stage)
    # Node looks for packages beside the script.
    stage.scripts = stage.work / "scripts"
    stage.scripts.mkdir()
    for script in HERE.glob("*.mjs"):
        shutil.copy(script, stage.scripts)
    (stage.scripts / "node_modules").symlink_to(stage.modules)
    stage.open()
    a, b = Instance(stage, A, "Utrecht"), Instance(stage, B, "Gouda")
    report.say("two regions are ready")
    for name, run in PARTS.items():
        if not options.parts or name in options.parts:
            run(report, stage, a, b)
    with report.part("afterwards"):
        for instance in (a, b):
            report.check(f"{instance.host} still runs", instance.process.poll() is None)
            report.check(f"{instance.host} is ready", instance.get("/health/ready").status_code == 200)
            instance.page("/")
            words = stage.log(instance.name).read_text(errors="replace")
            bad = [line for line in words.splitlines() if "panicked" in line or " ERROR " in line]
            report.check(f"{instance.host} had no error of its own", not bad, "\n".join(bad[:10]))
    report.say(f"{report.checks} checks, {len(report.failed)} wrong")
    for what in report.failed:
        report.say(f"  wrong: {what}")
    return 1 if report.failed or not report.checks else 0


if __name__ == "__main__":
    sys.exit(main())
