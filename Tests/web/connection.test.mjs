import assert from "node:assert/strict";
import { test } from "node:test";

import { follow } from "../../web/scorecast.js";
import { delta, following, live, score, snapshot, world } from "./world.mjs";

test("comes back after a loss, and goes on from the state that is there", async (t) => {
    const { page, told, follower } = await live(t);
    page.socket.end();
    assert.equal(follower.status.phase, "waiting");
    assert.deepEqual(follower.status.loss, {
        reason: "closed", code: 1006, since: page.now, asked: false, refusal: null,
    });
    assert.equal(follower.status.retryAt, page.now + 125);
    await page.pass(124);
    assert.equal(page.sockets.length, 1);
    await page.pass(1);
    assert.equal(page.sockets.length, 2);
    assert.equal(page.socket.query.resume, "e1:5");
    page.socket.open();
    // A current state is not sent again, so the status is live once the socket is open.
    assert.equal(follower.status.phase, "live");
    page.socket.say(delta(5, 6, score("b", 2, 3)));
    assert.deepEqual(told.states, [5, 6]);
    assert.deepEqual(told.phases, ["live", "waiting", "connecting", "live"]);
});

test("waits double while nothing answers, or answers and drops, and start over after 5 s", async (t) => {
    const { page, follower } = await live(t);
    const waits = [];
    for (let failures = 1; failures <= 9; failures += 1) {
        page.socket.end();
        waits.push(follower.status.retryAt - page.now);
        await page.pass(waits.at(-1));
        if (failures % 2 === 0) page.socket.open();
    }
    assert.deepEqual(waits, [125, 250, 500, 1000, 2000, 4000, 7500, 7500, 7500]);
    page.socket.open();
    await page.pass(5000);
    page.socket.say(delta(5, 6, []));
    page.socket.end();
    assert.equal(follower.status.retryAt - page.now, 125);
});

test("an attempt is given up after 10 s, also one that opens and brings nothing", async (t) => {
    const { page, told } = await following(t);
    page.socket.open();
    await page.pass(9_999);
    assert.equal(page.socket.closedWith, null);
    await page.pass(1);
    assert.notEqual(page.socket.closedWith, null);
    assert.deepEqual(told.phases, ["waiting"]);
    // Late events of the old socket are ignored.
    page.sockets[0].say(snapshot(5, []));
    page.sockets[0].end(4404);
    assert.deepEqual([told.states, told.errors], [[], []]);
});

test("from 4400 on: the end, told with its kind; below: comes back", async (t) => {
    for (const [code, kind] of [[4401, "unauthorized"], [4403, "forbidden"], [4404, "not_found"], [4400, "refused"]]) {
        await t.test(`${code}`, async (t) => {
            const { page, told, follower } = await following(t);
            page.socket.open();
            page.socket.say({ type: "error", code: "why", message: "Because." });
            page.socket.end(code, "words");
            assert.deepEqual(told.errors.map(({ kind, final }) => [kind, final]), [["complaint", false], [kind, true]]);
            const { closeCode, serverCode, message } = told.errors[1];
            assert.deepEqual([closeCode, serverCode], [code, "why"]);
            assert.match(message, /words$/);
            assert.equal(follower.status.phase, "ended");
            assert.equal(page.timers, 0);
            page.happen("online");
            follower.retry();
            await page.pass(600_000);
            assert.equal(page.sockets.length, 1);
        });
    }
    for (const code of [1000, 1001, 1006, 1008, 1012, 1013, 4399]) {
        await t.test(`${code}`, async (t) => {
            const { page, follower } = await live(t);
            page.socket.end(code);
            await page.pass(follower.status.retryAt - page.now);
            assert.equal(page.sockets.length, 2);
        });
    }
});

