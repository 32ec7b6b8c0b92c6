import assert from "node:assert/strict";
import { test } from "node:test";

import { ScoreboardError, SessionError, follow, login, register, resume } from "../../web/scorecast.js";
import { MemoryStorage } from "../../web/scorecast/session-store.js";
import { AccountsServer, Refusal } from "./accounts-server.mjs";
import { snapshot, world } from "./world.mjs";

const AYO = { username: "Ayo", password: "correct horse" };
const REFRESH = "POST /auth/refresh";

/** A server with the user Ayo. */
async function server(t) {
    const made = await new AccountsServer().listen();
    t.after(() => made.close());
    await register({ base: made.base, ...AYO, name: "Ayọ̀" });
    return made;
}

/** The same, with a session, and a clock that the test moves. */
async function signedIn(t, options = {}) {
    const made = await server(t);
    const told = [];
    const session = await login({ base: made.base, ...AYO, onEnd: (reason) => told.push(reason), ...options });
    const clock = { ms: 0 };
    const { now } = Date;
    Date.now = () => now() + clock.ms;
    t.after(() => { Date.now = now; });
    return { server: made, session, told, clock };
}

const many = (count, body) => Promise.all(Array.from({ length: count }, (_, index) => body(index)));

test("a login gives a user and a token that the server takes", async (t) => {
    const { server, session } = await signedIn(t);
    assert.match(session.user.id, /^usr_/);
    assert.deepEqual([session.user.name, session.ended], ["Ayọ̀", null]);
    const token = await session.token();
    assert.equal(await session.token(), token);
    const answer = await session.fetch("/users/me", { headers: { "X-Own": "1" } });
    assert.equal((await answer.json()).username, "Ayo");
    assert.equal(server.requests.at(-1).token, token);
    assert.equal(server.count(REFRESH), 0);
});

test("a refused login says why, and a limit when to come back", async (t) => {
    const { base } = await server(t);
    const wrong = () => login({ base, username: "ayo", password: "correct house" });
    await assert.rejects(wrong(), (error) => error instanceof SessionError && error.kind === "refused"
        && error.status === 401 && error.code === "invalid_credentials" && !error.message.includes("house"));
    await assert.rejects(register({ base, ...AYO }), { code: "taken", status: 409 });
    await assert.rejects(register({ base, username: "x", password: "1234567890" }), (error) => {
        assert.deepEqual(error.details.map(({ field }) => field), ["username", "password"]);
        return error.code === "invalid_input";
    });
    for (let turn = 0; turn < 4; turn += 1) await assert.rejects(wrong(), { code: "invalid_credentials" });
    await assert.rejects(wrong(), { kind: "unavailable", status: 429, code: "rate_limited", retryAfterMs: 2000 });
    await assert.rejects(login({ base: "http://127.0.0.1:1", ...AYO }), { kind: "unavailable", status: null });
});

test("invalid options are named before anything is sent", async () => {
    await assert.rejects(login({ base: "ftp://x", storage: {} }), (error) => error instanceof ScoreboardError
        && error.kind === "invalid_configuration" && /base must be/.test(error.message)
        && /storage must have/.test(error.message));
    await assert.rejects(login({ base: "https://user:word@x", ...AYO }), { kind: "invalid_configuration" });
});

test("200 callers at once, in three sessions of one storage, cause one refresh", async (t) => {
    const storage = new MemoryStorage();
    const { server, session, clock } = await signedIn(t, { storage });
    const others = await many(2, () => resume({ base: server.base, storage }));
    const old = await session.token();
    clock.ms = 850_000;
    const sessions = [session, ...others];
    const tokens = await many(200, (index) => sessions[index % 3].token());
    assert.equal(new Set(tokens).size, 1);
    assert.notEqual(tokens[0], old);
    assert.equal(server.count(REFRESH), 1);
    assert.equal((await session.fetch("/users/me")).status, 200);
    // Each next one uses the token that the one before got.
    for (let turn = 2; turn < 5; turn += 1) {
        clock.ms += 850_000;
        await many(50, (index) => sessions[index % 3].token());
        assert.equal(server.count(REFRESH), turn);
    }
    assert.deepEqual(sessions.map(({ ended }) => ended), [null, null, null]);
});

