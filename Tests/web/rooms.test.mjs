import assert from "node:assert/strict";
import { test } from "node:test";

import { connect, follow } from "../../web/scorecast.js";
import { delta, score, snapshot, world } from "./world.mjs";

const of = (board, version, users) => snapshot(version, users ?? [["a", version]], { board });
const refusal = (code, board) => ({ type: "error", code, message: "No.", board, window: "all" });
const joins = (socket) => socket.sent.map(({ type, board, resume }) => [type, board, resume]);

/** A connection with a room for each board; records the callbacks. */
async function joining(t, boards, options = {}) {
    const page = world(t);
    const told = { states: [], phases: [], errors: [] };
    const connection = connect({
        onStatus: ({ phase }) => told.phases.push(phase), onError: (error) => told.errors.push(error), ...options,
    });
    t.after(() => connection.close());
    const rooms = boards.map((board) => connection.join({
        board, onState: (state) => told.states.push(`${board}:${state.version}`),
        onError: (error) => told.errors.push(error),
    }));
    await page.settle();
    return { page, told, connection, rooms };
}

test("rooms share one socket: one is in its address, the others join when it opens", async (t) => {
    const { page, told, connection, rooms } = await joining(t, ["x", "y", "z"]);
    assert.equal(page.sockets.length, 1);
    assert.equal(page.socket.query.board, "x");
    assert.deepEqual(page.socket.sent, []);
    page.socket.open();
    assert.deepEqual(joins(page.socket), [["join-room", "y", undefined], ["join-room", "z", undefined]]);
    for (const board of ["y", "x", "z"]) page.socket.say(of(board, 5));
    page.socket.say(delta(5, 6, score("a", 1, 9), { board: "y" }));
    page.socket.say(of("nobody-asked", 7));
    assert.deepEqual(told.states, ["y:5", "x:5", "z:5", "y:6"]);
    assert.deepEqual(rooms.map(({ state }) => state.version), [5, 6, 5]);
    assert.equal(connection.status.phase, "live");
    // One more room uses the same socket. When a room leaves, the server is told, and the room gets nothing more.
    connection.join({ board: "w", mode: "full", limit: 3 });
    assert.deepEqual(page.socket.sent.at(-1), { type: "join-room", board: "w", window: "all", mode: "full", limit: 3 });
    rooms[1].leave();
    rooms[1].leave();
    assert.equal(page.socket.sent.at(-1).type, "leave-room");
    page.socket.say(of("y", 7));
    assert.equal(rooms[1].state.version, 6);
    assert.deepEqual(told.phases, ["connecting", "live"]);
});

test("each room comes back from its own state, also one whose delta did not fit", async (t) => {
    const { page, told, rooms } = await joining(t, ["x", "y", "z"]);
    page.socket.open();
    for (const [board, version] of [["x", 5], ["y", 6], ["z", 7]]) page.socket.say(of(board, version));
    page.socket.say(delta(3, 8, [], { board: "z" }));
    assert.deepEqual(joins(page.socket).at(-1), ["join-room", "z", undefined]);
    page.socket.end();
    await page.pass(125);
    assert.deepEqual([page.socket.query.board, page.socket.query.resume], ["x", "e1:5"]);
    page.socket.open();
    assert.deepEqual(joins(page.socket), [["join-room", "y", "e1:6"], ["join-room", "z", undefined]]);
    page.socket.say(delta(6, 9, [], { board: "y" }));
    page.socket.say(of("z", 9));
    assert.deepEqual(rooms.map(({ state }) => state.version), [5, 9, 9]);
    assert.deepEqual(told.phases, ["connecting", "live", "waiting", "connecting", "live"]);
});

