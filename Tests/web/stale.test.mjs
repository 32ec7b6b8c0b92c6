import assert from "node:assert/strict";
import { test } from "node:test";

import { connect } from "../../web/scorecast.js";
import { delta, following, live, snapshot, world } from "./world.mjs";

const stale = (since) => ({ type: "stale", since });
const current = { type: "current" };

test("a node that is cut off: nothing is called live until it receives again", async (t) => {
    const { page, told, follower } = await live(t);
    page.socket.say(stale(page.now - 3000));
    assert.deepEqual([follower.status.phase, follower.status.staleSince], ["stale", page.now - 3000]);
    // Messages that still come are shown, but do not prove that nothing is missing.
    page.socket.say(delta(5, 6, []));
    assert.deepEqual([follower.status.phase, told.states], ["stale", [5, 6]]);
    page.socket.say(current);
    assert.deepEqual([follower.status.phase, follower.status.staleSince], ["live", null]);
    page.socket.say(current);
    assert.deepEqual(told.phases, ["live", "stale", "live"]);
    assert.deepEqual([page.sockets.length, told.errors], [1, []]);
});

test("a node that was cut off before: said beside the first top, or before it", async (t) => {
    const after = await following(t);
    after.page.socket.open();
    after.page.socket.say(snapshot(5, []));
    after.page.socket.say(stale(after.page.now));
    assert.deepEqual(after.told.phases, ["live", "stale"]);

    const before = await following(t);
    before.page.socket.open();
    before.page.socket.say(stale(before.page.now));
    const { phase, staleSince } = before.follower.status;
    assert.deepEqual([phase, staleSince], ["connecting", before.page.now]);
    before.page.socket.say(snapshot(5, []));
    assert.equal(before.follower.status.phase, "stale");
    // A connection without a state is left: another node may have one.
    const empty = await following(t);
    empty.page.socket.open();
    empty.page.socket.say(stale(empty.page.now));
    await empty.page.pass(10_000);
    assert.deepEqual([empty.follower.status.loss.reason, empty.follower.status.staleSince], ["timed_out", null]);
});

test("a lost connection forgets it, but not since when things may be out of date", async (t) => {
    const { page, follower } = await live(t);
    const since = page.now - 4000;
    page.socket.say(stale(since));
    page.socket.end();
    const { phase, staleSince, loss } = follower.status;
    assert.deepEqual([phase, staleSince, loss.since], ["waiting", null, since]);
    await page.pass(125);
    page.socket.open();
    // Resumed on a node that works.
    assert.deepEqual([follower.status.phase, follower.status.staleSince, follower.status.loss], ["live", null, null]);
    // And on one that is cut off.
    page.socket.say(stale(page.now));
    page.happen("pagehide");
    assert.deepEqual([follower.status.staleSince, follower.status.loss.since], [null, page.now]);
});

test("a server's clock that is ahead does not put it into the future", async (t) => {
    const { page, follower } = await live(t);
    page.socket.say(stale(page.now + 90_000));
    assert.equal(follower.status.staleSince, page.now);
});

test("it is the connection that is cut off, with all its rooms; without rooms there is none", async (t) => {
    const page = world(t);
    const connection = connect();
    t.after(() => connection.close());
    const rooms = ["x", "y"].map((board) => connection.join({ board }));
    await page.settle();
    page.socket.open();
    for (const board of ["x", "y"]) page.socket.say(snapshot(1, [], { board }));
    page.socket.say(stale(page.now));
    assert.equal(connection.status.phase, "stale");
    for (const room of rooms) room.leave();
    assert.deepEqual([connection.status.phase, connection.status.staleSince], ["idle", null]);
});

test("a silent connection is looked into, whether or not it was cut off", async (t) => {
    const { page, follower } = await live(t);
    page.socket.say(stale(page.now));
    await page.pass(15_000);
    page.happen("visibilitychange");
    assert.equal(page.socket.sent.length, 1);
    await page.pass(5000);
    assert.equal(follower.status.loss.reason, "silent");
});

test("stale without a time is no message", async (t) => {
    const { page, follower } = await live(t);
    page.socket.say({ type: "stale" });
    assert.equal(follower.status.loss.reason, "broken");
});
