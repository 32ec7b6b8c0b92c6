// One room: what is known of it, and whom to tell. It knows nothing of the connection; that one feeds it.

import { EMPTY_ROOM, applyMessage } from "./standings.js";

/** A room as the connection sees it. */
export class Seat {
    /** What to join, as the server wants it: `{board, window, mode, limit}`. */
    request;
    /** When a delta last did not fit; null on a new connection. */
    misfitAt = null;
    error = null;
    #ending = new AbortController();
    #standings = EMPTY_ROOM;
    #onState;
    #onError;
    // Told at each change to those who wait for one.
    #change;
    #wake;

    constructor({ board, window, mode, limit, onState, onError }) {
        this.request = { board, window, mode, limit };
        this.#onState = onState;
        this.#onError = onError;
        this.#renewChange();
    }

    get key() { return roomKey(this.request); }

    /** The newest state; null before the first. */
    get state() { return this.#standings.shown; }

    /** Whether there is a state of the server's that deltas can go on from. */
    get hasBase() { return this.#standings.base !== null; }

    /** Whether the node that answers has not yet seen what was shown before. */
    get isBehind() {
        const { base, shown } = this.#standings;
        return base !== null && (base.epoch !== shown.epoch || base.version < shown.version);
    }

    /** What to join with: also the state that is there, so that only what is newer comes. */
    get resuming() {
        const { base } = this.#standings;
        return base === null ? this.request : { ...this.request, resume: `${base.epoch}:${base.version}` };
    }

    /** Takes a message about this room; returns the outcome of `applyMessage`. */
    take(message) {
        const { room, outcome } = applyMessage(this.#standings, message);
        this.#standings = room;
        if (outcome === "changed") {
            this.#renewChange();
            call(this.#onState, room.shown);
        }
        return outcome;
    }

    /** The next message has to be a whole top. What was shown stays. */
    forgetBase() { this.#standings = { ...this.#standings, base: null }; }

    /** Aborts when nothing more will come. */
    get over() { return this.#ending.signal; }

    /** Nothing more will come; `error` says why, where it was not the caller's wish. */
    end(error) {
        if (this.over.aborted) return;
        this.error = error;
        this.#ending.abort();
        this.#renewChange();
        if (error !== null) call(this.#onError, error);
    }

    /** The newest state, then each time a newer one; who reads slowly skips some. Throws the error of the end. */
    async *states() {
        let seen = null;
        for (;;) {
            const { state, over, error } = this;
            if (over.aborted && error === null) return;
            if (state !== seen) yield (seen = state);
            else if (over.aborted) throw error;
            else await this.#change;
        }
    }

    #renewChange() {
        this.#wake?.();
        this.#change = new Promise((resolve) => { this.#wake = resolve; });
    }
}

/** What tells rooms apart: a connection has one for each board and window. */
export function roomKey({ board, window }) {
    return JSON.stringify([board, window]);
}

/**
 * What the caller does in a callback is not ours to fail on, and not ours to hide. A promise that it returns is
 * listened to as well: in Node, one that fails and that nobody listens to ends the process.
 */
export function call(callback, value) {
    try {
        const result = callback?.(value);
        if (typeof result?.then === "function") result.then(undefined, report);
    } catch (error) {
        report(error);
    }
}

function report(error) {
    (globalThis.reportError ?? console.error)(error);
}
