import assert from "node:assert/strict";
import { test } from "node:test";

import { ScoreboardError, connect, follow } from "../../web/scorecast.js";
import { delta, following, live, score, snapshot, world } from "./world.mjs";

test("connects to the page's own server, shows the snapshot and what deltas make of it", async (t) => {
    const { page, told, follower } = await live(t, { limit: 3 });
    assert.equal(page.socket.url.origin + page.socket.url.pathname, "wss://scores.example/ws/scoreboard");
    assert.deepEqual(page.socket.query, { board: "global", window: "all", mode: "delta", limit: "3" });
    assert.deepEqual(page.socket.protocols, ["scorecast.v1"]);
    page.socket.say(delta(5, 8, score("a", 1, 7)));
    page.socket.say({ type: "a-later-one" });
    page.socket.say(snapshot(99, [], { board: "another" }));
    assert.deepEqual(told.states, [5, 8]);
    assert.deepEqual(follower.state.entries, [
        { rank: 1, user_id: "a", score: 7 }, { rank: 2, user_id: "b", score: 2 },
    ]);
    // `connecting` is the first phase.
    assert.deepEqual(told.phases, ["live"]);
});

test("tokens: sent as a subprotocol, asked for anew at each connection, with a limit of time", async (t) => {
    const answers = ["a.b.c", Promise.resolve("d.e.f"), new Error("later"), "not a token", new Promise(() => {})];
    let asked = 0;
    const token = () => {
        const answer = answers[asked++];
        if (answer instanceof Error) throw answer;
        return answer;
    };
    const { page, told, follower } = await following(t, { token });
    assert.deepEqual(page.socket.protocols, ["scorecast.v1", "bearer.a.b.c"]);
    page.socket.end();
    await page.pass(125);
    assert.deepEqual(page.socket.protocols, ["scorecast.v1", "bearer.d.e.f"]);
    page.socket.end();
    await page.pass(250);
    assert.equal(follower.status.loss.reason, "no_token");
    await page.pass(500);
    assert.equal(follower.status.loss.reason, "no_token");
    await page.pass(1000 + 10_000);
    assert.equal(follower.status.loss.reason, "timed_out");
    assert.equal(page.sockets.length, 2);
    // The provider's own error is final.
    answers.push(Object.assign(new ScoreboardError("unauthorized", "signed out")));
    await page.pass(2000);
    assert.equal(follower.status.phase, "ended");
    assert.deepEqual(told.errors.map(({ message }) => message), ["signed out"]);
});

test("with a token there is no event stream: its address cannot carry one", async (t) => {
    const { page, follower } = await following(t, { token: "a.b.c" });
    for (let attempt = 0; attempt < 9; attempt += 1) {
        page.socket.end();
        await page.pass(follower.status.retryAt - page.now);
    }
    assert.deepEqual([page.sockets.length, page.streams.length], [10, 0]);
});

test("callbacks that throw break nothing, and are reported", async (t) => {
    const fail = () => { throw new Error("from a callback"); };
    const { page, follower } = await following(t, { onState: fail, onStatus: fail, onError: fail });
    page.socket.open();
    page.socket.say({ type: "error", code: "x", message: "" });
    page.socket.say(snapshot(5, []));
    page.socket.end();
    await page.pass(125);
    page.socket.open();
    page.socket.say(snapshot(6, []));
    assert.deepEqual([follower.state.version, follower.status.phase], [6, "live"]);
    follower.close();
    assert.equal(page.reported.length, 8);
});

test("closing from within any callback is the end", async (t) => {
    for (const name of ["onState", "onStatus", "onError"]) {
        let follower = null;
        const { page, ...all } = await following(t, { [name]: () => follower.close() });
        follower = all.follower;
        page.socket.open();
        page.socket.say({ type: "error", code: "x", message: "" });
        if (follower.status.phase !== "ended") page.socket.say(snapshot(5, []));
        assert.equal(follower.status.phase, "ended", name);
        assert.equal(page.socket.closedWith, 1000);
        assert.equal(page.timers, 0);
        follower.close();
    }
});

test("as a sequence: the newest state first, older ones skipped, an end without error at close()", async (t) => {
    const { page, follower } = await live(t);
    page.socket.say(delta(5, 6, []));
    page.socket.say(delta(6, 7, []));
    const seen = [];
    const reading = (async () => {
        for await (const { version } of follower) seen.push(version);
    })();
    await page.settle();
    page.socket.say(delta(7, 8, []));
    await page.settle();
    page.socket.say(delta(8, 9, []));
    page.socket.say(delta(9, 10, []));
    await page.settle();
    assert.deepEqual(seen, [7, 8, 10]);
    follower.close();
    await reading;
});

test("as a sequence: a refusal is thrown, and leaving the loop closes", async (t) => {
    const first = await live(t);
    const iterator = first.follower[Symbol.asyncIterator]();
    assert.equal((await iterator.next()).value.version, 5);
    const next = iterator.next();
    first.page.socket.end(4401);
    await assert.rejects(next, { name: "ScoreboardError", kind: "unauthorized" });
    const second = await live(t);
    for await (const state of second.follower) {
        assert.equal(state.version, 5);
        break;
    }
    assert.equal(second.follower.status.phase, "ended");
    assert.equal(second.page.socket.closedWith, 1000);
});

test("options that cannot be used are all named at once", (t) => {
    world(t);
    const bad = { url: "ftp://x", board: "", window: 1, limit: 101, mode: "x", token: "a b", WebSocket: 1 };
    assert.throws(() => follow(bad), ({ kind, message }) =>
        kind === "invalid_configuration" && message.split("; ").length === 7 && !message.includes("a b"));
    for (const url of ["http://u@x", "http://x?y", "http://x#y", "x", "/y", null]) {
        assert.throws(() => follow({ url }), { kind: "invalid_configuration" });
    }
});

test("a misspelt option is an error that names it, and so is a missing WebSocket, with the remedy", (t) => {
    world(t);
    const rejects = (call, words) => assert.throws(call, ({ kind, message }) =>
        kind === "invalid_configuration" && message.includes(words));
    rejects(() => follow({ url: "http://h", limt: 3 }), "limt is not an option of follow");
    rejects(() => connect({ url: "http://h", limit: 3 }), "limit is not an option of connect");
    const connection = connect({ url: "http://h" });
    rejects(() => connection.join({ board: "x", tokn: "t" }), "tokn is not an option of join");
    connection.close();
    rejects(() => follow({ url: "http://h", WebSocket: null }), "npm install ws");
});

test("addresses: any scheme, with a path or without", async (t) => {
    const cases = [
        ["http://h:1", "ws://h:1/ws/scoreboard"], ["https://h/", "wss://h/ws/scoreboard"],
        ["wss://h/scores/ws/scoreboard", "wss://h/scores/ws/scoreboard"], ["ws://[::1]:8/x", "ws://[::1]:8/x"],
    ];
    for (const [url, address] of cases) {
        const { page, follower } = await following(t, { url });
        assert.equal(page.socket.url.href.split("?")[0], address);
        follower.close();
    }
});
