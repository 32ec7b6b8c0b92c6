// When to come back after a connection ended, and how long to wait for what. Pure: the dice are an argument.

/** What the client waits for; milliseconds. */
export const WAITS = Object.freeze({
    // From the start of an attempt to its first standings; also how long a token function may take.
    OPEN_MS: 10_000,
    // Silence for about this long is looked into.
    QUIET_MS: 60_000,
    // How long a server that is asked for a sign of life has to give one.
    ANSWER_MS: 5_000,
    // After an error, how long the event with the close code may take. Node 20's own WebSocket never sends it.
    CLOSE_MS: 100,
    // A message this recent proves that the connection lives, also to a page that comes back into view.
    FRESH_MS: 15_000,
    // Not to be hurried by a person who flips through tabs.
    HURRY_MS: 1_000,
    BACKOFF_LEAST_MS: 10,
    BACKOFF_BASE_MS: 250,
    BACKOFF_CAP_MS: 15_000,
    // A server may ask for a pause before the next attempt; a longer one than this is cut.
    ASKED_MAX_MS: 300_000,
    // The server is asked over HTTP why it refuses handshakes at most this often.
    ASK_WHY_MS: 30_000,
    // A connection that was heard for this long proves that the server is well, and the waits start over.
    PROVEN_MS: 5_000,
});

/** Counts. */
export const LIMITS = Object.freeze({
    // What the server allows on one connection.
    ROOMS: 64,
    // So many attempts by WebSocket, before every other one is made by server-sent events.
    SOCKET_ATTEMPTS: 3,
    // So many attempts that failed in a row, before the server is asked why.
    UNEXPLAINED: 3,
    // An event stream cannot be asked for a sign of life, only be opened anew, so it gets longer.
    EVENTS_QUIET_FACTOR: 4,
});

/** A time drawn within a quarter of `ms`, so that clients do not act in step. */
export function around(ms, dice) {
    return ms * (0.75 + dice / 2);
}

/**
 * Exponential backoff with full jitter: a wait drawn evenly from nothing (`dice` 0) to a bound (`dice` 1) that doubles
 * with each failure, so that clients that lost the same server do not come back in step.
 */
export function backoffMs(failures, dice) {
    const bound = WAITS.BACKOFF_BASE_MS * 2 ** Math.min(Math.max(failures, 1) - 1, 24);
    return Math.max(WAITS.BACKOFF_LEAST_MS, Math.floor(Math.min(WAITS.BACKOFF_CAP_MS, bound) * dice));
}

/** The wait after a loss. `askedMs` is what is left of the time that the server asked for; null where it did not. */
export function waitMs({ failures, closeCode = null, askedMs = null }, dice) {
    // A server that asks spreads its clients. One that asks again and again gets the backoff as well.
    const least = failures > 1 ? backoffMs(failures - 1, dice) : WAITS.BACKOFF_LEAST_MS;
    if (askedMs !== null) return Math.max(least, Math.min(askedMs, WAITS.ASKED_MAX_MS));
    // A busy server is given time: three doublings ahead of a plain loss.
    return backoffMs(failures + (closeCode === 1013 ? 3 : 0), dice);
}
