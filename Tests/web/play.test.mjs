import assert from "node:assert/strict";
import { test } from "node:test";

import {
    EMPTY_NOTICES, agoText, boardRows, challengeOf, counted, earnedText, hintText, membersOf, noticesRead, noticesWith,
    presenceText, problemText, progressWith, readChallenge, shortID, standingOf, stepsDone, taskText, tasksOf,
    unreadText, withHint,
} from "../../web/play-state.js";

const ID = "A".repeat(22);

test("the standing has what is known, and nothing else", () => {
    const none = standingOf({});
    assert.deepEqual([none.coins, none.points, none.level, none.streak, none.badges], [null, null, null, null, []]);
    const standing = standingOf({
        wallet: { coins: 5, tokens: 0 }, points: { points: 60 }, level: { level: 2, points: 60, next_level_at: 100 },
        streak: { days: 3, longest: 7, freezes: 1, at_risk: false },
        badges: { badges: [{ id: "first", name: "First" }, { id: "x" }, null] },
    });
    assert.deepEqual([standing.coins, standing.points, standing.level, standing.streak], [5, 60, 2, 3]);
    assert.deepEqual([standing.levelPart, standing.levelText], [0.6, "40 points to the next level"]);
    assert.equal(standing.streakText, "longest 7, 1 freeze");
    assert.deepEqual(standing.badges.map(({ id }) => id), ["first"]);
    const risky = standingOf({ streak: { days: 3, longest: 3, freezes: 0, at_risk: true } });
    assert.deepEqual([risky.isStreakAtRisk, risky.streakText], [true, "It ends today. Earn a point to keep it."]);
    const highest = { level: 9, points: 10_000, next_level_at: null };
    assert.equal(standingOf({ level: highest }).levelText, "the highest level");
    assert.equal(standingOf({ wallet: { coins: "5" }, streak: [] }).coins, null);
});

test("tasks: open ones first, archived and malformed ones not at all", () => {
    const task = (id, status) => ({ id, title: `t${id}`, status });
    const answer = { tasks: [task("4", "done"), task("3", "archived"), task("2", "open"), { id: 1 }, null] };
    assert.deepEqual(tasksOf(answer).map(({ id }) => id), ["2", "4"]);
    const later = { tasks: [task("5", "open"), task("2", "open")] };
    assert.deepEqual(tasksOf(answer, later).map(({ id }) => id), ["2", "5", "4"]);
    assert.deepEqual(tasksOf(null), []);
    assert.equal(taskText({ type: "walk", source: "template", status: "open" }), "walk · for everybody");
    assert.equal(taskText({ type: null, source: "github", status: "done" }), "from github · done");
    assert.equal(taskText({ type: null, source: "user", status: "open" }), "");
});

test("a completion is told in a sentence", () => {
    const answer = { coins_earned: 1, coins: 6, points_earned: 10, new_score: 70, rank: 2, badges: [] };
    assert.equal(earnedText(answer), "10 points and 1 coin earned. You are at rank 2 with 70.");
    assert.equal(earnedText({ ...answer, pending: true, rank: null, new_score: null, badges: null }),
        "10 points and 1 coin earned. The points are on their way.");
    assert.equal(earnedText({ coins_earned: 0, points_earned: 0, capped: true }),
        "Done. You have reached what your own tasks can earn today.");
    assert.match(earnedText({ ...answer, badges: [{ id: "a", name: "First task" }] }), /New: First task\.$/);
    assert.equal(earnedText({ ...answer, replayed: true }), "This was done before.");
    assert.equal(counted(1, "coin"), "1 coin");
});

test("a challenge is read, and its hints are counted", () => {
    assert.equal(challengeOf(`#challenge=${ID}`), ID);
    for (const fragment of ["", "#challenge=short", `#challenge=${ID}x`, "#verify=a"]) {
        assert.equal(challengeOf(fragment), null);
    }
    assert.equal(readChallenge(null, "u"), null);
    assert.equal(readChallenge({ challenge: { id: ID, status: "generating" } }, "u").isReady, false);
    const challenge = readChallenge({
        challenge: {
            id: ID, status: "ready", title: "Walk", description: "", steps: ["a", "b"], owner: "u", hints_left: 2,
            next_hint_cost: 0, hints: [], generated_by: "builtin", difficulty: "easy",
        },
    }, "u");
    assert.deepEqual([challenge.isReady, challenge.isOwn, challenge.steps], [true, true, ["a", "b"]]);
    assert.equal(hintText(challenge), "Next hint (free)");
    const after = withHint(challenge, { text: "Start.", left: 1 });
    assert.deepEqual([after.hints, hintText(after)], [["Start."], "Next hint"]);
    assert.equal(hintText({ hintsLeft: 1, hintCost: 3 }), "Next hint (3 coins)");
    assert.equal(hintText({ hintsLeft: 0, hintCost: null }), null);
});

