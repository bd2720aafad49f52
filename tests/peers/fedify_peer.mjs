// A small server on Fedify: two persons who follow, post, reply and like when they are told to, and who write down what comes in.
// Fedify signs, verifies, fetches and reads; nothing of that is ours.
//
// ORIGIN, PORT      who it is
// FIRST_KNOCK       the signature that it tries first: rfc9421 or draft-cavage-http-signatures-12
// TAKES             both, or rfc9421: then everything that is signed in another way is answered 401
// SECURE            1: what it shows must be asked for with a signature
// SOFTWARE          what its NodeInfo says

import {createFederation, exportJwk, generateCryptoKeyPair, importJwk, MemoryKvStore, verifyProof, verifyRequestDetailed} from "@fedify/fedify";
import {Activity, Article, Create, DataIntegrityProof, Delete, Endpoints, Follow, isActor, Like, Mention, Note,
  Person, PUBLIC_COLLECTION, Tombstone, Undo, Update} from "@fedify/fedify/vocab";
import {Temporal} from "@js-temporal/polyfill";
import {createServer} from "node:http";
import {readFileSync, writeFileSync} from "node:fs";

const {ORIGIN, PORT, FIRST_KNOCK, TAKES, SECURE, SOFTWARE, KEYS} = process.env;
const PEOPLE = {alice: "Alice", bob: "Bob"};

const log = [];
const write = (entry) => log.push({n: log.length, ...entry});
const posts = new Map();
const said = new Map();
let counter = 0;

const scheme = (headers) => headers.get("signature-input") ? "rfc9421" : headers.get("signature") ? "cavage" : "none";

// Every request that Fedify makes, and what came of it.
const realFetch = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  const entry = {kind: "sent", method: request.method, url: request.url, scheme: scheme(request.headers)};
  if (request.method === "POST") entry.body = await request.clone().json();
  try {
    const response = await realFetch(request);
    write({...entry, status: response.status});
    return response;
  } catch (error) {
    write({...entry, error: String(error.cause ?? error)});
    throw error;
  }
};

const federation = createFederation({
  kv: new MemoryKvStore(),
  allowPrivateAddress: true,
  firstKnock: FIRST_KNOCK,
  origin: ORIGIN,
});

// Peers keep our keys, so they stay the same as long as the folder of this run does.
let keys;
async function readKeys() {
  try {
    keys = JSON.parse(readFileSync(KEYS, "utf8"));
  } catch {
    keys = {};
    for (const name of Object.keys(PEOPLE)) {
      keys[name] = [];
      for (const algorithm of ["RSASSA-PKCS1-v1_5", "Ed25519"]) {
        const pair = await generateCryptoKeyPair(algorithm);
        keys[name].push({private: await exportJwk(pair.privateKey), public: await exportJwk(pair.publicKey)});
      }
    }
    writeFileSync(KEYS, JSON.stringify(keys), {mode: 0o600});
  }
}

const signedOnly = async (ctx) => SECURE !== "1" || await ctx.getSignedKeyOwner() != null;

federation
  .setActorDispatcher("/users/{identifier}", async (ctx, identifier) => {
    if (!(identifier in PEOPLE)) return null;
    const pairs = await ctx.getActorKeyPairs(identifier);
    return new Person({
      id: ctx.getActorUri(identifier),
      preferredUsername: identifier,
      name: PEOPLE[identifier],
      summary: "A person on a server that is not Meent.",
      inbox: ctx.getInboxUri(identifier),
      outbox: ctx.getOutboxUri(identifier),
      followers: ctx.getFollowersUri(identifier),
      endpoints: new Endpoints({sharedInbox: ctx.getInboxUri()}),
      publicKey: pairs[0].cryptographicKey,
      assertionMethods: pairs.map((pair) => pair.multikey),
      url: ctx.getActorUri(identifier),
    });
  })
  .setKeyPairsDispatcher(async (_, identifier) => Promise.all((keys[identifier] ?? []).map(async (pair) => ({
    privateKey: await importJwk(pair.private, "private"),
    publicKey: await importJwk(pair.public, "public"),
  }))));

