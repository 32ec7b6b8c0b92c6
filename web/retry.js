// When to come back after a connection ended. Pure: the dice are an argument.

/** Milliseconds. */
export const RETRY = Object.freeze({
    MIN_MS: 100,
    BASE_MS: 500,
    CAP_MS: 30_000,
    // A connection that lived this long proves that the server is well, and the backoff starts over.
    STABLE_MS: 10_000,
});

/**
 * What to do after a close: `{retry, delayMs, why}`. From 4400 on the server wants no return. Below, exponential
 * backoff with full jitter (`dice` is in [0, 1)), unless the server itself said when to come back.
 */
export function afterClose({ code, reason = "", attempt, comeBackInMs = null, baseMs, capMs }, dice) {
    if (code >= 4400) return { retry: false, delayMs: null, why: refusal(code, reason) };
    if (comeBackInMs !== null) return { retry: true, delayMs: Math.max(comeBackInMs, 0), why: loss(1012) };
    // Too busy: three doublings ahead of a plain loss.
    const doublings = Math.min(attempt + (code === 1013 ? 3 : 0), 16);
    const ceiling = Math.min(capMs ?? RETRY.CAP_MS, (baseMs ?? RETRY.BASE_MS) * 2 ** doublings);
    return { retry: true, delayMs: Math.max(RETRY.MIN_MS, Math.floor(dice * ceiling)), why: loss(code) };
}

function refusal(code, reason) {
    switch (code) {
    case 4401: return "This board is private: it needs a valid token.";
    case 4403: return "This board is not open to you.";
    case 4404: return "There is no such board.";
    default: return `The server closed the connection for good (${reason ? `${code}: ${reason}` : code}).`;
    }
}

function loss(code) {
    switch (code) {
    case 1001:
    case 1012: return "The server is restarting.";
    case 1013: return "The server is busy.";
    default: return "The connection was lost.";
    }
}
