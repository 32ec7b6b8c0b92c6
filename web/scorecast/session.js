// A session: the tokens of one login, and their refresh. Whoever needs a token asks `token()`: all who ask at the same
// time, in all pages of this origin that share a storage, wait for one refresh.

import { accountsBase, post } from "./accounts.js";
import { SessionError, endedError } from "./errors.js";
import { call } from "./following.js";
import { SessionStore, tokensOf } from "./session-store.js";
import { demandAll } from "./settings.js";
import { backoffMs } from "./waits.js";

// An access token is refreshed this long before its end, for requests on their way and clocks that differ; at most a
// quarter of its life.
const LEEWAY_MS = 60_000;
// These answers to a refresh mean that there will never be another token. All others may be different next time.
const FINAL_STATUSES = [400, 401, 403];
// If a token this young is refused, another one would be refused too.
const YOUNG_MS = 5_000;

/** A session. `login`, `register` and `resume` make one; scorecast.d.ts describes it. */
export class Session {
    /** Called once, with the reason for the end. */
    onEnd;
    #base;
    #store;
    #tokens;
    #ended = null;
    #refreshing = null;
    #failures = 0;
    #failure = null;
    #retryAt = -Infinity;
    #watching = new AbortController();

    constructor({ base, store, onEnd }, tokens) {
        this.#base = base;
        this.#store = store;
        this.#tokens = tokens;
        this.onEnd = onEnd;
        store.watch(this.#watching.signal, (stored) => this.#changedElsewhere(stored));
    }

    get base() { return this.#base; }
    get user() { return this.#tokens.user; }
    get ended() { return this.#ended; }

    async token({ renew = false } = {}) {
        if (this.#ended !== null) throw endedError();
        const used = this.#tokens;
        const leftMs = this.#leftMs();
        const isGood = renew ? used.lifeMs - leftMs < YOUNG_MS : leftMs > this.#leewayMs;
        return isGood ? used.accessToken : await this.#refreshed(used);
    }

    async fetch(url, init = {}) {
        const target = this.#target(url);
        const token = await this.token();
        const response = await send(target, init, token);
        if (!await isUnauthorized(response) || !canRepeat(init)) return response;
        // Another request may have got the next token already.
        const next = await this.token({ renew: this.#tokens.accessToken === token }).catch(() => token);
        if (next === token) return response;
        await response.body?.cancel();
        return await send(target, init, next);
    }

    async logout({ everywhere = false } = {}) {
        if (this.#ended !== null) return;
        let token;
        try {
            token = await this.token();
        } catch (error) {
            // A session that the server has ended needs no logout.
            if (this.#ended !== null) return;
            await this.#leave();
            throw error;
        }
        await this.#leave();
        try {
            await post(this.#base, everywhere ? "/auth/logout-all" : "/auth/logout", null, token);
        } catch (error) {
            if (error.status !== 401) throw error;
        }
    }

    #target(url) {
        const isPath = typeof url === "string" && /^\/(?!\/)/.test(url);
        const target = isPath ? new URL(this.#base + url) : new URL(String(url), `${this.#base}/`);
        if (target.origin === new URL(this.#base).origin) return target;
        throw new SessionError("invalid_configuration", "the token of a session goes to its own server only");
    }

    // MARK: Refreshing

    #leftMs() { return this.#tokens.expiresAt - Date.now(); }

    get #leewayMs() { return Math.min(LEEWAY_MS, this.#tokens.lifeMs / 4); }

    /** A token after these. If there is none at the moment, theirs until it expires. */
    async #refreshed(used) {
        if (Date.now() < this.#retryAt) return this.#stillValid(used, this.#failure);
        this.#refreshing ??= this.#refresh(used).finally(() => { this.#refreshing = null; });
        try {
            await this.#refreshing;
        } catch (error) {
            return this.#stillValid(used, error);
        }
        if (this.#ended !== null) throw endedError();
        return this.#tokens.accessToken;
    }

    #stillValid(used, error) {
        if (this.#ended !== null) throw endedError();
        if (this.#tokens.refreshToken === used.refreshToken && this.#leftMs() <= 0) throw error;
        return this.#tokens.accessToken;
    }

    async #refresh(used) {
        try {
            await this.#store.locked(() => this.#refreshLocked(used));
            [this.#failures, this.#failure] = [0, null];
        } catch (error) {
            this.#failures += 1;
            this.#failure = error;
            this.#retryAt = Date.now() + Math.max(error.retryAfterMs ?? 0, backoffMs(this.#failures, Math.random()));
            throw error;
        }
    }

    async #refreshLocked(used) {
        if (this.#ended !== null) return;
        const stored = await this.#store.settled();
        if (stored?.id !== this.#tokens.id) return this.#over("elsewhere");
        this.#tokens = stored;
        // Another page has refreshed meanwhile.
        if (stored.refreshToken !== used.refreshToken && this.#leftMs() > this.#leewayMs) return;
        let answer;
        try {
            answer = await requested(this.#base, "/auth/refresh", { refresh_token: stored.refreshToken }, stored);
        } catch (error) {
            if (!FINAL_STATUSES.includes(error.status)) throw error;
            this.#over("refused");
            return await this.#store.remove(stored.id);
        }
        this.#tokens = answer;
        await this.#store.replace(stored, answer);
    }

    // MARK: Ending

    #changedElsewhere(stored) {
        if (stored?.id === this.#tokens.id) this.#tokens = stored;
        else this.#over("elsewhere");
    }

    async #leave() {
        this.#over("logout");
        await this.#store.locked(() => this.#store.remove(this.#tokens.id));
    }

    #over(reason) {
        if (this.#ended !== null) return;
        this.#ended = reason;
        this.#watching.abort();
        call(this.onEnd, reason);
    }
}

/** Logs in with `username` or `email`, and `password`. */
export async function login(options = {}) {
    const { username, email, password } = options;
    return await entered(options, "/auth/login", { username, email, password });
}

/** Makes an account, and logs in. */
export async function register(options = {}) {
    const { username, password, email, name } = options;
    return await entered(options, "/auth/register", { username, password, email, name });
}

/** The session that the storage holds, from an earlier page or process; null if it holds none. */
export async function resume(options = {}) {
    const settings = settingsOf(options);
    const tokens = await settings.store.read();
    return tokens && new Session(settings, tokens);
}

async function entered(options, path, body) {
    const settings = settingsOf(options);
    const { base, store } = settings;
    const tokens = await requested(base, path, body);
    await store.locked(async () => store.replace(await store.read(), tokens));
    return new Session(settings, tokens);
}

function settingsOf({ base = globalThis.location?.origin, storage = null, onEnd }) {
    const address = accountsBase(base);
    const isStorage = storage === null
        || ["getItem", "setItem", "removeItem"].every((name) => typeof storage[name] === "function");
    demandAll([
        [address, "base must be http(s)://host[:port], without user, query and fragment"],
        [isStorage, "storage must have getItem, setItem and removeItem, as localStorage has"],
    ]);
    return { base: address, store: new SessionStore(storage, address), onEnd };
}

/** Asks for tokens; `before` are those that they follow. */
async function requested(base, path, body, before = null) {
    const askedAt = Date.now();
    const answer = await post(base, path, body);
    const lifeMs = Number(answer?.expires_in) * 1000;
    const tokens = tokensOf({
        id: before?.id ?? crypto.randomUUID?.() ?? randomID(), user: answer?.user ?? before?.user ?? null,
        accessToken: answer?.access_token, refreshToken: answer?.refresh_token, expiresAt: askedAt + lifeMs, lifeMs,
    });
    if (tokens === null) throw new SessionError("unavailable", "The server's answer has no usable tokens.");
    return tokens;
}

/** Pages without TLS have no `randomUUID`. */
const randomID = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(36)).join("-");

async function send(target, init, token) {
    const headers = new Headers(init.headers);
    headers.set("Authorization", `Bearer ${token}`);
    return await globalThis.fetch(target, { ...init, headers });
}

/** Whether the token was refused: wrong passwords are told by 401 too, with another code. */
async function isUnauthorized(response) {
    if (response.status !== 401) return false;
    const body = await response.clone().json().catch(() => null);
    return body?.code === "unauthorized";
}

/** A stream can be sent once. */
const canRepeat = ({ body }) => !(typeof ReadableStream === "function" && body instanceof ReadableStream);
