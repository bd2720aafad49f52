// What activitypub-testing says of each actor named on the command line, one line of JSON for each test.
// Its own command line can't be used: it fetches a context from a site that is not ours to ask.

import {ActorUrlTestRun} from "activitypub-testing/test-actor";

const quiet = {...console, log() {}, info() {}, debug() {}, warn() {}, error() {}};
for (const actor of process.argv.slice(2)) {
  for await (const {test, result} of new ActorUrlTestRun(new URL(actor), {console: quiet})) {
    console.log(JSON.stringify({actor, test: test.slug, outcome: result.outcome, info: result.info, error: String(result.error ?? "")}));
  }
}