test("a room that is refused ends alone; the others go on", async (t) => {
    const { page, told, connection, rooms } = await joining(t, ["x", "y", "z"]);
    page.socket.open();
    page.socket.say(of("x", 5));
    page.socket.say(refusal("unknown_board", "y"));
    page.socket.say(refusal("unauthorized", "z"));
    assert.deepEqual(rooms.map(({ error }) => error?.kind), [undefined, "not_found", "unauthorized"]);
    assert.deepEqual(told.errors.map(({ final, serverCode }) => [final, serverCode]), [
        [true, "unknown_board"], [true, "unauthorized"],
    ]);
    await assert.rejects(rooms[1][Symbol.asyncIterator]().next(), { kind: "not_found" });
    assert.deepEqual([connection.status.phase, page.sockets.length], ["live", 1]);
    page.socket.say(of("x", 6));
    assert.equal(rooms[0].state.version, 6);
    page.socket.end();
    await page.pass(125);
    page.socket.open();
    assert.deepEqual(page.socket.sent, []);
});

test("4404 means the room of the address: the others come back without it", async (t) => {
    const { page, connection, rooms } = await joining(t, ["x", "y"]);
    page.socket.open();
    page.socket.say({ type: "error", code: "unknown_board", message: "" });
    page.socket.end(4404);
    assert.deepEqual(rooms.map(({ error }) => error?.kind), ["not_found", undefined]);
    await page.pass(125);
    assert.equal(page.socket.query.board, "y");
    page.socket.open();
    page.socket.end(4404);
    assert.equal(rooms[1].error.kind, "not_found");
    assert.deepEqual([connection.status.phase, page.timers], ["idle", 0]);
    // The connection itself is still good.
    connection.join({ board: "z" });
    await page.settle();
    assert.equal(page.socket.query.board, "z");
});

test("4401 ends the connection with all rooms, and nothing is tried again", async (t) => {
    const { page, told, connection, rooms } = await joining(t, ["x", "y"], { token: "a.b.c" });
    page.socket.open();
    page.socket.say(of("x", 5));
    page.socket.end(4401);
    assert.equal(connection.status.phase, "ended");
    assert.deepEqual(rooms.map(({ error }) => error.kind), ["unauthorized", "unauthorized"]);
    assert.equal(told.errors.length, 3);
    assert.equal(page.timers, 0);
    const late = connection.join({ board: "late" });
    for await (const state of late) assert.fail(state);
    await page.pass(600_000);
    assert.equal(page.sockets.length, 1);
});

test("a token that ran out is renewed; one that was never good is the end", async (t) => {
    let tokens = 0;
    const { page, connection } = await joining(t, ["x"], { token: () => `t${tokens += 1}` });
    page.socket.open();
    page.socket.say(of("x", 5));
    page.socket.end(4401);
    assert.deepEqual([connection.status.phase, connection.status.loss.reason], ["waiting", "token_expired"]);
    await page.pass(125);
    assert.deepEqual(page.socket.protocols, ["scorecast.v1", "bearer.t2"]);
    assert.equal(page.socket.query.resume, "e1:5");
    page.socket.open();
    // The state is current, so nothing is sent; an hour later the token expires.
    await page.pass(5000);
    page.socket.end(4401);
    await page.pass(250);
    assert.equal(page.sockets.length, 3);
    page.socket.open();
    page.socket.end(4401);
    assert.equal(connection.status.phase, "ended");
});

test("a room that is refused for an old token is asked for with a new one", async (t) => {
    let tokens = 0;
    const { page, connection, rooms } = await joining(t, ["x"], { token: () => `t${tokens += 1}` });
    page.socket.open();
    page.socket.say(of("x", 5));
    await page.pass(5000);
    const secret = connection.join({ board: "secret" });
    page.socket.say(refusal("unauthorized", "secret"));
    assert.equal(connection.status.loss.reason, "token_expired");
    await page.pass(125);
    page.socket.open();
    assert.deepEqual(joins(page.socket), [["join-room", "secret", undefined]]);
    page.socket.say(refusal("unauthorized", "secret"));
    assert.deepEqual([secret.error.kind, rooms[0].error, connection.status.phase], ["unauthorized", null, "live"]);
});

