// What a message of the server does to the standings of a room. Pure: no socket, no clock.

const ENTRIES_MAX = 1000;
const CHANGES_MAX = 4 * ENTRIES_MAX;
const TEXT_MAX = 200;
// A server may ask for a pause before the next try; a longer one than this is cut.
const COME_BACK_MAX_MS = 120_000;
// Of the epochs and periods that ended, how many are remembered in order to turn down their late messages.
const RETIRED_MAX = 8;

/**
 * Reads one text message of the server. Returns null for anything that is not a well-formed message of a known type:
 * half a board would mislead, and types of later versions of the protocol are not ours to fail on.
 */
export function parseMessage(text) {
    let raw;
    try {
        raw = JSON.parse(text);
    } catch {
        return null;
    }
    switch (raw?.type) {
    case "snapshot":
    case "leaderboard-update":
        return parseStandings(raw);
    case "leaderboard-delta":
        return parseDelta(raw);
    case "reconnect":
        if (!Number.isFinite(raw.after_ms)) return null;
        return { type: raw.type, afterMs: Math.min(Math.max(raw.after_ms, 0), COME_BACK_MAX_MS) };
    case "error":
        return { type: raw.type, code: shortText(raw.code), message: shortText(raw.message) };
    default:
        return null;
    }
}

function parseHead(raw) {
    const named = typeof raw.board === "string" && typeof raw.window === "string" && typeof raw.epoch === "string";
    if (!named || !Number.isSafeInteger(raw.version)) return null;
    return {
        type: raw.type, board: raw.board, window: raw.window, epoch: raw.epoch, version: raw.version,
        period: typeof raw.period === "string" ? raw.period : null,
        at: Number.isFinite(raw.at) ? raw.at : null,
    };
}

function parseStandings(raw) {
    const head = parseHead(raw);
    if (head === null || !Array.isArray(raw.entries) || raw.entries.length > ENTRIES_MAX) return null;
    const seen = new Set();
    const entries = [];
    for (const entry of raw.entries) {
        const { rank, user_id, score } = entry ?? {};
        if (!isRank(rank) || typeof user_id !== "string" || !Number.isFinite(score) || seen.has(user_id)) return null;
        seen.add(user_id);
        entries.push({ rank, user_id, score });
    }
    return { ...head, entries };
}

function parseDelta(raw) {
    const head = parseHead(raw);
    if (head === null || !Number.isSafeInteger(raw.from) || raw.from >= raw.version) return null;
    if (!Array.isArray(raw.changes) || raw.changes.length > CHANGES_MAX) return null;
    return { ...head, from: raw.from, changes: raw.changes };
}

function isRank(value) {
    return Number.isSafeInteger(value) && value >= 1;
}

function shortText(value) {
    return typeof value === "string" ? value.slice(0, TEXT_MAX) : "";
}

/**
 * The entries after `changes`, applied in order; null where one of them cannot be applied. `rank` is the place in the
 * list at that moment, from 1: `leave` removes the user, `enter` inserts at the rank, `move` removes the user and
 * inserts it at the rank with its score, `score` replaces the score in place.
 */
export function applyChanges(entries, changes) {
    const list = entries.map(({ user_id, score }) => ({ user_id, score }));
    for (const change of changes) {
        const { op, user_id, rank, score } = change ?? {};
        const index = list.findIndex((entry) => entry.user_id === user_id);
        if (typeof user_id !== "string" || (op === "enter") !== (index < 0)) return null;
        if (op === "leave") {
            list.splice(index, 1);
            continue;
        }
        if (!Number.isFinite(score)) return null;
        if (op === "score") {
            list[index].score = score;
        } else if (op === "enter" || op === "move") {
            if (op === "move") list.splice(index, 1);
            if (!isRank(rank) || rank > list.length + 1 || list.length >= ENTRIES_MAX) return null;
            list.splice(rank - 1, 0, { user_id, score });
        } else {
            return null;
        }
    }
    return list.map((entry, index) => ({ rank: index + 1, ...entry }));
}

/**
 * A room before its first message. `base` is what the server believes that this connection has, and what its deltas
 * go on from; `shown` is the newest state seen on any connection. They differ while a node that lags behind catches up.
 */
export const EMPTY_ROOM = Object.freeze({ base: null, shown: null, retired: Object.freeze([]) });

/**
 * Puts a snapshot, an update or a delta on a room; the room given is never altered. `outcome` is `applied`;
 * `same` (the version shown already); `older` (versions only grow within an epoch, and an epoch or a period that ended
 * stays ended); or `misfit`: a delta that does not go on from `base`, so that a snapshot is needed.
 */
export function applyMessage(room, message) {
    const next = message.type === "leaderboard-delta" ? stepped(room.base, message) : stateOf(message, message.entries);
    if (next === null) return { room: { ...room, base: null }, outcome: "misfit" };
    // Of the same epoch and late: what is there already is at least as new.
    if (next === room.base) return { room, outcome: "same" };
    const { shown, retired } = room;
    const history = historyOf(next);
    if (shown === null) return { room: { base: next, shown: next, retired }, outcome: "applied" };
    if (retired.includes(history)) return { room: { ...room, base: next }, outcome: "older" };
    if (history !== historyOf(shown)) {
        const ended = [...retired, historyOf(shown)].slice(-RETIRED_MAX);
        return { room: { base: next, shown: next, retired: ended }, outcome: "applied" };
    }
    if (next.version > shown.version) return { room: { base: next, shown: next, retired }, outcome: "applied" };
    return { room: { ...room, base: next }, outcome: next.version === shown.version ? "same" : "older" };
}

function stepped(base, delta) {
    if (base === null || delta.epoch !== base.epoch) return null;
    if (delta.version <= base.version) return base;
    if (delta.from !== base.version) return null;
    const entries = applyChanges(base.entries, delta.changes);
    return entries === null ? null : stateOf({ ...delta, period: delta.period ?? base.period }, entries);
}

function stateOf({ board, window, period, epoch, version, at }, entries) {
    return { board, window, period, epoch, version, at, entries };
}

/** What a version counts within: an epoch, and a period of the window. */
export function historyOf(state) {
    return JSON.stringify([state.epoch, state.period]);
}
