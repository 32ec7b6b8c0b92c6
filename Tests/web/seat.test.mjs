import assert from "node:assert/strict";
import { test } from "node:test";

import { Seat } from "../../web/scorecast/room.js";
import { parseMessage } from "../../web/scorecast/standings.js";
import { delta, snapshot } from "./world.mjs";

const read = (message) => parseMessage(JSON.stringify(message));
const whole = (version, epoch = "e1") => read(snapshot(version, [["a", version]], { epoch }));
const step = (from, version, epoch = "e1") => read(delta(from, version, [], { epoch }));

/** A seat that has had these messages, and what its callbacks were told. */
function seat(...messages) {
    const told = [];
    const made = new Seat({
        board: "global", window: "all", mode: "delta", limit: 10,
        onState: ({ epoch, version }) => told.push(`${epoch}:${version}`), onError: (error) => told.push(error),
    });
    for (const message of messages) made.take(message);
    told.length = 0;
    return { seat: made, told };
}

test("a seat: what it has had, message, outcome, what it shows and goes on from", () => {
    const lagging = [whole(9), whole(7)];
    const rows = [
        // [had, message, outcome, shown, base, isBehind]
        [[], whole(5), "changed", "e1:5", "e1:5", false],
        [[], step(5, 6), "misfit", null, null, false],
        [[whole(5)], whole(6), "changed", "e1:6", "e1:6", false],
        [[whole(5)], whole(5), "not_newer", "e1:5", "e1:5", false],
        [[whole(5)], whole(4), "not_newer", "e1:5", "e1:4", true],
        [[whole(5)], step(5, 6), "changed", "e1:6", "e1:6", false],
        [[whole(5)], step(4, 6), "misfit", "e1:5", null, false],
        [[whole(5)], step(5, 6, "e2"), "misfit", "e1:5", null, false],
        [[whole(5)], whole(1, "e2"), "changed", "e2:1", "e2:1", false],
        [lagging, step(7, 8), "not_newer", "e1:9", "e1:8", true],
        [lagging, step(7, 9), "not_newer", "e1:9", "e1:9", false],
        [lagging, step(7, 10), "changed", "e1:10", "e1:10", false],
        [[whole(5), whole(1, "e2")], whole(4), "not_newer", "e2:1", "e1:4", true],
        [[whole(5), whole(1, "e2")], whole(6), "changed", "e1:6", "e1:6", false],
    ];
    const name = (state) => state === null ? null : `${state.epoch}:${state.version}`;
    for (const [index, [had, message, outcome, shown, base, isBehind]] of rows.entries()) {
        const { seat: given, told } = seat(...had);
        const row = `row ${index}`;
        assert.equal(given.take(message), outcome, row);
        assert.equal(name(given.state), shown, row);
        assert.deepEqual(told, outcome === "changed" ? [shown] : [], row);
        assert.equal(given.resuming.resume ?? null, base, row);
        assert.deepEqual([given.hasBase, given.isBehind], [base !== null, isBehind], row);
    }
});

test("a seat that forgets its base shows on what it had, and asks for a whole top", () => {
    const { seat: given } = seat(whole(5));
    given.forgetBase();
    assert.deepEqual([given.state.version, given.hasBase, given.isBehind], [5, false, false]);
    assert.deepEqual(given.resuming, { board: "global", window: "all", mode: "delta", limit: 10 });
    assert.equal(given.take(step(5, 6)), "misfit");
    assert.equal(given.take(whole(5)), "not_newer");
    assert.equal(given.resuming.resume, "e1:5");
});

test("a seat ends once: with an error that is told, or as it was wished", () => {
    for (const error of [null, new Error("no")]) {
        const { seat: given, told } = seat(whole(5));
        assert.equal(given.over.aborted, false);
        given.end(error);
        given.end(new Error("again"));
        assert.deepEqual([given.over.aborted, given.error, told], [true, error, error === null ? [] : [error]]);
    }
});