test("a delta that does not fit: joins the room again, and shows nothing until the snapshot", async (t) => {
    const { page, told, follower } = await live(t);
    page.socket.say(delta(6, 7, score("a", 1, 9)));
    page.socket.say(delta(7, 8, score("a", 1, 10)));
    const join = { type: "join-room", board: "global", window: "all", mode: "delta", limit: 10 };
    assert.deepEqual(page.socket.sent, [join]);
    page.socket.say(snapshot(9, [["a", 11]]));
    page.socket.say(delta(9, 10, score("a", 1, 12)));
    assert.deepEqual(told.states, [5, 9, 10]);
    await page.pass(10_000);
    assert.equal(follower.status.phase, "live");
    // Repeated misfits are a loss, and the next connection begins with a snapshot.
    page.socket.say(delta(1, 2, []));
    page.socket.say(snapshot(11, []));
    page.socket.say(delta(1, 2, []));
    assert.equal(follower.status.loss.reason, "misfit");
    await page.pass(125);
    assert.equal(page.socket.query.resume, undefined);
});

test("a snapshot that was asked for and does not come: asked for again while others come, else a loss", async (t) => {
    const { page, follower } = await live(t);
    page.socket.say(delta(6, 7, []));
    page.socket.say({ type: "error", code: "busy", message: "" });
    await page.pass(5000);
    assert.equal(page.socket.sent.length, 2);
    assert.equal(follower.status.phase, "live");
    await page.pass(5000);
    assert.equal(follower.status.loss.reason, "misfit");
});

test("what is no message ends the connection, and nothing of it is believed", async (t) => {
    for (const text of ["{", "[]", JSON.stringify(snapshot("6", [])), new ArrayBuffer(1)]) {
        const { page, told, follower } = await live(t);
        page.socket.onmessage({ data: text });
        assert.equal(follower.status.loss.reason, "broken");
        await page.pass(125);
        assert.equal(page.socket.query.resume, undefined);
        assert.deepEqual(told.states, [5]);
        follower.close();
    }
});

test("reconnect: goes on until the server closes, then comes back at the time that it said", async (t) => {
    const { page, told, follower } = await live(t);
    page.socket.say({ type: "reconnect", after_ms: 3000 });
    await page.pass(1000);
    page.socket.say(delta(5, 6, []));
    page.socket.end(1012);
    assert.equal(follower.status.loss.asked, true);
    // Nothing shortens a wait that the server asked for.
    page.happen("online");
    await page.pass(1999);
    assert.equal(page.sockets.length, 1);
    await page.pass(1);
    assert.equal(page.sockets.length, 2);
    assert.deepEqual(told.states, [5, 6]);
    page.socket.open();
    page.socket.say({ type: "reconnect", after_ms: 2000 });
    // The server does not close, so the client does.
    await page.pass(2000);
    assert.equal(page.socket.closedWith, 1000);
    assert.equal(follower.status.loss.reason, "asked_to_reconnect");
});

test("a server cannot send clients away for longer than five minutes", async (t) => {
    const { page } = await live(t);
    page.socket.say({ type: "reconnect", after_ms: 1e12 });
    page.socket.end(1012);
    await page.pass(299_999);
    assert.equal(page.sockets.length, 1);
    await page.pass(1);
    assert.equal(page.sockets.length, 2);
});

test("silence: asks for a sign of life, and gives up when there is none", async (t) => {
    const { page, follower } = await live(t);
    await page.pass(59_999);
    assert.deepEqual(page.socket.sent, []);
    await page.pass(1);
    assert.equal(page.socket.sent[0].type, "join-room");
    page.socket.say(snapshot(5, [["a", 3], ["b", 2]]));
    await page.pass(59_999);
    assert.equal(follower.status.phase, "live");
    const heardAt = page.now - 59_999;
    await page.pass(5001);
    assert.deepEqual(follower.status.loss, {
        reason: "silent", code: null, since: heardAt, asked: false, refusal: null,
    });
    // An error message also shows that the connection is up.
    await page.pass(125);
    page.socket.open();
    await page.pass(60_000);
    page.socket.say({ type: "error", code: "rate_limited", message: "" });
    await page.pass(5000);
    assert.equal(follower.status.phase, "live");
});

