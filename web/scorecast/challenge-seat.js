// The room of one challenge: its members' progress, the own one, and hints. The connection passes messages to it.

import { ScoreboardError } from "./errors.js";
import { Following, call } from "./following.js";
import { PLAY_LIMITS, challengeRefusal, challengeWith, isProgress } from "./play-messages.js";
import { demandAll } from "./settings.js";
import { Timers } from "./timers.js";
import { backoffMs } from "./waits.js";

// The room passes on as much; a slider makes many more.
const UPDATE_MS = 200;
// Progress that was sent this short before the connection was lost may not have arrived, and is sent again.
const UNSURE_MS = 5_000;

export class ChallengeSeat extends Following {
    id;
    state = null;
    isJoined = false;
    #send;
    #onState;
    #onHint;
    #timers = new Timers();
    #failures = 0;
    // The latest own progress, and whether it is still to be sent.
    #own = null;
    #isOwed = false;
    #sentAt = -Infinity;

    /** `send` sends a message to the server, if there is a connection. */
    constructor({ id, onState, onHint, onError }, send) {
        super(onError);
        this.id = id;
        this.#send = send;
        this.#onState = onState;
        this.#onHint = onHint;
    }

    /** A connection has opened. */
    join() { this.#send({ type: "join-room", challenge: this.id }); }

    /** The connection is gone. */
    lost() {
        this.isJoined = false;
        this.#timers.clearAll();
        if (this.#isUnsure) this.#isOwed = true;
    }

    leave() {
        if (this.over.aborted) return;
        this.#send({ type: "leave-room", challenge: this.id });
        this.end(null);
    }

    end(error) {
        this.#timers.clearAll();
        this.isJoined = false;
        super.end(error);
    }

    take(message) {
        if (message.type === "hint") return call(this.#onHint, message.hint);
        if (message.type === "joined") this.#entered();
        this.state = challengeWith(this.state ?? { members: [] }, message);
        this.changed();
        call(this.#onState, this.state);
    }

    /** An error about this room; returns the error that ends it, or null. */
    refused({ code, message }) {
        const { means, kind } = challengeRefusal(code, this.isJoined);
        const facts = { serverCode: code, reason: message || null };
        if (means === "end") return new ScoreboardError(kind, message || code, facts);
        if (means === "again") {
            this.isJoined = false;
            this.#failures += 1;
            if (this.#isUnsure) this.#isOwed = true;
            this.#timers.set("join", backoffMs(this.#failures, Math.random()), () => this.join());
        } else if (code === "unavailable" && this.#isUnsure) {
            this.#failures += 1;
            this.#isOwed = true;
            this.#timers.set("update", backoffMs(this.#failures + 1, Math.random()), () => this.#pay());
        }
        if (code !== "not_joined") {
            this.complain(new ScoreboardError("complaint", message || code, { ...facts, final: false }));
        }
        return null;
    }

    /** Tells the own progress, 0 to 100, with what belongs to it. The latest is sent, now or once that is possible. */
    update(progress, state = null) {
        const json = stateJSON(state);
        demandAll([
            [isProgress(progress), "progress must be a whole number from 0 to 100"],
            [json !== null, `state must be JSON of up to ${PLAY_LIMITS.STATE_BYTES} bytes`],
        ]);
        if (this.over.aborted) return;
        this.#own = { progress, ...(state !== null && { state: JSON.parse(json) }) };
        this.#isOwed = true;
        this.#pay();
    }

    /**
     * Asks for the next hint, which may cost coins; returns whether the request was sent. It is never sent by itself a
     * second time: that would pay for another hint.
     */
    hint() {
        if (!this.isJoined) return false;
        this.#send({ type: "hint-request", challenge: this.id });
        return true;
    }

    get #isUnsure() { return Date.now() - this.#sentAt < UNSURE_MS; }

    #entered() {
        this.isJoined = true;
        this.#failures = 0;
        this.#timers.clear("join");
        this.#pay();
    }

    #pay() {
        if (!this.#isOwed || !this.isJoined || this.#timers.has("update")) return;
        this.#isOwed = false;
        this.#sentAt = Date.now();
        this.#timers.set("update", UPDATE_MS, () => this.#pay());
        this.#send({ type: "challenge-update", challenge: this.id, ...this.#own });
    }
}

/** The state as JSON; null if it is not JSON or too long. */
function stateJSON(state) {
    try {
        const json = JSON.stringify(state);
        const bytes = json === undefined ? Infinity : new TextEncoder().encode(json).length;
        return bytes <= PLAY_LIMITS.STATE_BYTES ? json : null;
    } catch {
        return null;
    }
}
