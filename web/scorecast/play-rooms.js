// What a connection carries besides boards: challenges and notifications. The connection tells when it opens and ends,
// and passes messages.

import { ChallengeSeat } from "./challenge-seat.js";
import { ScoreboardError } from "./errors.js";
import { call } from "./following.js";
import { Inbox } from "./inbox.js";
import { LIMITS } from "./waits.js";

export class PlayRooms {
    #settings;
    #line;
    #challenges = new Map();
    #inbox = null;
    #isOpen = false;

    /** `line` is the connection: `send(message)`, `changed()` after each room that comes or goes. */
    constructor(settings, line) {
        this.#settings = settings;
        this.#line = line;
    }

    get size() { return this.#challenges.size + (this.#inbox === null ? 0 : 1); }

    get hasInbox() { return this.#inbox !== null; }

    enter({ signal, ...settings }) {
        if (this.#challenges.has(settings.id)) refuse("the connection has a room of that challenge");
        if (this.#challenges.size >= LIMITS.ROOMS) refuse(`a connection has at most ${LIMITS.ROOMS} rooms`);
        const seat = new ChallengeSeat(settings, (message) => this.#isOpen && this.#line.send(message));
        this.#challenges.set(seat.id, seat);
        seat.endWith(signal, () => this.leave(seat));
        if (this.#isOpen && !seat.over.aborted) seat.join();
        this.#line.changed();
        return seat;
    }

    leave(seat) {
        if (this.#challenges.get(seat.id) !== seat) return;
        this.#challenges.delete(seat.id);
        seat.leave();
        this.#line.changed();
    }

    listen({ signal, ...settings }) {
        if (this.#inbox !== null) refuse("the connection has the notifications already");
        const inbox = new Inbox(settings, this.#settings.api);
        this.#inbox = inbox;
        inbox.endWith(signal, () => this.unlisten(inbox));
        this.#line.changed();
        return inbox;
    }

    unlisten(inbox) {
        if (this.#inbox !== inbox) return;
        this.#inbox = null;
        inbox.end(null);
        this.#line.changed();
    }

    // MARK: The connection

    /** It is open; `hasInbox` says whether it was asked for notifications. */
    opened(token, hasInbox) {
        this.#isOpen = true;
        for (const seat of this.#challenges.values()) seat.join();
        if (hasInbox) this.#inbox?.opened(token);
    }

    lost() {
        if (!this.#isOpen) return;
        this.#isOpen = false;
        for (const seat of this.#challenges.values()) seat.lost();
        this.#inbox?.lost();
    }

    /** Asks for an answer, if something here can; returns whether it did. */
    probe() {
        const [seat] = this.#challenges.values();
        seat?.join();
        return seat !== undefined;
    }

    /** Takes a message; returns whether it is one of these. */
    take(message) {
        if (message.type === "challenge-generated") call(this.#settings.onChallenge, message.made);
        else if (message.type === "notification") this.#inbox?.take(message.notification);
        else if (typeof message.challenge === "string") this.#challenges.get(message.challenge)?.take(message);
        else return false;
        return true;
    }

    /** An error about a challenge; returns false if there is no room of it. */
    refused(message) {
        const seat = this.#challenges.get(message.challenge);
        const error = seat?.refused(message) ?? null;
        if (error !== null) {
            this.#challenges.delete(seat.id);
            seat.end(error);
            this.#line.changed();
        }
        return seat !== undefined;
    }

    end(error) {
        const rooms = [...this.#challenges.values(), ...(this.#inbox === null ? [] : [this.#inbox])];
        this.#challenges.clear();
        this.#inbox = null;
        for (const room of rooms) room.end(error);
    }
}

function refuse(problem) {
    throw new ScoreboardError("invalid_configuration", problem);
}
