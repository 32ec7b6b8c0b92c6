// The notifications of the user: those that come by the socket, and those that were missed before it opened.

import { ScoreboardError } from "./errors.js";
import { Following, call } from "./following.js";
import { EMPTY_INBOX, PLAY_LIMITS, inboxWith, parseNotificationPage } from "./play-messages.js";
import { Timers } from "./timers.js";
import { backoffMs } from "./waits.js";

const ANSWER_MS = 10_000;
const PAGE = 100;

/** Gives each notification once, however it comes. */
export class Inbox extends Following {
    #api;
    #seen = EMPTY_INBOX;
    #waiting = [];
    #onNotification;
    #timers = new Timers();
    #failures = 0;
    // Changes with each connection, so that answers for an earlier one are known.
    #turn = 0;

    /** `api` is the address below which the routes are. */
    constructor({ onNotification, onError }, api) {
        super(onError);
        this.#api = api;
        this.#onNotification = onNotification;
    }

    /** A connection has opened: what was missed is asked for. */
    opened(token) {
        this.#turn += 1;
        this.#timers.clearAll();
        this.#failures = 0;
        this.#fetchMissed(token, this.#turn);
    }

    /** The connection is gone. */
    lost() {
        this.#turn += 1;
        this.#timers.clearAll();
    }

    end(error) {
        this.lost();
        super.end(error);
    }

    take(notification) {
        const seen = inboxWith(this.#seen, notification);
        if (seen === null || this.over.aborted) return;
        this.#seen = seen;
        // Of those that a slow reader leaves here, the oldest are given up.
        this.#waiting = [...this.#waiting.slice(1 - PLAY_LIMITS.NOTIFICATIONS), notification];
        this.changed();
        call(this.#onNotification, notification);
    }

    /** Whether there is one to read. A new object at each, as `states` needs. */
    get state() { return this.#waiting[0] ?? null; }

    /** Each notification, as it comes. Throws the error of the end. */
    async *states() {
        for await (const _ of super.states()) {
            while (this.#waiting.length > 0) yield this.#waiting.shift();
        }
    }

    async #fetchMissed(token, turn) {
        try {
            const missed = await this.#missed(token);
            if (turn !== this.#turn) return;
            for (const notification of missed.reverse()) this.take(notification);
        } catch (error) {
            if (turn !== this.#turn) return;
            if (error instanceof ScoreboardError) return this.complain(error);
            this.#failures += 1;
            const wait = backoffMs(this.#failures + 2, Math.random());
            this.#timers.set("missed", wait, () => this.#fetchMissed(token, turn));
        }
    }

    /** All unread ones, newest first: as many as the server keeps. */
    async #missed(token) {
        const found = [];
        let cursor = null;
        do {
            const query = new URLSearchParams({ unread: "true", limit: PAGE, ...(cursor !== null && { cursor }) });
            const { notifications, next } = await this.#page(token, query);
            found.push(...notifications);
            cursor = next;
        } while (cursor !== null && found.length < PLAY_LIMITS.NOTIFICATIONS);
        return found;
    }

    async #page(token, query) {
        const response = await globalThis.fetch(`${this.#api}/notifications?${query}`, {
            headers: { Accept: "application/json", Authorization: `Bearer ${token}` },
            cache: "no-store", credentials: "omit", redirect: "error", signal: AbortSignal.timeout(ANSWER_MS),
        });
        if (response.ok) return parseNotificationPage(await response.json());
        const { status } = response;
        if (status === 429 || status >= 500) throw new Error(`status ${status}`);
        const facts = { final: false, reason: `the server answers with status ${status}` };
        throw new ScoreboardError("complaint", "missed notifications cannot be read", facts);
    }
}
