// One room: its state, and its callbacks. It knows nothing of the connection, which passes messages to it.

import { EMPTY_ROOM, applyMessage } from "./standings.js";

/** A room as the connection sees it. */
export class Seat {
    /** The room to join, as the server expects it: `{board, window, mode, limit}`. */
    request;
    /** When a delta last did not fit; null on a new connection. */
    misfitAt = null;
    error = null;
    #ending = new AbortController();
    #standings = EMPTY_ROOM;
    #onState;
    #onError;
    // Called at each change, for readers that wait for one.
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

    /** Whether there is a state of the server to which deltas can apply. */
    get hasBase() { return this.#standings.base !== null; }

    /** Whether the present node does not have the shown version yet. */
    get isBehind() {
        const { base, shown } = this.#standings;
        return base !== null && (base.epoch !== shown.epoch || base.version < shown.version);
    }

    /** The parameters for joining, with the present state, so that only newer messages come. */
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

    /** The next message has to be a whole top. The shown state stays. */
    forgetBase() { this.#standings = { ...this.#standings, base: null }; }

    /** Aborts when nothing more will come. */
    get over() { return this.#ending.signal; }

    /** Nothing more will come; `error` is the reason, unless the caller ended it. */
    end(error) {
        if (this.over.aborted) return;
        this.error = error;
        this.#ending.abort();
        this.#renewChange();
        if (error !== null) call(this.#onError, error);
    }

    /** The newest state, then each time a newer one; a slow reader skips some. Throws the error of the end. */
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

/** The key of a room: a connection has one for each board and window. */
export function roomKey({ board, window }) {
    return JSON.stringify([board, window]);
}

/**
 * Errors in a caller's callback must not break the library, and must not be hidden. The same is true of a promise that
 * it returns: in Node, a failed promise without a handler ends the process.
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
