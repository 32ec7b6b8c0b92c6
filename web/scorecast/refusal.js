// Finds out why a WebSocket is refused. Browsers do not show the answer to a refused handshake, but the server has the
// same limits for its event stream, and says over HTTP which limit it is.

import { WAITS } from "./waits.js";

/** The known reason why a connection is refused. */
export class Refusals {
    /** The last answer: `{status, code, message}`; null if none is known. */
    known = null;
    #askedAt = -Infinity;
    #connections = 0;

    /** A connection opened. */
    forget() {
        this.known = null;
        this.#connections += 1;
    }

    /** Asks, unless that was done recently. Returns a new answer; null if there is none. Never throws. */
    async ask({ addresses, token }, request) {
        const now = Date.now();
        if (addresses.events === null || now - this.#askedAt < WAITS.ASK_WHY_MS) return null;
        this.#askedAt = now;
        const connections = this.#connections;
        const refusal = await askWhy(`${addresses.events}?${new URLSearchParams(request)}`, token !== null);
        if (connections !== this.#connections) return null;
        this.known = refusal;
        return refusal;
    }
}

/**
 * Asks a server's event stream why it refuses this client, and reads nothing of the stream itself.
 *
 * Returns `{status, code, message}`, or null if nothing answers: then there is no network or no server. `code` is the
 * server's own, or `no_websocket`: it would accept this client, so something on the way stops WebSockets; or `origin`:
 * it answers, but not to pages of this origin. `holdsToken`: the request is made without a token, so a refusal for lack
 * of one means nothing.
 */
export async function askWhy(url, holdsToken) {
    const { fetch } = globalThis;
    if (typeof fetch !== "function") return null;
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), WAITS.ANSWER_MS);
    const options = { cache: "no-store", credentials: "omit", signal: ending.signal };
    try {
        return await read(await fetch(url, options), holdsToken);
    } catch {
        return await askBlindly(fetch, url, { ...options, mode: "no-cors" });
    } finally {
        clearTimeout(timer);
        ending.abort();
    }
}

async function read(response, holdsToken) {
    const { ok, status } = response;
    if (ok || (status === 401 && holdsToken)) {
        return told(status, "no_websocket", "The server answers, but something on the way stops WebSockets.");
    }
    const isJSON = response.headers.get("content-type")?.startsWith("application/json");
    const body = isJSON ? await response.json().catch(() => null) : null;
    const text = (value) => typeof value === "string" && value !== "" && value.length <= 1024 ? value : null;
    return told(status, text(body?.code), text(body?.message) ?? `The server answers with status ${status}.`);
}

/**
 * A page may not read the answer of a server of another origin, unless that server allows it: it only sees that there
 * is one.
 */
async function askBlindly(fetch, url, options) {
    const { location } = globalThis;
    if (location === undefined || new URL(url).origin === location.origin) return null;
    try {
        await fetch(url, options);
        return told(null, "origin", "The server answers, but does not serve pages of this origin.");
    } catch {
        return null;
    }
}

const told = (status, code, message) => Object.freeze({ status, code, message });