for (const [kind, path] of [[Note, "/notes/{id}"], [Article, "/articles/{id}"]]) {
  federation.setObjectDispatcher(kind, path, (_, {id}) => {
    const post = posts.get(id);
    return post instanceof kind ? post : null;
  }).authorize(signedOnly);
}
federation.setOutboxDispatcher("/users/{identifier}/outbox", () => ({items: []}));
federation.setFollowersDispatcher("/users/{identifier}/followers", () => ({items: []}));
federation.setNodeInfoDispatcher("/nodeinfo/2.1", () => ({
  software: {name: SOFTWARE, version: "2.3.6"},
  protocols: ["activitypub"],
  usage: {users: {total: 2, activeMonth: 2, activeHalfyear: 2}, localPosts: posts.size, localComments: 0},
}));

// Fedify calls these only for what it has verified.
federation
  .setInboxListeners("/users/{identifier}/inbox", "/inbox")
  .on(Activity, async (_, activity) => {
    write({kind: "verified", type: activity.constructor.name, id: activity.id?.href, actor: activity.actorId?.href, object: activity.objectId?.href});
  })
  .onError((_, error) => write({kind: "error", error: String(error?.stack ?? error)}));

// ---- What its people do ----

const context = () => federation.createContext(new URL(ORIGIN), undefined);
const id = (what) => new URL(`/${what}/${++counter}`, ORIGIN);

async function send(as, recipient, activity) {
  said.set(activity.id.pathname, activity);
  await context().sendActivity({identifier: as}, recipient, activity, {preferSharedInbox: false});
  return activity.id.href;
}

async function find(url, as = "alice") {
  const ctx = context();
  const found = await ctx.lookupObject(url, {documentLoader: await ctx.getDocumentLoader({identifier: as})});
  if (found == null) throw new Error(`${url} can't be looked up`);
  return found;
}

async function group(url) {
  const found = await find(url);
  if (!isActor(found)) throw new Error(`${url} is no actor`);
  return found;
}

const handleOf = (actor) => `@${actor.preferredUsername}@${actor.id.host}`;

async function build({as, to, text, title, type, mention, audience, replyTo}) {
  const Kind = type === "Article" ? Article : Note;
  const place = id(type === "Article" ? "articles" : "notes");
  const post = new Kind({
    id: place,
    attribution: context().getActorUri(as),
    ...(title ? {name: title} : {}),
    content: text,
    published: Temporal.Now.instant(),
    tos: [to.id, PUBLIC_COLLECTION],
    cc: context().getFollowersUri(as),
    ...(audience ? {audience: to.id} : {}),
    ...(replyTo ? {replyTarget: new URL(replyTo)} : {}),
    ...(mention ? {tags: [new Mention({href: to.id, name: handleOf(to)})]} : {}),
    url: place,
  });
  posts.set(place.pathname.split("/").pop(), post);
  return post;
}

const addressed = (to) => ({tos: [to.id, PUBLIC_COLLECTION]});
const postAt = (url) => posts.get(new URL(url).pathname.split("/").pop());
const activityAt = (url) => said.get(new URL(url).pathname);

const controls = {
  async follow({as, group: url}) {
    const to = await group(url);
    return {id: await send(as, to, new Follow({id: id("follows"), actor: context().getActorUri(as), object: to.id, to: to.id}))};
  },
  async "undo-follow"({as, group: url, follow}) {
    const to = await group(url);
    return {id: await send(as, to, new Undo({id: id("undos"), actor: context().getActorUri(as), object: activityAt(follow), to: to.id}))};
  },
  async post({as, group: url, ...rest}) {
    const to = await group(url);
    const object = await build({as, to, ...rest});
    const create = new Create({id: id("creates"), actor: context().getActorUri(as), object, ...addressed(to)});
    return {activity: await send(as, to, create), id: object.id.href};
  },
  async edit({as, group: url, id: which, text}) {
    const to = await group(url);
    const post = postAt(which).clone({content: text, updated: Temporal.Now.instant()});
    posts.set(post.id.pathname.split("/").pop(), post);
    return {id: await send(as, to, new Update({id: id("updates"), actor: context().getActorUri(as), object: post, ...addressed(to)}))};
  },
  async delete({as, group: url, id: which}) {
    const to = await group(url);
    posts.set(new URL(which).pathname.split("/").pop(), "gone");
    return {id: await send(as, to, new Delete({
      id: id("deletes"), actor: context().getActorUri(as), object: new Tombstone({id: new URL(which)}), ...addressed(to),
    }))};
  },
  async like({as, group: url, object}) {
    const to = await group(url);
    return {id: await send(as, to, new Like({id: id("likes"), actor: context().getActorUri(as), object: new URL(object), ...addressed(to)}))};
  },
  async unlike({as, group: url, like}) {
    const to = await group(url);
    return {id: await send(as, to, new Undo({id: id("undos"), actor: context().getActorUri(as), object: activityAt(like), ...addressed(to)}))};
  },
  async lookup({url}) {
    const found = await find(url);
    return {type: found.constructor.name, json: await found.toJsonLd({format: "compact"})};
  },
  async log({since = 0}) {
    return log.slice(since);
  },
};

