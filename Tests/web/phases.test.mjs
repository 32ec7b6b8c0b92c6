import assert from "node:assert/strict";
import { test } from "node:test";

import { connect } from "../../web/scorecast.js";
import { delta, snapshot, world } from "./world.mjs";

/** What can happen to a connection with one room. */
const EVENTS = {
    join: (it) => { it.room = it.connection.join({ board: "global" }); },
    leave: (it) => it.room?.leave(),
    opened: ({ page }) => page.socket?.open(),
    top: ({ page }) => page.socket?.say(snapshot(5, [["a", 3]])),
    stale: ({ page }) => page.socket?.say({ type: "stale", since: page.now - 5 }),
    current: ({ page }) => page.socket?.say({ type: "current" }),
    misfit: ({ page }) => page.socket?.say(delta(1, 2, [])),
    lost: ({ page }) => page.socket?.end(1006),
    "lost for good": ({ page }) => page.socket?.end(4403),
    "wait over": ({ page, connection }) => page.pass((connection.status.retryAt ?? page.now) - page.now),
    close: ({ connection }) => connection.close(),
};

/** The events that lead to each phase. */
const WAYS = {
    idle: [],
    connecting: ["join"],
    live: ["join", "opened", "top"],
    stale: ["join", "opened", "top", "stale"],
    waiting: ["join", "lost"],
    ended: ["close"],
};

/** The phase after an event; what is missing here changes nothing. */
const TABLE = {
    idle: { join: "connecting", close: "ended" },
    connecting: { leave: "idle", top: "live", lost: "waiting", "lost for good": "ended", close: "ended" },
    live: { leave: "idle", stale: "stale", lost: "waiting", "lost for good": "ended", close: "ended" },
    stale: { leave: "idle", current: "live", lost: "waiting", "lost for good": "ended", close: "ended" },
    waiting: { leave: "idle", "wait over": "connecting", close: "ended" },
    ended: {},
};

// What cannot happen: a phase without a socket hears nothing of one, and an open socket does not open again.
const IMPOSSIBLE = { live: ["opened", "join"], stale: ["opened", "join"], connecting: ["join"], waiting: ["join"] };

test("phase, event, next phase", async (t) => {
    for (const [from, changes] of Object.entries(TABLE)) {
        for (const [name, happen] of Object.entries(EVENTS)) {
            if (IMPOSSIBLE[from]?.includes(name)) continue;
            await t.test(`${from}, ${name}`, async (t) => {
                const page = world(t);
                const it = { page, room: null, connection: connect() };
                for (const step of WAYS[from]) {
                    await EVENTS[step](it);
                    await page.settle();
                }
                assert.equal(it.connection.status.phase, from);
                await happen(it);
                await page.settle();
                assert.equal(it.connection.status.phase, changes[name] ?? from);
                it.connection.close();
            });
        }
    }
});
