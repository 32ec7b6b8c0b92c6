// One room: its state, and its callbacks. It knows nothing of the connection, which passes messages to it.

import { Following, call } from "./following.js";
import { EMPTY_ROOM, applyMessage } from "./standings.js";

/** A room as the connection sees it. */
export class Seat extends Following {
    /** The room to join, as the server expects it: `{board, window, mode, limit}`, with `me` if that is asked for. */
    request;
    /** When a delta last did not fit; null on a new connection. */
    misfitAt = null;
    /** The place of the user, if `me` is asked for: `{rank, score, total, period}`; null before the first. */
    me = null;
    #standings = EMPTY_ROOM;
    #onState;
    #onRank;
    #onPassed;

    constructor({ board, window, mode, limit, me = false, onState, onRank, onPassed, onError }) {
        super(onError);
        this.request = { board, window, mode, limit, ...(me && { me }) };
        this.#onState = onState;
        this.#onRank = onRank;
        this.#onPassed = onPassed;
    }

    get key() { return roomKey(this.request); }

    get wantsMe() { return this.request.me === true; }

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

    /** The parameters of the address: `me` has no place there, and is asked for when the connection is open. */
    get query() {
        const { me: _, ...query } = this.resuming;
        return query;
    }

    /** Takes a message about this room; returns the outcome of `applyMessage`. */
    take(message) {
        const { room, outcome } = applyMessage(this.#standings, message);
        this.#standings = room;
        if (outcome === "changed") {
            this.changed();
            call(this.#onState, room.shown);
        }
        return outcome;
    }

    /** Takes a message about the user's own place. */
    takeOwn({ type, ...facts }) {
        if (!this.wantsMe) return;
        if (type === "passed") return call(this.#onPassed, Object.freeze({ by: facts.by, rank: facts.rank }));
        const { rank, score, total, period } = facts;
        this.me = Object.freeze({ rank, score, total, period });
        call(this.#onRank, this.me);
    }

    /** The next message has to be a whole top. The shown state stays. */
    forgetBase() { this.#standings = { ...this.#standings, base: null }; }
}

/** The key of a room: a connection has one for each board and window. */
export function roomKey({ board, window }) {
    return JSON.stringify([board, window]);
}