test("without rooms there is no connection, and the last one to leave closes it", async (t) => {
    const { page, told, connection } = await joining(t, []);
    await page.pass(60_000);
    assert.deepEqual([page.sockets.length, connection.status.phase], [0, "idle"]);
    const room = connection.join({ board: "x" });
    await page.settle();
    page.socket.open();
    page.socket.say(of("x", 5));
    const seen = [];
    for await (const { version } of room) {
        seen.push(version);
        break;
    }
    assert.deepEqual(seen, [5]);
    assert.deepEqual([page.socket.closedWith, connection.status.phase, page.timers], [1000, "idle", 0]);
    assert.deepEqual(told.phases, ["connecting", "live", "idle"]);
});

test("a room that leaves while the connection is made is left when it is", async (t) => {
    const { page, rooms } = await joining(t, ["x", "y"]);
    rooms[0].leave();
    page.socket.open();
    assert.deepEqual(joins(page.socket), [["leave-room", "x", undefined], ["join-room", "y", undefined]]);
    page.socket.say(of("x", 5));
    assert.equal(rooms[0].state, null);
});

test("a room that nothing comes for is asked for again; the others are not disturbed", async (t) => {
    const { page, connection } = await joining(t, ["x", "y"]);
    page.socket.open();
    page.socket.say(of("x", 5));
    await page.pass(10_000);
    assert.deepEqual(joins(page.socket), [["join-room", "y", undefined], ["join-room", "y", undefined]]);
    assert.equal(connection.status.phase, "live");
    // If nothing comes at all, the connection is at fault.
    await page.pass(10_000);
    assert.deepEqual(connection.status.loss.reason, "timed_out");
});

test("a second room ends an event stream, which can carry only one", async (t) => {
    const { page, connection } = await joining(t, ["x"]);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
        page.socket.end();
        await page.pass(connection.status.retryAt - page.now);
    }
    page.streams[0].open();
    page.streams[0].say(of("x", 5));
    connection.join({ board: "y" });
    assert.equal(page.streams[0].closedWith, 1000);
    for (let attempt = 0; attempt < 6; attempt += 1) {
        await page.pass(connection.status.retryAt - page.now);
        page.socket.end();
    }
    assert.equal(page.streams.length, 1);
});

test("an AbortSignal ends what it was given to", async (t) => {
    const page = world(t);
    const [all, one, sole] = [new AbortController(), new AbortController(), new AbortController()];
    const connection = connect({ signal: all.signal });
    const [x, y] = [connection.join({ board: "x", signal: one.signal }), connection.join({ board: "y" })];
    const follower = follow({ signal: sole.signal });
    await page.settle();
    const [socket] = page.sockets;
    socket.open();
    one.abort();
    assert.equal(socket.sent.at(-1).type, "leave-room");
    assert.equal(connection.status.phase, "connecting");
    all.abort();
    assert.deepEqual([socket.closedWith, connection.status.phase], [1000, "ended"]);
    for await (const state of y) assert.fail(state);
    sole.abort();
    assert.equal(follower.status.phase, "ended");
    assert.equal(page.timers, 0);
    assert.equal(follow({ signal: AbortSignal.abort() }).status.phase, "ended");
    await page.pass(60_000);
    assert.equal(page.sockets.length, 2);
    assert.deepEqual([x.error, y.error], [null, null]);
});

test("one room for a board and window, 64 in all, and options that make sense", async (t) => {
    const { connection } = await joining(t, ["x"]);
    assert.throws(() => connection.join({ board: "x", limit: 3 }), { kind: "invalid_configuration" });
    connection.join({ board: "x", window: "daily" });
    for (let count = 2; count < 64; count += 1) connection.join({ board: `b${count}` });
    assert.throws(() => connection.join({ board: "one more" }), /at most 64/);
    assert.throws(() => connection.join({ limit: 0, mode: "" }), ({ message }) => message.split("; ").length === 2);
    assert.throws(() => connect({ url: "" }), { kind: "invalid_configuration" });
    assert.throws(() => connect({ signal: {} }), { kind: "invalid_configuration" });
});