test("members: the furthest first, the reader in any case", () => {
    const members = Array.from({ length: 20 }, (_, index) => ({ user_id: `u${index}`, progress: index * 5 }));
    const { shown, more } = membersOf({ present: 20, members }, "u0");
    assert.deepEqual([shown.length, more, shown[0].user_id, shown.at(-1).user_id], [12, 8, "u19", "u0"]);
    assert.deepEqual(membersOf(null, "u0"), { shown: [], more: 0 });
    assert.equal(presenceText(null), "Joining …");
    assert.equal(presenceText({ present: 1 }), "You are alone here");
    assert.equal(presenceText({ present: 3 }), "3 are here now");
});

test("steps and progress stand for each other", () => {
    for (const count of [1, 2, 3, 7, 20]) {
        for (let step = 0; step < count; step += 1) {
            assert.equal(stepsDone(progressWith(step, true, count), count), step + 1);
            assert.equal(stepsDone(progressWith(step, false, count), count), step);
        }
        assert.equal(progressWith(count - 1, true, count), 100);
    }
    assert.equal(stepsDone(100, 3), 3);
    assert.equal(stepsDone(0, 0), 0);
});

test("notifications: each once, the newest first, unread until they are read", () => {
    const notice = (id, at) => ({ id, kind: "badge", title: id, data: {}, created_at: at });
    let notices = noticesWith(EMPTY_NOTICES, notice("2", "2026-11-28T10:00:00Z"));
    notices = noticesWith(notices, notice("1", "2026-11-28T09:00:00Z"));
    notices = noticesWith(notices, notice("2", "2026-11-28T10:00:00Z"));
    assert.deepEqual([notices.unread, notices.list.map(({ id }) => id)], [2, ["2", "1"]]);
    notices = noticesRead(notices);
    assert.deepEqual([notices.unread, notices.list.every(({ isRead }) => isRead)], [0, true]);
    for (let id = 0; id < 100; id += 1) notices = noticesWith(notices, notice(`n${id}`, "2026-11-28T11:00:00Z"));
    assert.deepEqual([notices.unread, notices.list.length], [100, 50]);
    assert.equal(unreadText(0), "Notifications");
    assert.equal(unreadText(2), "Notifications, 2 unread");
    const now = Date.parse("2026-11-28T10:00:00Z");
    const at = (text) => agoText(text, now);
    assert.deepEqual([at("2026-11-28T09:59:40Z"), at("2026-11-28T09:30:00Z"), at("2026-11-28T07:30:00Z"),
        at("2026-11-20T10:00:00Z"), at("never")], ["just now", "30 min ago", "2 h ago", "8 d ago", "just now"]);
});

test("the board has the reader's own row, also below the top", () => {
    const state = { entries: [{ rank: 1, user_id: "a", score: 9 }, { rank: 2, user_id: "b", score: 5 }] };
    const place = { rank: 7, score: 1 };
    assert.deepEqual(boardRows(state, null, "b").map(({ isOwn }) => isOwn), [false, true]);
    assert.deepEqual(boardRows(state, place, "c").at(-1),
        { rank: 7, user_id: "c", score: 1, isOwn: true, isBelow: true });
    assert.equal(boardRows(state, place, "a").length, 2);
    assert.deepEqual(boardRows(null, null, null), []);
    assert.equal(shortID("usr_Zm9vYmFyYmF6cXV4MTIzNA"), "Player Zm9v");
    assert.equal(shortID("ayo"), "ayo");
});

test("problems are told as sentences", () => {
    assert.match(problemText({}), /cannot be reached/);
    assert.match(problemText({ status: 409, code: "insufficient_funds", message: "x" }), /enough coins/);
    assert.equal(problemText({ status: 404, code: "not_found", message: "x" }), "This node has no game services.");
    assert.match(problemText({ status: 503, code: "backlogged", message: "x" }), /at the moment/);
    const details = [{ field: "title", reason: "must be 1 to 200 characters" }];
    assert.equal(problemText({ status: 400, code: "invalid_input", details }),
        "The title must be 1 to 200 characters.");
    assert.equal(problemText({ status: 418, code: "teapot", message: "No." }), "No.");
    assert.equal(problemText({ status: 418, code: "constructor", message: "" }), "That did not work.");
});
