// The messages of a server about challenges, notifications and the user's own place, and what they change. Pure: no
// socket, no clock.

export const PLAY_LIMITS = Object.freeze({
    // The server keeps 22 characters; others are refused without asking it.
    ID: /^[A-Za-z0-9_-]{22}$/,
    STATE_BYTES: 1024,
    // The members whose progress is kept: the latest.
    MEMBERS: 1000,
    // The server keeps as many notifications for a user.
    NOTIFICATIONS: 1000,
});

const TEXT_MAX = 16_384;

/** Reads a message of these types; null for other types. Throws for a malformed one. */
export function parsePlayMessage(raw) {
    const { type } = raw;
    switch (type) {
    case "joined":
        return { type, ...parseRoom(raw), progress: parseProgress(raw.progress) };
    case "progress-update":
        return { type, ...parseRoom(raw), progress: parseProgress(raw.updates) };
    case "hint": {
        const { index, text, cost, left } = raw;
        demand([index, cost, left].every(isCount) && isText(text));
        return { type, challenge: idOf(raw), hint: Object.freeze({ index, text, cost, left }) };
    }
    case "challenge-generated":
        demand(isObject(raw.challenge) && isText(raw.challenge.id));
        return { type, made: Object.freeze({ ...raw.challenge }) };
    case "notification":
        return { type, notification: parseNotification(raw) };
    case "rank-update": {
        const { board, window, period = window, rank, score, total } = raw;
        demand([board, window, period].every(isText) && [rank, total].every(isCount) && Number.isSafeInteger(score));
        return { type, board, window, period, rank, score, total };
    }
    case "passed": {
        const { board = null, window = "all", by, rank } = raw;
        demand(isText(by) && isCount(rank) && (board === null || isText(board)) && isText(window));
        return { type, board, window, by, rank };
    }
    default:
        return null;
    }
}

/** A notification, from a message or from the list of missed ones; throws for a malformed one. */
export function parseNotification({ id, kind, title, data = {}, created_at } = {}) {
    demand([id, kind, title, created_at].every(isText) && isObject(data));
    return Object.freeze({ id, kind, title, data: Object.freeze({ ...data }), created_at });
}

/** A page of `GET /notifications`: `{notifications, next}`, newest first; throws for a malformed one. */
export function parseNotificationPage(answer) {
    const { notifications, next = null } = answer ?? {};
    demand(Array.isArray(notifications) && notifications.length <= 100 && (next === null || isText(next)));
    return { notifications: notifications.map((it) => parseNotification(it ?? {})), next };
}

function parseRoom(raw) {
    demand(isCount(raw.present));
    return { challenge: idOf(raw), present: raw.present };
}

function parseProgress(list) {
    demand(Array.isArray(list) && list.length <= PLAY_LIMITS.MEMBERS);
    return list.map((member) => {
        const { user_id, progress, state = null } = member ?? {};
        demand(isText(user_id) && isProgress(progress));
        return Object.freeze({ user_id, progress, state });
    });
}

function idOf({ challenge }) {
    demand(isText(challenge));
    return challenge;
}

export const isProgress = (value) => Number.isInteger(value) && value >= 0 && value <= 100;
const isText = (value) => typeof value === "string" && value.length <= TEXT_MAX;
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

function demand(holds) {
    if (!holds) throw new TypeError("not a message of the game services");
}

/**
 * The room of a challenge after a message: `{present, members}`, the member with the latest progress last. `joined`
 * tells of all members that the server names, so those of before are forgotten.
 */
export function challengeWith(state, { type, present, progress }) {
    const members = new Map(type === "joined" ? [] : state.members.map((member) => [member.user_id, member]));
    for (const member of progress) {
        members.delete(member.user_id);
        members.set(member.user_id, member);
    }
    const latest = [...members.values()].slice(-PLAY_LIMITS.MEMBERS);
    return Object.freeze({ present, members: Object.freeze(latest) });
}

const END_KINDS = {
    unknown_challenge: "not_found", unauthorized: "unauthorized", forbidden: "forbidden", too_many_rooms: "refused",
};

/**
 * What an error about a challenge means: `end` with the kind of the error; `again`: the room is to be joined later;
 * `told`: the room goes on. A malformed id is refused at the join, a state that is too long later.
 */
export function challengeRefusal(code, isJoined) {
    if (Object.hasOwn(END_KINDS, code)) return { means: "end", kind: END_KINDS[code] };
    if (isJoined) return { means: code === "not_joined" ? "again" : "told" };
    return code === "invalid_input" ? { means: "end", kind: "refused" } : { means: "again" };
}

/** The ids of the notifications that were seen, the latest last. */
export const EMPTY_INBOX = Object.freeze([]);

/** The inbox with a notification; null if it has it already. */
export function inboxWith(inbox, { id }) {
    if (inbox.includes(id)) return null;
    return [...inbox.slice(1 - 2 * PLAY_LIMITS.NOTIFICATIONS), id];
}
