import assert from "node:assert/strict";
import { test } from "node:test";

import {
    EMPTY_BOARD, EMPTY_PULSE, LIMITS, ageText, beat, boardWith, boardsOf, choices, computeMoves, leaderNews, nameText,
    pulsePath, pulseRate, roomOf, statusText, windowText,
} from "../../web/state.js";
import { snapshot } from "./world.mjs";

const NOW = 1_790_000_000_000;
const clock = (ms) => `<${ms - NOW}>`;

test("moves: who rose, fell, scored, came and went", () => {
    const { rows, left } = computeMoves(
        snapshot(1, [["a", 9], ["b", 5], ["c", 3]]), snapshot(2, [["c", 10], ["a", 9], ["d", 6]]));
    const facts = rows.map((row) => [row.user_id, row.entered, row.rankChange, row.scoreChange]);
    assert.deepEqual(facts, [["c", false, 2, 7], ["a", false, -1, 0], ["d", true, 0, 0]]);
    assert.deepEqual(left, ["b"]);
    assert.ok(computeMoves(null, snapshot(1, [["a", 9]])).rows[0].entered);
    // A difference of scores between two histories means nothing.
    const [row] = computeMoves(snapshot(9, [["a", 9]]), snapshot(1, [["a", 4]], { epoch: "e2" })).rows;
    assert.deepEqual([row.entered, row.scoreChange], [false, 0]);
});

test("the time of the last change is now for what is pushed, and the server's for what was missed", () => {
    const first = boardWith(EMPTY_BOARD, snapshot(1, [], { at: NOW - 5000 }), false, NOW);
    assert.deepEqual([first.changedAt, first.changes], [NOW - 5000, 0]);
    const second = boardWith(first, snapshot(2, [], { at: NOW + 90_000 }), true, NOW);
    assert.deepEqual([second.changedAt, second.changes], [NOW, 1]);
    // A fast clock of the server cannot put a change into the future.
    assert.equal(boardWith(second, snapshot(3, [], { at: NOW + 90_000 }), false, NOW).changedAt, NOW);
});

test("a new leader is news, at most once in five seconds, and a shared lead is none", () => {
    const { entries } = snapshot(1, [["a", 9], ["b", 8]]);
    const told = leaderNews({ leaderID: "b", at: NOW - LIMITS.ANNOUNCE_MS }, entries, NOW);
    assert.equal(told.say.user_id, "a");
    assert.equal(leaderNews(told.news, entries, NOW + 99_000).say, null);
    assert.equal(leaderNews({ leaderID: "b", at: NOW - 1 }, entries, NOW).say, null);
    const shared = entries.map((entry) => ({ ...entry, rank: 1 }));
    assert.equal(leaderNews({ leaderID: "b", at: -Infinity }, shared, NOW).say, null);
    assert.equal(leaderNews({ leaderID: null, at: -Infinity }, [], NOW).say, null);
});

test("what the page says of the connection", () => {
    const says = (status, error = null, hasState = true, window = "all") => {
        const whole = {
            transport: "websocket", behind: false, retryAt: null, loss: null, staleSince: null, ...status,
        };
        return Object.values(statusText(whole, error, { board: "b", window, hasState }, NOW, clock));
    };
    const loss = { reason: "closed", code: 1006, since: NOW - 7, asked: false, refusal: null };
    assert.deepEqual(says({ phase: "connecting" }), ["Connecting", "", ""]);
    assert.deepEqual(says({ phase: "live" }), ["Live", "", ""]);
    assert.deepEqual(says({ phase: "live", transport: "events" }), ["Live", "event stream", ""]);
    assert.deepEqual(says({ phase: "live", behind: true }), ["Live", "node catching up", ""]);
    assert.deepEqual(
        says({ phase: "waiting", loss, retryAt: NOW + 1001 }),
        ["Reconnecting", "in 2 s", "Delayed since <-7>. The connection was lost."]);
    assert.equal(says({ phase: "waiting", loss: { ...loss, code: 1012 }, retryAt: NOW })[2].split(". ")[1],
        "The server is restarting.");
    assert.equal(says({ phase: "connecting", loss: { ...loss, code: 1013 } }, null, false)[2], "The server is busy.");
    assert.deepEqual(says({ phase: "ended" }), ["Not connected", "", ""]);
});