test("a token is refreshed a minute before its end, or a quarter of its life", async (t) => {
    const { server, session, clock } = await signedIn(t);
    clock.ms = 835_000;
    await session.token();
    assert.equal(server.count(REFRESH), 0);
    clock.ms = 845_000;
    server.lifeSeconds = 40;
    await session.token();
    clock.ms += 28_000;
    await session.token();
    assert.equal(server.count(REFRESH), 1);
    clock.ms += 4_000;
    await session.token();
    assert.equal(server.count(REFRESH), 2);
});

test("the network fails: the token is used while it is valid, and the session goes on", async (t) => {
    const { server, session, told, clock } = await signedIn(t);
    const old = await session.token();
    server.before.set(REFRESH, () => "drop");
    clock.ms = 850_000;
    assert.deepEqual(new Set(await many(20, () => session.token())), new Set([old]));
    assert.equal(server.count(REFRESH), 1);
    clock.ms = 901_000;
    await many(20, () => assert.rejects(session.token(), { name: "SessionError", kind: "unavailable" }));
    assert.equal(server.count(REFRESH), 2);
    assert.deepEqual([session.ended, told], [null, []]);
    server.before.delete(REFRESH);
    clock.ms += 60_000;
    assert.notEqual(await session.token(), old);
    assert.equal((await session.fetch("/users/me")).status, 200);
});

test("a server in trouble is asked again when it said so", async (t) => {
    const { server, session, clock } = await signedIn(t);
    server.before.set(REFRESH, () => { throw new Refusal("unavailable", {}, { "Retry-After": "30" }); });
    clock.ms = 901_000;
    await assert.rejects(session.token(), { status: 503, retryAfterMs: 30_000 });
    clock.ms += 29_000;
    await assert.rejects(session.token(), { status: 503 });
    assert.equal(server.count(REFRESH), 1);
    server.before.delete(REFRESH);
    clock.ms += 2_000;
    await session.token();
    assert.equal(server.count(REFRESH), 2);
});

test("a refused refresh ends the session, once, and its tokens are gone", async (t) => {
    for (const code of ["unauthorized", "forbidden", "invalid_input"]) {
        const storage = new MemoryStorage();
        const { server, session, told, clock } = await signedIn(t, { storage });
        server.before.set(REFRESH, () => { throw new Refusal(code); });
        clock.ms = 901_000;
        await many(200, () => assert.rejects(session.token(), { name: "ScoreboardError", kind: "unauthorized" }));
        assert.deepEqual([session.ended, told, server.count(REFRESH)], ["refused", ["refused"], 1]);
        assert.equal(await resume({ base: server.base, storage }), null);
        await assert.rejects(session.fetch("/users/me"), { kind: "unauthorized" });
        await session.logout();
        assert.equal(server.count("POST /auth/logout"), 0);
        clock.ms = 0;
    }
});

test("an answer without usable tokens is not taken", async (t) => {
    const { base } = await server(t);
    const { fetch } = globalThis;
    t.after(() => { globalThis.fetch = fetch; });
    for (const body of ["[]", "{", "", "{\"access_token\":\"a\\nb\",\"refresh_token\":\"c\",\"expires_in\":900}"]) {
        globalThis.fetch = async () => new Response(body, { status: 200 });
        await assert.rejects(login({ base, ...AYO }), { kind: "unavailable" });
    }
});

test("a token that the server refuses early is replaced, and the request repeated once", async (t) => {
    const { server, session, clock } = await signedIn(t);
    const refused = await session.token();
    let refusals = 0;
    server.before.set("GET /users/me", ({ token }) => {
        if (token !== refused) return;
        refusals += 1;
        throw new Refusal("unauthorized");
    });
    // A token that has just been made is not replaced: another one would be refused too.
    assert.equal((await session.fetch("/users/me")).status, 401);
    assert.equal(server.count(REFRESH), 0);
    clock.ms = 10_000;
    const answers = await many(20, () => session.fetch("/users/me"));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    assert.deepEqual([refusals, server.count(REFRESH)], [21, 1]);
    // A wrong password is a 401 too, and not about the token; and a stream cannot be sent again.
    clock.ms = 20_000;
    server.before.set("GET /users/me", () => { throw new Refusal("invalid_credentials"); });
    assert.equal((await session.fetch("/users/me")).status, 401);
    server.before.set("POST /auth/reset-request", () => { throw new Refusal("unauthorized"); });
    const body = new Blob(["{}"]).stream();
    assert.equal((await session.fetch("/auth/reset-request", { method: "POST", body, duplex: "half" })).status, 401);
    assert.equal(server.count(REFRESH), 1);
    assert.equal(server.count("POST /auth/reset-request"), 1);
});

