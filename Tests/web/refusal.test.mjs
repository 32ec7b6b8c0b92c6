import assert from "node:assert/strict";
import { test } from "node:test";

import { following, live, snapshot } from "./world.mjs";

const answer = (status, body, type = "application/json") => () => new Response(
    status === 204 ? null : typeof body === "string" ? body : JSON.stringify(body),
    { status, headers: { "content-type": type } });
const unavailable = { status: "error", code: "unavailable", message: "The node is full." };

/** Lets `count` attempts fail; the last one has just failed when it returns. */
async function fail(page, follower, count) {
    for (let attempt = 1; attempt <= count; attempt += 1) {
        if (follower.status.phase === "waiting") await page.pass(follower.status.retryAt - page.now);
        page.socket.end();
    }
    await page.settle();
}

test("handshakes that are refused again and again are explained, and tried again", async (t) => {
    const { page, told, follower } = await following(t, { board: "b&c", EventSource: null });
    page.answer = answer(503, unavailable);
    await fail(page, follower, 2);
    assert.deepEqual([page.asked.length, follower.status.loss.refusal], [0, null]);
    await fail(page, follower, 1);
    const askedAt = page.now;
    assert.equal(page.asked[0].url.href,
        "https://scores.example/sse/scoreboard?board=b%26c&window=all&mode=delta&limit=10");
    const refusal = { status: 503, code: "unavailable", message: "The node is full." };
    assert.deepEqual(follower.status.loss.refusal, refusal);
    assert.deepEqual([follower.status.phase, follower.status.loss.reason], ["waiting", "unreachable"]);
    // The reason stays known, but is not asked for at each attempt.
    await fail(page, follower, 1);
    assert.deepEqual([page.asked.length, follower.status.loss.refusal], [1, refusal]);
    page.answer = answer(429, { code: "rate_limited", message: "Too many." });
    while (page.asked.length === 1) await fail(page, follower, 1);
    assert.ok(page.now - askedAt >= 30_000);
    assert.deepEqual([page.asked.length, follower.status.loss.refusal.code], [2, "rate_limited"]);
    await page.pass(follower.status.retryAt - page.now);
    page.socket.open();
    page.socket.say(snapshot(5, [], { board: "b&c" }));
    assert.deepEqual([follower.status.phase, follower.status.loss, told.errors], ["live", null, []]);
    // A lost connection is not a refusal.
    page.socket.end();
    assert.equal(follower.status.loss.refusal, null);
});

test("what the answer says: no network, WebSockets stopped on the way, a proxy's page, another origin", async (t) => {
    const cases = [
        [() => { throw new TypeError("Failed to fetch"); }, null],
        [answer(200, "data: {}", "text/event-stream"), { status: 200, code: "no_websocket" }],
        [answer(502, "<html>"), { status: 502, code: null, message: "The server answers with status 502." }],
        [answer(404, { code: 7, message: "" }), { status: 404, code: null }],
        [answer(401, { code: "unauthorized", message: "No." }), { status: 401, code: "unauthorized" }],
        [answer(401, {}), { status: 401, code: "no_websocket" }, { token: "a.b.c" }],
        [(mode) => {
            if (mode === "cors") throw new TypeError("Failed to fetch");
            return new Response();
        }, { status: null, code: "origin" }, { url: "https://other.example" }],
        [(mode) => {
            if (mode === "cors") throw new TypeError("Failed to fetch");
            return new Response();
        }, null],
    ];
    for (const [given, expected, options] of cases) {
        const { page, follower } = await following(t, { EventSource: null, ...options });
        page.answer = given;
        await fail(page, follower, 3);
        const { refusal } = follower.status.loss;
        if (expected === null) assert.equal(refusal, null);
        else for (const key of Object.keys(expected)) assert.equal(refusal[key], expected[key], key);
        // A token never goes where it could be logged, and a probe leaves nothing open.
        assert.ok(page.asked.every(({ url }) => !url.href.includes("a.b.c")));
        follower.close();
        assert.equal(page.timers, 0);
    }
});

test("an answer that comes late, or never, disturbs nothing", async (t) => {
    const { page, told, follower } = await following(t, { EventSource: null });
    let reply;
    page.answer = () => new Promise((resolve) => { reply = resolve; });
    await fail(page, follower, 3);
    await page.pass(follower.status.retryAt - page.now);
    page.socket.open();
    page.socket.say(snapshot(5, []));
    reply(answer(503, unavailable)());
    await page.settle();
    assert.deepEqual([follower.status.phase, follower.status.loss], ["live", null]);
    page.socket.end();
    assert.equal(follower.status.loss.refusal, null);
    follower.close();
    const phases = told.phases.length;
    await page.pass(60_000);
    assert.equal(told.phases.length, phases);
});

test("callbacks whose promises fail are reported, and end nothing", async (t) => {
    const later = async () => { throw new Error("later"); };
    const { page, follower } = await live(t, { onState: later, onStatus: later, onError: later });
    page.socket.say({ type: "error", code: "x", message: "" });
    await page.settle();
    assert.equal(page.reported.length, 3);
    assert.equal(follower.status.phase, "live");
    follower.close();
    await page.settle();
    assert.equal(page.reported.length, 4);
});

test("a socket that throws when it is used is as good as lost", async (t) => {
    const { page, follower } = await live(t);
    page.socket.send = () => { throw new Error("not open"); };
    page.socket.close = () => { throw new Error("not open"); };
    await page.pass(65_000);
    assert.equal(follower.status.loss.reason, "silent");
    assert.equal(page.reported.length, 2);
    await page.pass(125);
    assert.equal(page.sockets.length, 2);
});
