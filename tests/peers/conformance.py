"""Part 3: activitypub-testing looks at our actors. Most of its tests are about clients' servers and don't apply; none may fail."""

import json
import subprocess


def run(report, stage, a, _b):
    with report.part("activitypub-testing"):
        a.member("conform")
        actors = [a.group("conform_groep", "Een groep om naar te kijken"), f"{a.base}/u/conform", f"{a.base}/actor"]
        done = subprocess.run(
            [stage.node, str(stage.scripts / "conformance.mjs"), *actors], capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr[-3000:]
        found = [json.loads(line) for line in done.stdout.splitlines()]
        for actor in actors:
            outcomes = [entry["outcome"] for entry in found if entry["actor"] == actor]
            report.check(f"{actor}: its tests ran", len(outcomes) >= 10 and "passed" in outcomes, outcomes)
        failed = [entry for entry in found if entry["outcome"] == "failed"]
        report.check("none of its tests failed", not failed, failed)
        outcomes = [entry["outcome"] for entry in found]
        report.say(f"activitypub-testing: {', '.join(f'{outcomes.count(kind)} {kind}' for kind in sorted(set(outcomes)))}")