test("the token goes to the session's own server only", async (t) => {
    const { server, session } = await signedIn(t);
    for (const url of ["https://example.org/users/me", "//example.org/", new URL("http://127.0.0.1:1/")]) {
        await assert.rejects(session.fetch(url), { kind: "invalid_configuration" });
    }
    const below = await login({ base: `${server.base}/api/`, ...AYO });
    assert.equal((await below.fetch("/users/me")).status, 200);
    assert.equal((await below.fetch(`${server.base}/users/me`)).status, 200);
});

test("logout ends the session on the server and here, with or without the network", async (t) => {
    const storage = new MemoryStorage();
    const { server, session, told } = await signedIn(t, { storage });
    const token = await session.token();
    const other = await login({ base: server.base, ...AYO });
    await session.logout();
    await session.logout();
    assert.deepEqual([session.ended, told, server.count("POST /auth/logout")], ["logout", ["logout"], 1]);
    assert.deepEqual([server.requests.at(-1).token, server.requests.at(-1).body], [token, null]);
    assert.equal(await resume({ base: server.base, storage }), null);
    const third = await login({ base: server.base, ...AYO, storage });
    await third.logout({ everywhere: true });
    assert.equal((await other.fetch("/users/me")).status, 401);
    // Without the network the tokens are gone all the same, and the caller hears that the server does not know.
    const last = await login({ base: server.base, ...AYO, storage });
    server.before.set("POST /auth/logout", () => "drop");
    await assert.rejects(last.logout(), { kind: "unavailable" });
    assert.equal(last.ended, "logout");
    assert.equal(await resume({ base: server.base, storage }), null);
});

test("sessions that share a storage end together, and a later login stays", async (t) => {
    const storage = new MemoryStorage();
    const { server, session, told, clock } = await signedIn(t, { storage });
    const second = await resume({ base: server.base, storage });
    const later = await login({ base: server.base, ...AYO, storage });
    clock.ms = 850_000;
    await assert.rejects(session.token(), { kind: "unauthorized" });
    assert.deepEqual([session.ended, told], ["elsewhere", ["elsewhere"]]);
    await second.logout();
    assert.equal((await resume({ base: server.base, storage })).user.id, later.user.id);
    assert.equal((await later.fetch("/users/me")).status, 200);
});

test("another page's changes of localStorage are taken at once", async (t) => {
    const made = await server(t);
    const { fetch, setTimeout, clearTimeout } = globalThis;
    const page = world(t);
    Object.assign(globalThis, { fetch, setTimeout, clearTimeout });
    const storage = new MemoryStorage();
    const told = [];
    const session = await login({ base: made.base, ...AYO, storage, onEnd: (reason) => told.push(reason) });
    const key = `scorecast.session:${made.base}`;
    const stored = JSON.parse(storage.getItem(key));
    const change = (newValue, facts = {}) => page.happen("storage", { storageArea: storage, key, newValue, ...facts });
    change(JSON.stringify({ ...stored, accessToken: "next" }));
    assert.equal(await session.token(), "next");
    change(null, { key: "other" });
    change(null, { storageArea: {} });
    assert.equal(session.ended, null);
    change(null);
    assert.deepEqual(told, ["elsewhere"]);
});

