// When to come back after a connection ended, and how long to wait for what. Pure: the dice are an argument.

/** What the client waits for; milliseconds. */
export const WAITS = Object.freeze({
    // From the start of an attempt to its first top; also the time for a token function.
    OPEN_MS: 10_000,
    // After about this much silence, the server is asked for an answer.
    QUIET_MS: 60_000,
    // The time for that answer.
    ANSWER_MS: 5_000,
    // The time after an error for the event with the close code. Node 20's own WebSocket never sends it.
    CLOSE_MS: 100,
    // A message this recent proves that the connection is up, also when a page comes back into view.
    FRESH_MS: 15_000,
    // A person who switches between tabs must not shorten this.
    HURRY_MS: 1_000,
    BACKOFF_LEAST_MS: 10,
    BACKOFF_BASE_MS: 250,
    BACKOFF_CAP_MS: 15_000,
    // A server may ask for a pause before the next attempt; a longer one is cut to this.
    ASKED_MAX_MS: 300_000,
    // The server is asked over HTTP why it refuses handshakes at most this often.
    ASK_WHY_MS: 30_000,
    // Once a connection has received for this long, the server works, and the waits start over.
    PROVEN_MS: 5_000,
});

/** Counts. */
export const LIMITS = Object.freeze({
    // The most rooms that the server allows on one connection.
    ROOMS: 64,
    // The number of attempts by WebSocket before every other one uses server-sent events.
    SOCKET_ATTEMPTS: 3,
    // The number of failed attempts in a row before the server is asked for the reason.
    UNEXPLAINED: 3,
    // An event stream cannot be asked for an answer, only be opened again, so it gets more time.
    EVENTS_QUIET_FACTOR: 4,
});

/** A time within a quarter of `ms`, drawn at random, so that clients do not act at the same time. */
export function around(ms, dice) {
    return ms * (0.75 + dice / 2);
}

/**
 * Exponential backoff with full jitter: a wait drawn evenly between zero (`dice` 0) and a bound (`dice` 1) that doubles
 * with each failure, so that clients that lost the same server do not come back at the same time.
 */
export function backoffMs(failures, dice) {
    const bound = WAITS.BACKOFF_BASE_MS * 2 ** Math.min(Math.max(failures, 1) - 1, 24);
    return Math.max(WAITS.BACKOFF_LEAST_MS, Math.floor(Math.min(WAITS.BACKOFF_CAP_MS, bound) * dice));
}

/** The wait after a loss. `askedMs` is the rest of the time that the server asked for; null if it did not ask. */
export function waitMs({ failures, closeCode = null, askedMs = null }, dice) {
    // A server that asks spreads its clients. If it asks again and again, the backoff is added.
    const least = failures > 1 ? backoffMs(failures - 1, dice) : WAITS.BACKOFF_LEAST_MS;
    if (askedMs !== null) return Math.max(least, Math.min(askedMs, WAITS.ASKED_MAX_MS));
    // A busy server gets time: three doublings more than after a plain loss.
    return backoffMs(failures + (closeCode === 1013 ? 3 : 0), dice);
}
