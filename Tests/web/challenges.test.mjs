import assert from "node:assert/strict";
import { test } from "node:test";

import { connect } from "../../web/scorecast.js";
import { snapshot, world } from "./world.mjs";

const ID = "A".repeat(22);
const OTHER = "B".repeat(22);
const joined = (progress = [], present = 1, challenge = ID) => ({ type: "joined", challenge, present, progress });
const moved = (updates, present = 2, challenge = ID) => ({ type: "progress-update", challenge, present, updates });
const member = (user_id, progress, state = null) => ({ user_id, progress, state });
const refusal = (code, challenge = ID) => ({ type: "error", code, message: "No.", challenge });

/** A connection with the room of a challenge; records the callbacks. */
async function joining(t, options = {}) {
    const page = world(t);
    const told = { states: [], hints: [], errors: [], phases: [], made: [] };
    const connection = connect({
        token: "a.b.c", onStatus: ({ phase }) => told.phases.push(phase), onError: (error) => told.errors.push(error),
        onChallenge: ({ id }) => told.made.push(id), ...options,
    });
    t.after(() => connection.close());
    const room = connection.challenge(ID, {
        onState: (state) => told.states.push(state), onHint: (hint) => told.hints.push(hint.text),
        onError: (error) => told.errors.push(error),
    });
    await page.settle();
    return { page, told, connection, room };
}

test("a challenge needs no board: the default one is left, and only the challenge is joined", async (t) => {
    const { page, told, connection, room } = await joining(t);
    assert.deepEqual(page.socket.query, { limit: "1" });
    page.socket.open();
    assert.deepEqual(page.socket.sent, [{ type: "join-room", challenge: ID }]);
    page.socket.say(snapshot(5, [["a", 3]]));
    assert.deepEqual(page.socket.sent.at(-1), { type: "leave-room", board: "global", window: "all" });
    assert.deepEqual(told.phases, ["connecting", "live"]);
    page.socket.say(joined([member("a", 10)], 3));
    page.socket.say(moved([member("b", 20, { step: 2 })]));
    page.socket.say(moved([member("a", 30)], 4));
    page.socket.say(moved([member("c", 1)], 9, OTHER));
    assert.equal(told.states.length, 3);
    assert.deepEqual(room.state, { present: 4, members: [member("b", 20, { step: 2 }), member("a", 30)] });
    assert.equal(room.isJoined, true);
    room.leave();
    assert.equal(connection.status.phase, "idle");
    assert.equal(page.timers, 0);
});

test("a board and a challenge share one socket, and a challenge can come later", async (t) => {
    const { page, connection } = await joining(t);
    connection.join({ board: "x" });
    const later = connection.challenge(OTHER);
    await page.settle();
    assert.equal(page.sockets.length, 1);
    page.socket.open();
    const sent = page.socket.sent.map(({ type, board, challenge }) => [type, board ?? challenge]);
    assert.deepEqual(sent, [["join-room", "x"], ["join-room", ID], ["join-room", OTHER]]);
    later.leave();
    assert.deepEqual(page.socket.sent.at(-1), { type: "leave-room", challenge: OTHER });
    assert.throws(() => connection.challenge(ID), { kind: "invalid_configuration" });
});

test("own progress is sent when joined, then at most every 200 ms, the latest", async (t) => {
    const { page, room } = await joining(t);
    room.update(5);
    page.socket.open();
    const updates = () => page.socket.sent.filter(({ type }) => type === "challenge-update");
    assert.deepEqual(updates(), []);
    page.socket.say(joined());
    assert.deepEqual(updates(), [{ type: "challenge-update", challenge: ID, progress: 5 }]);
    for (let progress = 6; progress <= 50; progress += 1) room.update(progress, { at: progress });
    await page.pass(200);
    await page.pass(1000);
    assert.deepEqual(updates().slice(1), [
        { type: "challenge-update", challenge: ID, progress: 50, state: { at: 50 } },
    ]);
    for (const [progress, state] of [[101], [-1], [1.5], [1, "x".repeat(1100)], [1, 1n], [1, () => 1]]) {
        assert.throws(() => room.update(progress, state), { kind: "invalid_configuration" });
    }
});

