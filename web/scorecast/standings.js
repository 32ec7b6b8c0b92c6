// The meaning of the messages of a Scorecast server, and their effect on the top of a room. Pure: no socket, no clock.

const MESSAGE_MAX = 1 << 20;
const ENTRIES_MAX = 1000;
// Each user of a whole top may leave, and as many others enter.
const CHANGES_MAX = 2 * ENTRIES_MAX;
const TEXT_MAX = 1024;
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
        return { type, ...parseHead(raw), from: raw.from, changes: raw.changes };
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
        };
    default:
        return null;
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
    const entries = applyChanges(base.entries, delta.changes);
    return entries && stateOf({ ...delta, period: base.period }, entries);
}

function stateOf({ board, window, period, epoch, version, at }, entries) {
    return Object.freeze({ board, window, period, epoch, version, at, entries });
}

/**
 * The entries after `changes`, applied in order; null if one does not apply. `rank` is a place in the list at that
 * step, from 1. Boards on which users share ranks have no such places, and send snapshots.
 */
export function applyChanges(entries, changes) {
    if (entries.some(({ rank }, index) => rank !== index + 1)) return null;
    const list = [...entries];
    for (const change of changes) {
        const { op, user_id, rank, score } = change ?? {};
        if (!isRank(rank) || !isText(user_id) || !Number.isSafeInteger(score)) return null;
        const [place, stood] = [rank - 1, list.findIndex((entry) => entry.user_id === user_id)];
        const stands = stood >= 0;
        const fits = { leave: stood === place, score: stood === place, move: stands && place < list.length,
            enter: !stands && place <= list.length && list.length < ENTRIES_MAX };
        if (!Object.hasOwn(fits, op) || !fits[op]) return null;
        if (stands) list.splice(stood, 1);
        if (op !== "leave") list.splice(place, 0, { user_id, score });
    }
    return Object.freeze(list.map(({ user_id, score }, index) => Object.freeze({ rank: index + 1, user_id, score })));
}
