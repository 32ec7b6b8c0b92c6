import assert from "node:assert/strict";
import { test } from "node:test";

import { EMPTY_ROOM, applyChanges, applyMessage, parseMessage } from "../../web/scorecast/standings.js";
import { computeMoves } from "../../web/state.js";
import { delta, snapshot } from "./world.mjs";

/** Numbers that look random, the same ones in each run (mulberry32). */
function dice(seed) {
    let state = seed;
    return (below) => {
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
    };
}

/** A board of a server, and the top of each of its versions. */
class Board {
    #scores = new Map();
    tops = [];

    constructor(limit) {
        this.limit = limit;
        this.tops.push([]);
    }

    change(roll) {
        const user = `u${roll(20)}`;
        if (roll(8) === 0) this.#scores.delete(user);
        else this.#scores.set(user, roll(50));
        const ranked = [...this.#scores].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
        this.tops.push(ranked.slice(0, this.limit));
    }

    get version() { return this.tops.length - 1; }
}

/** The steps from one top to another, found by another method than the server's. */
function steps(before, after) {
    const changes = [];
    const list = before.map((entry) => [...entry]);
    for (const [user_id, score] of before) {
        if (after.some(([user]) => user === user_id)) continue;
        const place = list.findIndex(([user]) => user === user_id);
        list.splice(place, 1);
        changes.push({ op: "leave", user_id, rank: place + 1, score });
    }
    after.forEach(([user_id, score], place) => {
        const stood = list.findIndex(([user]) => user === user_id);
        if (stood === place && list[stood][1] === score) return;
        const op = stood < 0 ? "enter" : stood === place ? "score" : "move";
        if (stood >= 0) list.splice(stood, 1);
        list.splice(place, 0, [user_id, score]);
        changes.push({ op, user_id, rank: place + 1, score });
    });
    return changes;
}

const read = (message) => parseMessage(JSON.stringify(message));
const users = (state) => state.entries.map(({ user_id, score }) => [user_id, score]);

test("deltas over random histories with skips give the server's state", () => {
    let deltas = 0;
    for (let seed = 1; seed <= 100; seed += 1) {
        const roll = dice(seed);
        const board = new Board(1 + roll(12));
        let room = applyMessage(EMPTY_ROOM, read(snapshot(0, []))).room;
        for (let step = 0; step < 60; step += 1) {
            for (let skipped = roll(5); skipped >= 0; skipped -= 1) board.change(roll);
            const { version, tops } = board;
            const changes = steps(tops[room.base.version], tops[version]);
            const isWhole = roll(10) === 0;
            const whole = snapshot(version, tops[version], { type: "leaderboard-update" });
            const result = applyMessage(room, read(isWhole ? whole : delta(room.base.version, version, changes)));
            assert.equal(result.outcome, "changed");
            room = result.room;
            deltas += isWhole ? 0 : 1;
            assert.deepEqual(users(room.shown), tops[version]);
            assert.deepEqual(room.shown.entries.map(({ rank }) => rank), tops[version].map((_, index) => index + 1));
        }
    }
    assert.ok(deltas > 5000);
});

test("what is shown never goes back, whatever comes in whatever order", () => {
    for (let seed = 1; seed <= 300; seed += 1) {
        const roll = dice(seed);
        const highest = new Map();
        let room = EMPTY_ROOM;
        for (let step = 0; step < 40; step += 1) {
            const [epoch, version] = [`e${roll(3)}`, roll(30)];
            const from = room.base?.version ?? 0;
            const message = roll(2) === 0
                ? snapshot(version, [["a", version]], { epoch })
                : delta(from, from + 1 + roll(3), [], { epoch: room.base?.epoch ?? epoch });
            const before = room.shown;
            const { room: next, outcome } = applyMessage(room, read(message));
            if (outcome === "changed") {
                const { shown } = next;
                const known = highest.get(shown.epoch) ?? -1;
                const isReturn = before !== null && before.epoch !== shown.epoch;
                assert.ok(shown.version > known || (isReturn && shown.version === known));
                highest.set(shown.epoch, shown.version);
            } else {
                assert.equal(next.shown, before);
            }
            room = next;
        }
    }
});

test("a node that lags: deltas go on from its state, and nothing is shown until it has caught up", () => {
    const ahead = applyMessage(EMPTY_ROOM, read(snapshot(9, [["a", 9]]))).room;
    const behind = applyMessage(ahead, read(snapshot(7, [["a", 7]])));
    assert.equal(behind.outcome, "not_newer");
    assert.deepEqual([behind.room.base.version, behind.room.shown.version], [7, 9]);
    const score = (value) => [{ op: "score", user_id: "a", rank: 1, score: value }];
    const still = applyMessage(behind.room, read(delta(7, 9, score(9))));
    assert.equal(still.outcome, "not_newer");
    const past = applyMessage(still.room, read(delta(9, 10, score(10))));
    assert.equal(past.outcome, "changed");
    assert.deepEqual(users(past.room.shown), [["a", 10]]);
});

test("deltas that do not fit are misfits, and the base is forgotten", () => {
    const { room } = applyMessage(EMPTY_ROOM, read(snapshot(5, [["a", 3], ["b", 2]])));
    const misfits = [
        delta(4, 6, []), delta(6, 7, []), delta(5, 6, [], { epoch: "e2" }),
        delta(5, 6, [{ op: "enter", user_id: "a", rank: 1, score: 9 }]),
        delta(5, 6, [{ op: "enter", user_id: "c", rank: 4, score: 1 }]),
        delta(5, 6, [{ op: "move", user_id: "c", rank: 1, score: 1 }]),
        delta(5, 6, [{ op: "move", user_id: "a", rank: 3, score: 1 }]),
        delta(5, 6, [{ op: "score", user_id: "a", rank: 2, score: 1 }]),
        delta(5, 6, [{ op: "leave", user_id: "b", rank: 1, score: 2 }]),
        delta(5, 6, [{ op: "toString", user_id: "b", rank: 2, score: 2 }]),
        delta(5, 6, [{ op: "score", user_id: "a", rank: 1, score: "9" }]), delta(5, 6, [null]),
    ];
    for (const message of misfits) {
        const result = applyMessage(room, read(message));
        assert.equal(result.outcome, "misfit", JSON.stringify(message.changes));
        assert.equal(result.room.base, null);
        assert.equal(result.room.shown, room.shown);
        assert.equal(applyMessage(result.room, read(delta(5, 6, []))).outcome, "misfit");
    }
    const shared = [{ rank: 1, user_id: "a", score: 1 }, { rank: 1, user_id: "b", score: 1 }];
    assert.equal(applyChanges(shared, [{ op: "score", user_id: "a", rank: 1, score: 2 }]), null);
});

/** The changes by user from one top with ranks to another. */
function userChanges(before, after) {
    const place = (entries, id) => entries.findIndex(({ user_id }) => user_id === id);
    const left = before.filter(({ user_id }) => place(after, user_id) < 0);
    const changes = left.map((entry) => ({ op: "leave", ...entry, position: place(before, entry.user_id) + 1 }));
    after.forEach((entry, index) => {
        const stood = place(before, entry.user_id);
        const was = before[stood];
        const stays = stood === index && was.rank === entry.rank;
        if (stays && was.score === entry.score) return;
        const op = stood < 0 ? "enter" : stays ? "score" : "move";
        changes.push({ op, ...entry, position: index + 1 });
    });
    return changes;
}

/** A top with its ranks, shared or dense. */
function ranked(top, isDense) {
    const distinct = (score) => new Set(top.filter(([, other]) => other > score).map(([, other]) => other)).size;
    const better = (score) => top.filter(([, other]) => other > score).length;
    return top.map(([user_id, score]) => ({ rank: 1 + (isDense ? distinct(score) : better(score)), user_id, score }));
}

test("changes by user over random histories with shared ranks give the server's state, in any order", () => {
    for (let seed = 1; seed <= 100; seed += 1) {
        const roll = dice(seed);
        const isDense = roll(2) === 0;
        const board = new Board(1 + roll(12));
        let known = [];
        for (let step = 0; step < 60; step += 1) {
            for (let skipped = roll(5); skipped >= 0; skipped -= 1) board.change(roll);
            const next = ranked(board.tops[board.version], isDense);
            const changes = userChanges(known, next);
            assert.deepEqual(applyChanges(known, changes), next);
            known = applyChanges(known, changes.reverse());
            assert.deepEqual(known, next);
        }
    }
});

test("changes by user that do not fit are misfits", () => {
    const entries = [{ rank: 1, user_id: "a", score: 5 }, { rank: 1, user_id: "b", score: 5 }];
    const change = (op, user_id, position, more) => ({ op, user_id, rank: 1, score: 5, position, ...more });
    const misfits = [
        [change("enter", "a", 3)], [change("enter", "c", 4)], [change("enter", "c", 1)], [change("enter", "c", 0)],
        [change("leave", "c", 1)], [change("leave", "a", 2)], [change("leave", "a", 1)], [change("move", "c", 1)],
        [change("move", "a", 2)], [change("score", "a", 2)], [change("score", "a", 1), change("score", "a", 1)],
        [change("leave", "a", 1), change("enter", "a", 1)], [change("score", "a", 1), change("score", "b", undefined)],
        [change("score", "a", 1.5)], [change("enter", "c", 1e9)], [change("toString", "a", 1)],
    ];
    for (const changes of misfits) assert.equal(applyChanges(entries, changes), null, JSON.stringify(changes));
    const swapped = applyChanges(entries, [change("move", "a", 2), change("move", "b", 1)]);
    assert.deepEqual(swapped.map(({ user_id }) => user_id), ["b", "a"]);
    assert.equal(applyChanges(entries, []), entries);
});

test("a snapshot of a new period replaces the state, and a delta of another period does not fit", () => {
    const day = (number) => ({ window: "daily", period: `2026-11-${number}` });
    const first = applyMessage(EMPTY_ROOM, read(snapshot(7, [["a", 3]], day(20)))).room;
    const next = applyMessage(first, read(snapshot(8, [], day(21))));
    assert.equal(next.outcome, "changed");
    assert.deepEqual([next.room.shown.period, next.room.shown.entries], ["2026-11-21", []]);
    const enter = [{ op: "enter", user_id: "b", rank: 1, score: 1 }];
    const same = applyMessage(next.room, read(delta(8, 9, enter, day(21))));
    assert.equal(same.outcome, "changed");
    assert.equal(same.room.shown.period, "2026-11-21");
    assert.equal(applyMessage(next.room, read(delta(8, 9, enter, day(20)))).outcome, "misfit");
    const late = applyMessage(next.room, read(snapshot(7, [["a", 3]], day(20))));
    assert.equal(late.outcome, "not_newer");
});

test("ids are told apart as they are written: letters that look the same, names of object members, long ones", () => {
    const alike = ["\u00e9", "e\u0301", "K", "\u212a"];
    const ids = [...alike, "__proto__", "constructor", "\u{1f469}\u200d\u{1f4bb}", "x".repeat(128)];
    const users = ids.map((id, index) => [id, 100 - index]);
    const { room } = applyMessage(EMPTY_ROOM, read(snapshot(5, users)));
    assert.deepEqual(room.shown.entries.map(({ user_id }) => user_id), ids);
    const changes = [
        { op: "leave", user_id: "e\u0301", rank: 2, score: 99 },
        { op: "score", user_id: "\u00e9", rank: 1, score: 200 },
    ];
    const { room: next } = applyMessage(room, read(delta(5, 6, changes)));
    assert.deepEqual(next.shown.entries.map(({ user_id }) => user_id), ids.filter((id) => id !== "e\u0301"));
    const back = [
        { op: "enter", user_id: "e\u0301", rank: 1, score: 300 },
        { op: "move", user_id: "__proto__", rank: 1, score: 400 },
    ];
    const { room: last } = applyMessage(next, read(delta(6, 7, back)));
    assert.deepEqual(last.shown.entries.slice(0, 3).map(({ user_id }) => user_id), ["__proto__", "e\u0301", "\u00e9"]);
    const { rows, left } = computeMoves(room.shown, next.shown);
    assert.deepEqual([left, rows[0].scoreChange, rows.filter(({ entered }) => entered)], [["e\u0301"], 100, []]);
});

test("messages are read strictly, unknown types and members are not in the way", () => {
    assert.equal(read({ type: "a-later-one", epoch: 7 }), null);
    assert.deepEqual(read({ type: "reconnect", after_ms: 1234, more: 1 }), { type: "reconnect", afterMs: 1234 });
    assert.deepEqual(read({ type: "error", code: "x" }), {
        type: "error", code: "x", message: "", board: null, window: "all", challenge: null,
    });
    assert.equal(read(snapshot(1, [], { period: undefined })).period, "all");
    const broken = [
        [], 7, null, {}, { type: 7 }, { type: "reconnect", after_ms: "1" }, { type: "error" },
        snapshot("1", []), snapshot(1.5, []), snapshot(2 ** 53, []), snapshot(1, [], { epoch: 1 }),
        snapshot(1, [["a", 1], ["a", 1]]), snapshot(1, [["a", 0.5]]), snapshot(1, [["a".repeat(1025), 1]]),
        snapshot(1, [], { entries: [{ rank: 0, user_id: "a", score: 1 }] }), snapshot(1, [], { entries: [null] }),
        snapshot(1, [], { entries: Array.from({ length: 1001 }, (_, i) => ({ rank: 1, user_id: `${i}`, score: 1 })) }),
        delta(5, 5, []), delta("4", 5, []), delta(4, 5, {}), delta(4, 5, Array(2001).fill({})),
    ];
    for (const message of broken) assert.throws(() => read(message), JSON.stringify(message).slice(0, 80));
    assert.throws(() => parseMessage("{"));
    assert.throws(() => parseMessage(new ArrayBuffer(2)));
    assert.throws(() => parseMessage(`{"type":"x","y":"${" ".repeat(1 << 20)}"}`));
});
