// Requests of the page for tasks and challenges, with the session of its reader.

import { problemText } from "./play-state.js";

const ANSWER_MS = 15_000;

/** A request that failed. The message is a sentence for the reader. */
export class PlayProblem extends Error {
    constructor(facts, options) {
        super(problemText(facts), options);
        Object.assign(this, { name: "PlayProblem", status: facts.status ?? null, code: facts.code ?? null });
    }
}

/**
 * Sends a request and returns the JSON of the answer, null if it has none. `body` is sent as JSON. Throws a
 * `PlayProblem`.
 */
export async function ask(session, method, path, body = null) {
    const headers = { Accept: "application/json" };
    if (body !== null) headers["Content-Type"] = "application/json";
    // A request that is repeated after a lost answer does nothing twice.
    if (method === "POST") headers["Idempotency-Key"] = newKey();
    const options = { method, headers, body: body && JSON.stringify(body), cache: "no-store" };
    for (let isSecond = false; ; isSecond = true) {
        try {
            const signal = AbortSignal.timeout(ANSWER_MS);
            return await read(await session.fetch(path, { ...options, signal }));
        } catch (cause) {
            if (cause instanceof PlayProblem) throw cause;
            if (session.ended !== null) throw new PlayProblem({ status: 401, code: "unauthorized" }, { cause });
            if (isSecond) throw new PlayProblem({}, { cause });
        }
    }
}

async function read(response) {
    const answer = await response.json().catch(() => null);
    if (response.ok) return answer;
    const { code = null, message = "", details = [] } = answer ?? {};
    throw new PlayProblem({ status: response.status, code, message, details });
}

const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** The names of users, asked for once each. */
export class Names {
    #session;
    #changed;
    #known = new Map();

    /** `changed` is called when a name has become known. */
    constructor(session, changed) {
        this.#session = session;
        this.#changed = changed;
    }

    /** The name; null while it is not known. */
    of(userID) {
        const known = this.#known.get(userID);
        if (known !== undefined || this.#session === null) return known ?? null;
        // Only users with an account have one to ask for; and a page that is open for long does not grow.
        if (!/^usr_[\w-]+$/.test(userID) || this.#known.size >= 500) return null;
        this.#known.set(userID, null);
        this.#ask(userID);
        return null;
    }

    async #ask(userID) {
        const answer = await ask(this.#session, "GET", `/user/${encodeURIComponent(userID)}`).catch(() => null);
        if (typeof answer?.name !== "string" || answer.name.trim() === "") return;
        this.#known.set(userID, answer.name);
        this.#changed();
    }
}
