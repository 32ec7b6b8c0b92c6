// Where a session keeps its tokens, and the lock for them. A refresh token may be used once: its second use ends the
// session. So whoever refreshes holds the lock, from reading the stored token to writing the next one.

import { SessionError } from "./errors.js";

// A holder refreshes once, which has a time limit of its own.
const LOCK_MS = 60_000;
// For this long after tokens were replaced, other pages may still read them: processes of a browser see each other's
// writes late, also if they take turns by a lock.
const SETTLE_MS = 5_000;
const LOOK_MS = 10;

/**
 * The tokens of a session, frozen: `{id, user, accessToken, refreshToken, expiresAt, lifeMs}`. `id` names the login on
 * this machine, `expiresAt` is by this machine's clock. Null if the value is malformed.
 */
export function tokensOf(value) {
    const { id, accessToken, refreshToken, expiresAt, lifeMs } = value ?? {};
    const isText = (it) => typeof it === "string" && /^[\x21-\x7e]{1,8192}$/.test(it);
    if (![id, accessToken, refreshToken].every(isText) || ![expiresAt, lifeMs].every(Number.isFinite)) return null;
    const user = typeof value.user === "object" && value.user !== null ? Object.freeze({ ...value.user }) : null;
    return Object.freeze({ id, user, accessToken, refreshToken, expiresAt, lifeMs });
}

/** Keeps tokens until the page or the process ends. */
export class MemoryStorage {
    #items = new Map();

    getItem(key) { return this.#items.get(key) ?? null; }

    setItem(key, value) { this.#items.set(key, value); }

    removeItem(key) { this.#items.delete(key); }
}

/** The stored tokens of the server at `base`, in a storage such as `localStorage`, or one with promises. */
export class SessionStore {
    #storage;
    #key;
    #isShared;

    constructor(storage, base) {
        this.#isShared = storage !== null;
        this.#storage = storage ?? new MemoryStorage();
        this.#key = `scorecast.session:${base}`;
    }

    /** The stored tokens; null if there are none, or malformed ones. */
    async read() { return this.parse(await this.#storage.getItem(this.#key)); }

    /** The stored tokens, for those who hold the lock: waits while they are ones that were replaced. */
    async settled() {
        for (;;) {
            const tokens = await this.read();
            if (tokens === null || !await this.#wereReplaced(tokens)) return tokens;
            await new Promise((done) => setTimeout(done, LOOK_MS));
        }
    }

    /** Stores the tokens in place of `before`, for those who hold the lock. */
    async replace(before, tokens) {
        if (before !== null) await this.#markReplaced(before);
        await this.#storage.setItem(this.#key, JSON.stringify(tokens));
    }

    /** Removes the tokens of this login; those of a later one stay. */
    async remove(id) {
        const stored = await this.read();
        if (stored === null || stored.id === id) await this.#storage.removeItem(this.#key);
    }

    parse(json) {
        if (typeof json !== "string") return null;
        try {
            return tokensOf(JSON.parse(json));
        } catch {
            return null;
        }
    }

    /** Calls with the tokens that another page of this origin has stored (null: it removed them), until `signal`. */
    watch(signal, changed) {
        globalThis.addEventListener?.("storage", ({ storageArea, key, newValue }) => {
            if (storageArea !== this.#storage) return;
            // Without a key, the whole storage was cleared.
            if (key === this.#key || key === null) changed(this.parse(newValue));
        }, { signal });
    }

    // Tokens that were replaced are told by a lock of their name: what locks are held is known to all pages at once.

    async #wereReplaced(tokens) {
        const { held = [] } = await this.#locks?.query() ?? {};
        return held.some(({ name }) => name === this.#nameOf(tokens));
    }

    async #markReplaced(tokens) {
        const locks = this.#locks;
        if (locks === undefined) return;
        await new Promise((marked) => {
            const hold = () => {
                marked();
                return new Promise((done) => setTimeout(done, SETTLE_MS).unref?.());
            };
            locks.request(this.#nameOf(tokens), { ifAvailable: true }, hold).catch(marked);
        });
    }

    /** Tells tokens apart, but not what they are. */
    #nameOf({ refreshToken }) { return `${this.#key} ${refreshToken.slice(-8)}`; }

    get #locks() { return this.#isShared ? globalThis.navigator?.locks : undefined; }

    /**
     * Runs the body alone among all that use these tokens: the pages of this origin, if the browser has the Web Locks
     * API, otherwise this page. Throws `unavailable` if it has to wait for too long.
     */
    locked(body) {
        const locks = this.#locks;
        return locks ? lockedByBrowser(locks, this.#key, body) : lockedHere(this.#key, body);
    }
}

async function lockedByBrowser(locks, key, body) {
    const waiting = new AbortController();
    const timer = setTimeout(() => waiting.abort(), LOCK_MS);
    try {
        return await locks.request(key, { signal: waiting.signal }, async () => {
            clearTimeout(timer);
            return await body();
        });
    } catch (error) {
        if (error !== waiting.signal.reason) throw error;
        throw new SessionError("unavailable", "Another page keeps the session busy.", { cause: error });
    } finally {
        clearTimeout(timer);
    }
}

// The last body of each key; the next one begins after its end.
const turns = new Map();

async function lockedHere(key, body) {
    const before = turns.get(key) ?? Promise.resolve();
    const turn = before.then(body);
    const end = turn.catch(() => {});
    turns.set(key, end);
    try {
        return await turn;
    } finally {
        if (turns.get(key) === end) turns.delete(key);
    }
}
