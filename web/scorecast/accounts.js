// Requests to the routes of accounts, and what their answers mean. docs/accounts.md describes the routes.

import { SessionError } from "./errors.js";

// Hashing a password takes a while, and may have to wait for others.
const ANSWER_MS = 20_000;

/** The address of the routes below `base`, without a slash at its end; null if `base` is not an address. */
export function accountsBase(base) {
    let address;
    try {
        address = new URL(base);
    } catch {
        return null;
    }
    const { protocol, username, password, origin, pathname, search, hash } = address;
    if (!/^https?:$/.test(protocol) || username || password || search || hash) return null;
    return origin + pathname.replace(/\/+$/, "");
}

/**
 * Posts JSON (null for a request without a body) and returns the answer's: null if it has none. Throws a `SessionError`
 * for every other answer, and of the kind `unavailable` if there is none.
 */
export async function post(base, path, body, token = null) {
    const headers = { Accept: "application/json" };
    if (body !== null) headers["Content-Type"] = "application/json";
    if (token !== null) headers.Authorization = `Bearer ${token}`;
    let response;
    let answer;
    try {
        response = await globalThis.fetch(base + path, {
            method: "POST", headers, body: body && JSON.stringify(body), cache: "no-store", credentials: "omit",
            // These requests carry passwords and tokens: they go to this server alone.
            redirect: "error", signal: AbortSignal.timeout(ANSWER_MS),
        });
        answer = await response.text();
    } catch (cause) {
        throw new SessionError("unavailable", "The server cannot be reached.", { cause });
    }
    const value = valueOf(answer);
    if (!response.ok) throw refusal(response, value);
    return value;
}

/** The error of an answer that refuses. */
function refusal({ status, headers }, body) {
    const kind = status === 429 || status >= 500 ? "unavailable" : "refused";
    const seconds = Number(headers.get("Retry-After") ?? NaN);
    return new SessionError(kind, text(body?.message) ?? `The server answers with status ${status}.`, {
        status, code: text(body?.code), details: detailsOf(body),
        retryAfterMs: Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null,
    });
}

/** The fields at fault, each with the reason. */
function detailsOf(body) {
    const details = Array.isArray(body?.details) ? body.details.slice(0, 32) : [];
    return details.filter((it) => text(it?.field) !== null && text(it.reason) !== null)
        .map(({ field, reason }) => Object.freeze({ field, reason }));
}

function valueOf(json) {
    try {
        return JSON.parse(json);
    } catch {
        return null;
    }
}

const text = (value) => typeof value === "string" && value !== "" && value.length <= 1024 ? value : null;