test("what the page says while the server receives nothing: never that it is live", () => {
    const says = (status) => statusText(
        { transport: "websocket", behind: true, retryAt: null, loss: null, staleSince: NOW - 5, ...status }, null,
        { board: "b", window: "all", hasState: true }, NOW, clock);
    assert.equal(says({ phase: "stale" }).label, "Delayed since <-5>");
    assert.match(says({ phase: "stale" }).notice, /no new scores/);
    assert.equal(says({ phase: "connecting" }).label, "Connecting");
    assert.match(says({ phase: "connecting" }).notice, /no new scores/);
});

test("what the page says of a refusal, and of a server that lets nobody in", () => {
    const ended = (error, window = "all") => statusText(
        { phase: "ended", loss: null, retryAt: null, staleSince: null }, { serverCode: null, reason: null, ...error },
        { board: "b", window, hasState: false }, NOW, clock).notice;
    assert.equal(ended({ kind: "not_found" }), "There is no board “b”.");
    assert.equal(ended({ kind: "not_found" }, "day"), "There is no board “b” with a window “day”.");
    const noWindow = { kind: "not_found", serverCode: "unknown_window" };
    assert.equal(ended(noWindow, "day"), "The board “b” has no window “day”.");
    assert.match(ended({ kind: "unauthorized" }), /private/);
    assert.match(ended({ kind: "forbidden" }), /not open to you/);
    assert.match(ended({ kind: "refused", reason: "limit must be 1 to 100", message: "code 4400" }), /: limit must be/);
    assert.match(ended({ kind: "refused", message: "code 4999" }), /: code 4999/);
    const loss = { since: NOW, asked: false, code: 1006 };
    const waiting = (refusal) => statusText(
        { phase: "waiting", retryAt: NOW + 1, staleSince: null, loss: { ...loss, refusal } },
        null, { board: "b", window: "all", hasState: false }, NOW, clock).notice;
    assert.match(waiting({ status: 503, code: "unavailable", message: "It is full." }), /in: It is full\.$/);
    assert.match(waiting({ status: null, code: "origin", message: "x" }), /pages of this address/);
    assert.match(waiting({ status: 200, code: "no_websocket", message: "x" }), /stops live connections/);
});

test("names are shown as they are, and what shows nothing is named", () => {
    const england = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}";
    const family = "\u{1f469}\u200d\u{1f469}\u200d\u{1f467}";
    const plain = [
        "Mira", "Søren", "e\u0301", "a  b", "नमस्ते", "می\u200cخواهم", family, england, "\u2764\ufe0f", "__proto__",
    ];
    for (const name of plain) assert.deepEqual(nameText(name), { text: name, isOdd: false });
    const odd = [
        [" ", "(blank: U+0020)"], ["\u3164", "(blank: U+3164)"], ["\u200d\u200d", "(blank: U+200D U+200D)"],
        ["\u2800".repeat(9), "(blank: U+2800 U+2800 U+2800 …)"], ["", "(blank)"], [" a\u00a0", "␣a␣"],
        ["a\u3164b", "a␣b"], ["a\u202eb", "a(U+202E)b"], ["\u0007x", "(U+0007)x"], ["a\u200bb", "a(U+200B)b"],
    ];
    for (const [name, text] of odd) assert.deepEqual(nameText(name), { text, isOdd: true });
});

