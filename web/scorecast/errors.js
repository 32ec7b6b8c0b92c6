/** The reason why following has ended (`final`), or a complaint of the server. `kind` says which. */
export class ScoreboardError extends Error {
    constructor(kind, message, { final = true, closeCode = null, serverCode = null, reason = null } = {}) {
        super(message);
        Object.assign(this, { name: "ScoreboardError", kind, final, closeCode, serverCode, reason });
    }
}

const CLOSE_KINDS = { 4401: "unauthorized", 4403: "forbidden", 4404: "not_found" };
// The codes of `error` messages that refuse one room for good.
const ROOM_KINDS = {
    unknown_board: "not_found", unknown_window: "not_found", unauthorized: "unauthorized", forbidden: "forbidden",
    invalid_input: "refused", too_many_rooms: "refused",
};

/** A connection that the server closed with a code from 4400 on; `complaint` is its last `error` message, or null. */
export function closedError(code, reason, complaint) {
    const words = reason || complaint?.message || null;
    const message = `the server closed the connection with code ${code}${words === null ? "" : `: ${words}`}`;
    const facts = { closeCode: code, serverCode: complaint?.code ?? null, reason: words };
    return new ScoreboardError(CLOSE_KINDS[code] ?? "refused", message, facts);
}

/** A room that the server refused on a connection that stays open; null if the message is not such a refusal. */
export function roomError({ code, message, board }) {
    if (board === null || !Object.hasOwn(ROOM_KINDS, code)) return null;
    return new ScoreboardError(ROOM_KINDS[code], message || code, { serverCode: code, reason: message || null });
}

/** An `error` message that ends nothing. */
export function complaint({ code, message }) {
    const facts = { final: false, serverCode: code, reason: message || null };
    return new ScoreboardError("complaint", message || code, facts);
}

/** A request about an account that failed. `kind` says whether it may succeed later. */
export class SessionError extends Error {
    constructor(kind, message, facts = {}) {
        const { status = null, code = null, details = [], retryAfterMs = null, cause } = facts;
        super(message, cause === undefined ? undefined : { cause });
        Object.freeze(details);
        Object.assign(this, { name: "SessionError", kind, status, code, details, retryAfterMs });
    }
}

/** The error of a session that is over: it ends followers too. */
export function endedError() {
    return new ScoreboardError("unauthorized", "the session has ended");
}
