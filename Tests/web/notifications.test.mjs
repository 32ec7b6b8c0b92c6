import assert from "node:assert/strict";
import { test } from "node:test";

import { connect } from "../../web/scorecast.js";
import { EMPTY_INBOX, inboxWith, parseNotificationPage } from "../../web/scorecast/play-messages.js";
import { world } from "./world.mjs";

const notice = (id, title = `n${id}`) => ({
    id: String(id), kind: "badge", title, data: {}, created_at: "2026-11-28T10:00:00.000Z",
});
const live = (id) => ({ type: "notification", ...notice(id) });
const page200 = (ids, next = null) => ({
    ok: true, status: 200, json: async () => ({ notifications: ids.map((id) => notice(id)), next }),
});

async function listening(t, answers, options = {}) {
    const page = world(t);
    page.answer = () => answers.shift()?.() ?? page200([]);
    const told = { ids: [], errors: [], phases: [] };
    const connection = connect({ token: "a.b.c", onStatus: ({ phase }) => told.phases.push(phase), ...options });
    t.after(() => connection.close());
    const inbox = connection.notifications({
        onNotification: ({ id }) => told.ids.push(id), onError: (error) => told.errors.push(error),
    });
    await page.settle();
    return { page, told, connection, inbox };
}

test("missed ones come first, oldest first, and each comes once", async (t) => {
    const answers = [() => page200([4, 3], "c1"), () => page200([2, 1])];
    const { page, told } = await listening(t, answers);
    assert.deepEqual(page.socket.query, { limit: "1", notifications: "true" });
    page.socket.open();
    page.socket.say(live(4));
    await page.settle();
    assert.deepEqual(told.ids, ["4", "1", "2", "3"]);
    assert.deepEqual(page.asked.map(({ url }) => `${url.pathname}${url.search}`), [
        "/notifications?unread=true&limit=100", "/notifications?unread=true&limit=100&cursor=c1",
    ]);
    page.socket.say(live(5));
    page.socket.say(live(5));
    // After a loss, what came meanwhile is fetched.
    answers.push(() => page200([6, 5, 4]));
    page.socket.end();
    await page.pass(125);
    page.socket.open();
    await page.settle();
    assert.deepEqual(told.ids, ["4", "1", "2", "3", "5", "6"]);
});

test("missed ones are asked for until the server answers; a refusal is told once", async (t) => {
    const offline = () => { throw new TypeError("Failed to fetch"); };
    const busy = () => ({ ok: false, status: 503 });
    const { page, told } = await listening(t, [offline, busy, () => page200([1])]);
    page.socket.open();
    await page.pass(20_000);
    assert.deepEqual(told.ids, ["1"]);
    assert.equal(page.asked.length, 3);
    const refused = await listening(t, [() => ({ ok: false, status: 404 })]);
    refused.page.socket.open();
    await refused.page.pass(30_000);
    assert.deepEqual(refused.told.errors.map(({ kind, final }) => [kind, final]), [["complaint", false]]);
    assert.equal(refused.page.asked.length, 1);
    refused.page.socket.say(live(9));
    assert.deepEqual(refused.told.ids, ["9"]);
});

test("they can be asked for while a connection is open, and be stopped", async (t) => {
    const page = world(t);
    page.answer = () => page200([]);
    const connection = connect({ token: () => "a.b.c" });
    t.after(() => connection.close());
    connection.join({ board: "x" });
    await page.settle();
    page.socket.open();
    const inbox = connection.notifications();
    await page.settle();
    assert.equal(page.sockets.length, 2);
    assert.deepEqual([page.sockets[0].closedWith, page.socket.query.notifications], [1000, "true"]);
    page.socket.open();
    const read = [];
    const reading = (async () => {
        for await (const { id } of inbox) {
            read.push(id);
            if (read.length === 3) break;
        }
    })();
    for (const id of [1, 2, 3, 4]) page.socket.say(live(id));
    await reading;
    assert.deepEqual(read, ["1", "2", "3"]);
    assert.equal(connection.status.phase, "connecting");
    page.socket.say(live(5));
    assert.throws(() => connect({ token: "a.b.c", url: "wss://example.org/other" }).notifications(),
        { message: /notifications need a session/ });
    assert.throws(() => connect().notifications(), { message: /notifications need a token/ });
});

test("a user who may not have them is told so, and that is the end", async (t) => {
    const { page, connection, inbox } = await listening(t, []);
    page.socket.open();
    page.socket.end(4401, "no token");
    assert.equal(connection.status.phase, "ended");
    assert.equal(inbox.error.kind, "unauthorized");
});

test("the inbox remembers a bounded number of ids; pages are read strictly", () => {
    let inbox = EMPTY_INBOX;
    for (let id = 0; id < 3000; id += 1) inbox = inboxWith(inbox, { id: String(id) });
    assert.equal(inbox.length, 2000);
    assert.equal(inboxWith(inbox, { id: "2999" }), null);
    assert.notEqual(inboxWith(inbox, { id: "10" }), null);
    for (const answer of [null, {}, { notifications: [null] }, { notifications: [{ ...notice(1), id: 1 }] },
        { notifications: [], next: 3 }]) {
        assert.throws(() => parseNotificationPage(answer), TypeError);
    }
});
