// The meaning of the messages of a Scorecast server, and their effect on the top of a room. Pure: no socket, no clock.

import { parsePlayMessage } from "./play-messages.js";

const MESSAGE_MAX = 1 << 20;
const ENTRIES_MAX = 1000;
// Each user of a whole top may leave, and as many others enter.
const CHANGES_MAX = 2 * ENTRIES_MAX;
const TEXT_MAX = 1024;
const OPERATIONS = new Set(["enter", "leave", "move", "score"]);
// The number of shown epochs that are remembered, so that none goes back if nodes disagree for a while.
const EPOCHS_MAX = 8;

/**
 * Reads one message of the server. Returns null for an unknown type, which later versions of the protocol may have;
 * throws for a malformed message, since half a board would mislead.
 */
export function parseMessage(text) {
    demand(typeof text === "string" && text.length <= MESSAGE_MAX);
    const raw = JSON.parse(text);
    demand(typeof raw?.type === "string");
    const { type } = raw;
    switch (type) {
    case "snapshot":
    case "leaderboard-update":
        return { type, ...parseHead(raw), period: raw.period ?? raw.window, entries: parseEntries(raw) };
    case "leaderboard-delta":
        demand(Number.isSafeInteger(raw.from) && raw.from < raw.version);
        demand(Array.isArray(raw.changes) && raw.changes.length <= CHANGES_MAX);
        return { type, ...parseHead(raw), period: raw.period ?? null, from: raw.from, changes: raw.changes };
    case "reconnect":
        demand(Number.isFinite(raw.after_ms));
        return { type, afterMs: Math.max(raw.after_ms, 0) };
    case "stale":
        demand(Number.isFinite(raw.since));
        return { type, since: raw.since };
    case "current":
        return { type };
    case "error":
        demand(isText(raw.code));
        return {
            type, code: raw.code, message: isText(raw.message) ? raw.message : "",
            board: isText(raw.board) ? raw.board : null, window: isText(raw.window) ? raw.window : "all",
            challenge: isText(raw.challenge) ? raw.challenge : null,
        };
    default:
        return parsePlayMessage(raw);
    }
}

function parseHead({ board, window, period, epoch, version, at }) {
    demand([board, window, period ?? window, epoch].every(isText));
    demand(Number.isSafeInteger(version) && Number.isFinite(at));
    return { board, window, epoch, version, at };
}

function parseEntries({ entries }) {
    demand(Array.isArray(entries) && entries.length <= ENTRIES_MAX);
    const read = entries.map((entry) => {
        const { rank, user_id, score } = entry ?? {};
        demand(isRank(rank) && isText(user_id) && Number.isSafeInteger(score));
        return Object.freeze({ rank, user_id, score });
    });
    demand(new Set(read.map((entry) => entry.user_id)).size === read.length);
    return Object.freeze(read);
}

const isText = (value) => typeof value === "string" && value.length <= TEXT_MAX;
const isRank = (value) => Number.isSafeInteger(value) && value >= 1;

function demand(holds) {
    if (!holds) throw new TypeError("not a message of a scoreboard");
}

/**
 * A room before its first message. `base` is the state of the server's last message, from which the next delta starts.
 * `shown` is the state that the app got, and never goes back: on a slower node, `base` can be older for a while.
 * `epochs` are the shown epochs with their highest versions, the present one at the end.
 */
export const EMPTY_ROOM = Object.freeze({ base: null, shown: null, epochs: Object.freeze([]) });

/**
 * Applies a snapshot, an update or a delta to a room; the given room is never altered. `outcome` is `changed`;
 * `not_newer`: nothing new; or `misfit`: a delta that does not start from `base`, which is then forgotten.
 */
export function applyMessage(room, message) {
    const base = message.type === "leaderboard-delta" ? stepped(room.base, message) : stateOf(message, message.entries);
    if (base === null) return { room: { ...room, base }, outcome: "misfit" };
    const index = room.epochs.findIndex(({ epoch }) => epoch === base.epoch);
    if (index >= 0) {
        const { version } = room.epochs[index];
        const isCurrent = index === room.epochs.length - 1;
        const isNewer = base.version > version || (base.version === version && !isCurrent);
        if (!isNewer) return { room: { ...room, base }, outcome: "not_newer" };
    }
    const others = room.epochs.filter((_, other) => other !== index).slice(1 - EPOCHS_MAX);
    const epochs = [...others, { epoch: base.epoch, version: base.version }];
    return { room: { base, shown: base, epochs }, outcome: "changed" };
}

function stepped(base, delta) {
    if (base === null || delta.epoch !== base.epoch || delta.from !== base.version) return null;
    if (delta.period !== null && delta.period !== base.period) return null;
    const entries = applyChanges(base.entries, delta.changes);
    return entries && stateOf({ ...delta, period: base.period }, entries);
}

function stateOf({ board, window, period, epoch, version, at }, entries) {
    return Object.freeze({ board, window, period, epoch, version, at, entries });
}

/**
 * The entries after `changes`; null if one does not apply. On boards with shared ranks, changes have a `position`, and
 * say where each user is in the new list. On other boards they are steps.
 */
export function applyChanges(entries, changes) {
    if (changes.length === 0) return entries;
    if (!changes.every(isChange)) return null;
    const list = changes.some(({ position }) => position !== undefined)
        ? appliedByUser(entries, changes) : appliedInSteps(entries, changes);
    return list && Object.freeze(list.map(Object.freeze));
}

const isChange = (change) => OPERATIONS.has(change?.op) && isRank(change.rank) && isText(change.user_id)
    && Number.isSafeInteger(change.score);

/** Applies steps in order. `rank` is a place in the list at that step, from 1. */
function appliedInSteps(entries, changes) {
    if (entries.some(({ rank }, index) => rank !== index + 1)) return null;
    const list = [...entries];
    for (const { op, user_id, rank, score } of changes) {
        const [place, stood] = [rank - 1, list.findIndex((entry) => entry.user_id === user_id)];
        const stands = stood >= 0;
        const fits = { leave: stood === place, score: stood === place, move: stands && place < list.length,
            enter: !stands && place <= list.length && list.length < ENTRIES_MAX };
        if (!fits[op]) return null;
        if (stands) list.splice(stood, 1);
        if (op !== "leave") list.splice(place, 0, { user_id, score });
    }
    return list.map(({ user_id, score }, index) => ({ rank: index + 1, user_id, score }));
}

/** Puts the users of the changes at their new positions. Users who are not named keep their places. */
function appliedByUser(entries, changes) {
    if (new Set(changes.map(({ user_id }) => user_id)).size < changes.length) return null;
    const old = new Map(entries.map((entry, place) => [entry.user_id, place]));
    const list = [];
    let count = entries.length;
    for (const { op, user_id, rank, score, position } of changes) {
        const [place, stood] = [position - 1, old.get(user_id)];
        const stands = stood !== undefined;
        const fits = { leave: stood === place, score: stood === place, move: stands, enter: !stands };
        if (!isRank(position) || position > ENTRIES_MAX || !fits[op]) return null;
        old.delete(user_id);
        count += { enter: 1, leave: -1 }[op] ?? 0;
        if (op === "leave") continue;
        if (list[place] !== undefined) return null;
        list[place] = { rank, user_id, score };
    }
    for (const place of old.values()) {
        if (list[place] !== undefined) return null;
        list[place] = entries[place];
    }
    const isWhole = list.length === count && count <= ENTRIES_MAX && !list.includes(undefined);
    return isWhole ? list : null;
}