/** The locks of a browser, which its pages share, until the end of the test. */
function browserLocks(t) {
    const [names, held, turns] = [[], new Set(), new Map()];
    const request = async (name, { signal, ifAvailable = false }, body) => {
        if (!ifAvailable) names.push([name, signal.aborted]);
        else if (held.has(name)) return await body(null);
        const turn = (turns.get(name) ?? Promise.resolve()).then(async () => {
            held.add(name);
            try {
                return await body({ name });
            } finally {
                held.delete(name);
            }
        });
        turns.set(name, turn.catch(() => {}));
        return await turn;
    };
    const query = async () => ({ held: [...held].map((name) => ({ name, mode: "exclusive" })), pending: [] });
    const navigator = Object.getOwnPropertyDescriptor(globalThis, "navigator");
    Object.defineProperty(globalThis, "navigator", { value: { locks: { request, query } }, configurable: true });
    t.after(() => {
        if (navigator) Object.defineProperty(globalThis, "navigator", navigator);
        else delete globalThis.navigator;
    });
    return { names, held };
}

test("the pages of an origin take the lock of the browser", async (t) => {
    const { names, held } = browserLocks(t);
    const { server, session, clock } = await signedIn(t, { storage: new MemoryStorage() });
    clock.ms = 901_000;
    await many(20, () => session.token());
    assert.deepEqual(names, Array(2).fill([`scorecast.session:${server.base}`, false]));
    // No lock tells a token.
    const tokens = [...server.refreshTokens.keys()];
    assert.ok(held.size > 0 && [...held].every((name) => tokens.every((token) => !name.includes(token))));
    // A refresh that fails leaves the lock.
    server.before.set(REFRESH, () => "drop");
    clock.ms += 901_000;
    await assert.rejects(session.token(), { kind: "unavailable" });
});

test("a page that sees the storage late does not use a refresh token again", async (t) => {
    browserLocks(t);
    // What a page has written is seen at once by itself, and later by the others.
    let written = new Map();
    const page = () => {
        const own = new Map(written);
        const seen = (key, value) => setTimeout(() => (value === null ? own.delete(key) : own.set(key, value)), 50);
        pages.push({ own, seen });
        const change = (key, value) => {
            if (value === null) own.delete(key);
            else own.set(key, value);
            written = new Map(own);
            for (const other of pages) if (other.own !== own) other.seen(key, value);
        };
        return {
            getItem: (key) => own.get(key) ?? null,
            setItem: (key, value) => change(key, value),
            removeItem: (key) => change(key, null),
        };
    };
    const pages = [];
    const { server, session, clock } = await signedIn(t, { storage: page() });
    const other = await resume({ base: server.base, storage: page() });
    for (let turn = 1; turn <= 3; turn += 1) {
        clock.ms += 901_000;
        const [one, two] = await Promise.all([session.token(), other.token()]);
        assert.deepEqual([one === two, server.count(REFRESH)], [true, turn]);
    }
    assert.deepEqual([session.ended, other.ended], [null, null]);
});

test("a follower asks its session for each connection, and for another token after a refusal", async (t) => {
    const page = world(t);
    const asked = [];
    const session = { token: async ({ renew }) => `t${asked.push(renew)}` };
    const follower = follow({ token: session });
    t.after(() => follower.close());
    await page.settle();
    page.socket.open();
    page.socket.say(snapshot(5, [["a", 3]]));
    page.socket.end();
    await page.pass(250);
    page.socket.open();
    page.socket.say(snapshot(6, [["a", 4]]));
    page.socket.end(4401);
    await page.pass(500);
    assert.deepEqual(page.sockets.map(({ protocols }) => protocols[1]), ["bearer.t1", "bearer.t2", "bearer.t3"]);
    assert.deepEqual(asked, [false, false, true]);
});

test("a follower ends with its session", async (t) => {
    const { server, session, clock } = await signedIn(t);
    server.before.set(REFRESH, () => { throw new Refusal("unauthorized"); });
    clock.ms = 901_000;
    class Never { }
    const errors = [];
    const onError = (error) => errors.push(error);
    const follower = follow({ url: server.base, token: session, WebSocket: Never, onError });
    await assert.rejects(follower[Symbol.asyncIterator]().next(), { kind: "unauthorized" });
    assert.deepEqual([errors[0].kind, errors[0].final, follower.status.phase], ["unauthorized", true, "ended"]);
});