test("silence: pings are signs of life to whoever can see them", async (t) => {
    const page = world(t);
    const pings = [];
    class WebSocket extends globalThis.WebSocket {
        on(type, body) {
            if (type === "ping") pings.push(body);
        }
    }
    const follower = follow({ WebSocket });
    t.after(() => follower.close());
    await page.settle();
    page.socket.open();
    page.socket.say(snapshot(5, []));
    for (let minute = 0; minute < 5; minute += 1) {
        await page.pass(59_999);
        pings[0]();
    }
    assert.deepEqual(page.socket.sent, []);
    await page.pass(65_000);
    assert.equal(follower.status.loss.reason, "silent");
    // Late events of an abandoned connection are ignored.
    const { timers } = page;
    pings[0]();
    assert.equal(page.timers, timers);
});

test("an error is the end, also if nothing follows it", async (t) => {
    const { page, follower } = await following(t);
    page.socket.onerror({});
    assert.equal(follower.status.phase, "connecting");
    await page.pass(100);
    assert.deepEqual([follower.status.phase, follower.status.loss.reason], ["waiting", "unreachable"]);
    await page.pass(125);
    page.socket.open();
    page.socket.onerror({});
    page.socket.end(4404);
    assert.equal(follower.status.phase, "ended");
    assert.equal(page.timers, 0);
});

test("silence: the times differ, so that watchers of a quiet board do not all ask at once", async (t) => {
    const times = [];
    for (const dice of [0, 0.999]) {
        const { page, follower } = await following(t);
        page.dice = dice;
        page.socket.open();
        page.socket.say(snapshot(5, []));
        const start = page.now;
        while (page.socket.sent.length === 0) await page.pass(1000);
        times.push(page.now - start);
        follower.close();
    }
    assert.deepEqual(times, [45_000, 75_000]);
});

test("back in view or online: asks when nothing came lately, and does not wait out a long backoff", async (t) => {
    const { page, follower } = await live(t);
    page.happen("visibilitychange");
    assert.deepEqual(page.socket.sent, []);
    await page.pass(15_000);
    page.document.hidden = true;
    page.happen("visibilitychange");
    assert.deepEqual(page.socket.sent, []);
    page.document.hidden = false;
    page.happen("visibilitychange");
    page.happen("online");
    assert.equal(page.socket.sent.length, 1);
    await page.pass(5000);
    assert.equal(follower.status.phase, "waiting");
    for (let failures = 0; failures < 8; failures += 1) {
        await page.pass(follower.status.retryAt - page.now);
        page.socket.end();
    }
    assert.ok(follower.status.retryAt - page.now > 5000);
    page.happen("online");
    assert.ok(follower.status.retryAt - page.now <= 1000);
});

test("left for another page: lets go, so that the back button can bring it back", async (t) => {
    const { page, follower } = await live(t);
    page.happen("pagehide");
    assert.equal(page.socket.closedWith, 1000);
    assert.equal(page.timers, 0);
    page.happen("pageshow", { persisted: true });
    assert.equal(page.sockets.length, 2);
    assert.equal(page.socket.query.resume, "e1:5");
    assert.equal(follower.status.phase, "connecting");
});

test("event streams step in where no WebSocket ever gets through, and only there", async (t) => {
    const { page, told, follower } = await following(t);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
        assert.equal(page.sockets.length, attempt);
        page.socket.end();
        await page.pass(follower.status.retryAt - page.now);
    }
    const [stream] = page.streams;
    assert.equal(stream.url.href, "https://scores.example/sse/scoreboard?board=global&window=all&mode=delta&limit=10");
    stream.open();
    stream.say(snapshot(5, [["a", 1]]));
    stream.say(delta(5, 6, score("a", 1, 2)));
    assert.deepEqual(told.states, [5, 6]);
    assert.equal(follower.status.transport, "events");
    // A stream cannot ask for a snapshot: it is opened again. In between, a WebSocket is tried.
    stream.say(delta(7, 8, []));
    await page.pass(follower.status.retryAt - page.now);
    assert.equal(page.sockets.length, 4);
    page.socket.end();
    await page.pass(follower.status.retryAt - page.now);
    assert.equal(page.streams.length, 2);
    page.streams[1].open();
    page.streams[1].fail();
    await page.pass(follower.status.retryAt - page.now);
    page.socket.open();
    page.socket.say(snapshot(9, []));
    for (let attempt = 0; attempt < 8; attempt += 1) {
        page.socket.end();
        await page.pass(follower.status.retryAt - page.now);
    }
    assert.equal(page.streams.length, 2);
});