test("ages and windows in words", () => {
    const ages = [-5, 1999, 2000, 59_999, 60_000, 3_600_000, 86_400_000].map(ageText);
    assert.deepEqual(ages, ["just now", "just now", "2 s ago", "59 s ago", "1 min ago", "1 h ago", "1 d ago"]);
    assert.deepEqual(
        [windowText("all", "all"), windowText("daily", "2026-11-20"), windowText("toString", null)],
        ["All time", "Daily 2026-11-20", "toString"]);
    const periods = [
        ["hourly", "2026-11-20T14", "Hourly 2026-11-20 14:00"], ["yearly", "2026", "Yearly 2026"],
        ["hourly", "2026-10-25T02b", "Hourly 2026-10-25 02:00 (second time)"],
        ["monthly", "2026-11", "Monthly 2026-11"],
        ["weekly", "2026-W07", "Weekly 2026, week 7"], ["shift", "2026-11-20T22:30", "shift 2026-11-20 22:30"],
        ["season-1", "season-1", "season-1"], ["season-1", null, "season-1"],
    ];
    for (const [window, period, text] of periods) assert.equal(windowText(window, period), text);
});

test("rows that share a rank are marked, and a new period compares no scores", () => {
    const top = snapshot(1, [["a", 9], ["b", 5], ["c", 5], ["d", 1]]);
    top.entries[2].rank = 2;
    assert.deepEqual(computeMoves(null, top).rows.map(({ shares }) => shares), [false, true, true, false]);
    const next = snapshot(2, [["a", 1]], { period: "next" });
    assert.equal(computeMoves(top, next).rows[0].scoreChange, 0);
});

test("the address chooses the room, and the list of boards gives the default window", () => {
    const boards = boardsOf({ boards: [
        { board: "golf", windows: ["weekly", { name: "season-1", starts_at: "x" }], order: "asc" },
        { board: "global", windows: ["all"], order: "desc" }, { board: "", windows: ["all"] }, { board: "x" }, {},
        { board: "y", windows: [7, {}, null] }, null,
    ] });
    assert.deepEqual(boards.map(({ board, windows, isAscending }) => [board, windows, isAscending]),
        [["golf", ["weekly", "season-1"], true], ["global", ["all"], false]]);
    for (const nothing of [null, [], {}, { boards: 7 }, "x"]) assert.deepEqual(boardsOf(nothing), []);
    const room = (query, list = boards) => Object.values(roomOf(new URLSearchParams(query), list));
    assert.deepEqual(room(""), ["global", "all"]);
    assert.deepEqual(room("board=golf"), ["golf", "weekly"]);
    assert.deepEqual(room("board=golf&window=season-1"), ["golf", "season-1"]);
    assert.deepEqual(room("board=golf", []), ["golf", "all"]);
    assert.deepEqual(room("board=hidden&window=daily"), ["hidden", "daily"]);
    const lists = (board, window) => choices(boards, { board, window });
    assert.deepEqual(lists("golf", "weekly"), { boards: ["golf", "global"], windows: ["weekly", "season-1"] });
    assert.deepEqual(lists("hidden", "daily"), { boards: ["hidden", "golf", "global"], windows: ["daily"] });
});

test("the pulse counts changes by second, forgets what is old, and runs on through silence", () => {
    let pulse = EMPTY_PULSE;
    for (let second = 0; second < 10; second += 1) pulse = beat(pulse, NOW + second * 1000, 3);
    // The present second is not complete.
    assert.equal(pulseRate(pulse, 5), 3);
    assert.equal(pulseRate(beat(pulse, NOW + 12_000, 0), 5), 9 / 5);
    assert.equal(pulseRate(beat(pulse, NOW + 1e9, 0), 59), 0);
    // A clock that was set back neither loses nor doubles anything.
    assert.equal(beat(pulse, NOW, 1).counts.at(-1), 4);
    assert.equal(pulsePath(pulse, 236, 32).match(/M/g).length, LIMITS.SPARK_SECONDS - 1);
});