// ---- The server ----

async function control(name, body) {
  if (!(name in controls)) return Response.json({error: `no such control: ${name}`}, {status: 404});
  try {
    return Response.json(await controls[name](body));
  } catch (error) {
    return Response.json({error: String(error?.stack ?? error), cause: String(error?.cause ?? "")}, {status: 500});
  }
}

// What Fedify's own code says of a request's signature and of the proof in its body.
async function judge(request, text) {
  const ctx = context();
  const loaders = {documentLoader: ctx.documentLoader, contextLoader: ctx.contextLoader};
  const verdict = await verifyRequestDetailed(request.clone(), loaders);
  const entry = {kind: "arrived", scheme: scheme(request.headers), signed: verdict.verified, keyId: verdict.key?.id?.href,
    reason: verdict.verified ? undefined : verdict.reason};
  try {
    entry.body = JSON.parse(text);
  } catch {
    return {...entry, text};
  }
  if (entry.body.proof) entry.proof = await proofFits(entry.body, loaders);
  return entry;
}

async function proofFits(document, loaders) {
  try {
    const proof = await DataIntegrityProof.fromJsonLd({"@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v1"], ...document.proof}, loaders);
    const key = await verifyProof(document, proof, loaders);
    return key ? {fits: true, key: key.id?.href, owner: key.controllerId?.href} : {fits: false};
  } catch (error) {
    return {fits: false, error: String(error)};
  }
}

async function answer(request) {
  const url = new URL(request.url);
  if (url.pathname.startsWith("/ctl/")) return control(url.pathname.slice(5), await request.json());
  const text = request.method === "POST" ? await request.clone().text() : "";
  const signedOtherwise = TAKES === "rfc9421" && scheme(request.headers) !== "rfc9421";
  const mustBeSigned = request.method === "POST" || SECURE === "1" && /^\/(notes|articles)\//.test(url.pathname);
  if (mustBeSigned && signedOtherwise) {
    write({kind: "refused", method: request.method, path: url.pathname, scheme: scheme(request.headers)});
    return new Response("only RFC 9421", {status: 401, headers: {"accept-signature": 'sig1=("@method" "@target-uri");created;keyid'}});
  }
  if (posts.get(url.pathname.split("/").pop()) === "gone") return new Response("gone", {status: 410});
  const entry = request.method === "POST" ? await judge(request, text) : {kind: "asked", path: url.pathname, scheme: scheme(request.headers)};
  const response = await federation.fetch(request, {
    contextData: undefined,
    onNotFound: () => said.has(url.pathname) ? saidAt(url.pathname) : new Response("not found", {status: 404}),
    onUnauthorized: () => new Response("sign what you ask for", {status: 401}),
  });
  write({...entry, status: response.status});
  return response;
}

async function saidAt(path) {
  return Response.json(await said.get(path).toJsonLd({format: "compact"}), {headers: {"content-type": "application/activity+json"}});
}

await readKeys();
createServer(async (incoming, outgoing) => {
  const parts = [];
  for await (const part of incoming) parts.push(part);
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  const body = ["GET", "HEAD"].includes(incoming.method) ? undefined : Buffer.concat(parts);
  try {
    const response = await answer(new Request(new URL(incoming.url, ORIGIN), {method: incoming.method, headers, body}));
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  } catch (error) {
    write({kind: "error", error: String(error?.stack ?? error)});
    outgoing.writeHead(500).end(String(error));
  }
}).listen(Number(PORT), "127.0.0.1");