test("after a loss the room is joined again; progress that may be lost is sent again, a hint is not", async (t) => {
    const { page, told, room } = await joining(t);
    page.socket.open();
    page.socket.say(joined());
    room.update(40);
    assert.equal(room.hint(), true);
    page.socket.end();
    assert.equal(room.hint(), false);
    assert.equal(room.isJoined, false);
    await page.pass(125);
    page.socket.open();
    page.socket.say(joined([member("a", 40)], 2));
    assert.deepEqual(page.socket.sent.map(({ type }) => type), ["join-room", "challenge-update"]);
    page.socket.say({ type: "hint", challenge: ID, index: 0, text: "Start.", cost: 0, left: 2 });
    assert.deepEqual(told.hints, ["Start."]);
    // What was sent long before the loss has arrived.
    await page.pass(6000);
    page.socket.end();
    await page.pass(250);
    page.socket.open();
    page.socket.say(joined());
    assert.deepEqual(page.socket.sent.map(({ type }) => type), ["join-room"]);
    assert.deepEqual(room.state.members, []);
});

test("refusals: the end, another try, or a word to the user", async (t) => {
    const { page, told, room, connection } = await joining(t);
    connection.challenge(OTHER);
    page.socket.open();
    page.socket.say(refusal("unavailable"));
    assert.deepEqual([told.errors.at(-1).final, told.errors.at(-1).serverCode], [false, "unavailable"]);
    await page.pass(250);
    assert.deepEqual(page.socket.sent.at(-1), { type: "join-room", challenge: ID });
    page.socket.say(joined());
    page.socket.say(refusal("insufficient_funds"));
    assert.equal(told.errors.at(-1).serverCode, "insufficient_funds");
    assert.equal(room.error, null);
    page.socket.say(refusal("unknown_challenge"));
    assert.deepEqual([room.error.kind, room.error.final], ["not_found", true]);
    room.update(50);
    assert.equal(connection.status.phase, "live");
    const states = room[Symbol.asyncIterator]();
    assert.equal((await states.next()).value.present, 1);
    await assert.rejects(states.next(), { kind: "not_found" });
});

test("challenges are told when they are ready; options are checked", async (t) => {
    const { page, told, connection } = await joining(t);
    page.socket.open();
    page.socket.say({ type: "challenge-generated", challenge: { id: ID, status: "ready", title: "Walk" } });
    assert.deepEqual(told.made, [ID]);
    assert.throws(() => connection.challenge("short"), { message: /22 characters/ });
    assert.throws(() => connection.challenge(OTHER, { onProgress() {} }), { message: /onProgress is not an option/ });
    assert.throws(() => connect().challenge(ID), { message: /challenges need a token/ });
    assert.throws(() => connect().join({ me: true }), { message: /me needs a token/ });
});

test("silence is ended by a question to the room", async (t) => {
    const { page, connection } = await joining(t);
    page.socket.open();
    page.socket.say(joined());
    await page.pass(60_000);
    assert.deepEqual(page.socket.sent.at(-1), { type: "join-room", challenge: ID });
    await page.pass(5000);
    assert.equal(connection.status.loss.reason, "silent");
});

test("the own place comes to rooms that ask for it", async (t) => {
    const page = world(t);
    const told = [];
    const connection = connect({ token: "a.b.c" });
    t.after(() => connection.close());
    const room = connection.join({
        me: true, onRank: ({ rank, score, total }) => told.push([rank, score, total]),
        onPassed: ({ by, rank }) => told.push([by, rank]),
    });
    connection.join({ board: "x" });
    await page.settle();
    assert.equal(page.socket.query.me, undefined);
    page.socket.open();
    assert.deepEqual(page.socket.sent.map(({ board, me }) => [board, me]), [["global", true], ["x", undefined]]);
    const place = { board: "global", window: "all", period: "all", rank: 7, score: 90, total: 12 };
    page.socket.say({ type: "rank-update", ...place });
    page.socket.say({ type: "rank-update", ...place, board: "x" });
    page.socket.say({ type: "passed", by: "b", rank: 8 });
    page.socket.say({ type: "passed", board: "x", window: "all", by: "b", rank: 8 });
    assert.deepEqual(told, [[7, 90, 12], ["b", 8]]);
    assert.deepEqual(room.me, { rank: 7, score: 90, total: 12, period: "all" });
});
