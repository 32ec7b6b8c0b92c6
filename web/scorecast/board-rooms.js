// The boards that a connection follows. The connection tells when it opens and ends, and passes messages.

import { ScoreboardError } from "./errors.js";
import { Seat, roomKey } from "./room.js";
import { Timers } from "./timers.js";
import { LIMITS, WAITS, around } from "./waits.js";

export class BoardRooms {
    #seats = new Map();
    #line;
    // One for each seat that waits for a whole top.
    #timers = new Timers();

    /**
     * `line` is the connection: `send(message)`, `lose(reason)`, `link` (the present one), and `leave(seat)`, which is
     * called when the signal of a seat aborts.
     */
    constructor(line) { this.#line = line; }

    get size() { return this.#seats.size; }

    /** Null if there is none. */
    get first() { return this.#seats.values().next().value ?? null; }

    get isResuming() { return [...this.#seats.values()].some((seat) => seat.hasBase); }

    get isBehind() { return [...this.#seats.values()].some((seat) => seat.isBehind); }

    has(seat) { return this.#seats.get(seat.key) === seat; }

    /** The room that a message is about; undefined if there is none. */
    find(message) { return this.#seats.get(roomKey(message)); }

    enter(settings) {
        const seat = new Seat(settings);
        const refuse = (problem) => { throw new ScoreboardError("invalid_configuration", problem); };
        if (this.#seats.has(seat.key)) refuse("the connection has a room of that board and window");
        if (this.#seats.size >= LIMITS.ROOMS) refuse(`a connection has at most ${LIMITS.ROOMS} rooms`);
        this.#seats.set(seat.key, seat);
        seat.endWith(settings.signal, () => this.#line.leave(seat));
        return seat;
    }

    /** Forgets a seat; returns whether it was there. */
    remove(seat) {
        if (!this.has(seat)) return false;
        this.#seats.delete(seat.key);
        this.#timers.clear(seat.key);
        return true;
    }

    end(error) {
        const seats = [...this.#seats.values()];
        this.#seats.clear();
        for (const seat of seats) seat.end(error);
    }

    forgetBases() { for (const seat of this.#seats.values()) seat.forgetBase(); }

    // MARK: The connection

    connecting() { for (const seat of this.#seats.values()) seat.misfitAt = null; }

    /** It is open; `first` is the room of its address, null if that had none. */
    opened(first) {
        if (first !== null && !this.has(first)) this.#line.send({ type: "leave-room", ...first.request });
        for (const seat of this.#seats.values()) {
            if (seat !== first || seat.wantsMe) this.join(seat);
            else this.#oweTop(seat, WAITS.OPEN_MS, "timed_out");
        }
    }

    lost() { this.#timers.clearAll(); }

    join(seat) {
        this.#line.send({ type: "join-room", ...seat.resuming });
        this.#oweTop(seat, WAITS.OPEN_MS, "timed_out");
    }

    /** Asks for an answer, if there is a room that can; returns whether it did. */
    probe() {
        const { first } = this;
        if (first !== null) this.#line.send({ type: "join-room", ...first.request });
        return first !== null;
    }

    /** Takes a top or its changes; returns whether there is a room for it, which they fit. */
    take(message) {
        const seat = this.find(message);
        if (seat === undefined) {
            this.#leaveDefault(message);
            return false;
        }
        if (seat.take(message) === "misfit") {
            this.#misfits(seat);
            return false;
        }
        if (message.type !== "leaderboard-delta") this.#timers.clear(seat.key);
        return true;
    }

    /** Takes a message about the user's own place; one without a board is about all boards. */
    takeOwn(message) {
        for (const seat of this.#seats.values()) {
            if (message.board === null || seat.key === roomKey(message)) seat.takeOwn(message);
        }
    }

    /** A connection without a board gets the server's default one, and leaves it. */
    #leaveDefault({ type, board, window }) {
        if (type === "snapshot" && this.#seats.size === 0) this.#line.send({ type: "leave-room", board, window });
    }

    /** A delta did not fit: a snapshot is needed. Deltas on their way come before it, and do not fit either. */
    #misfits(seat) {
        if (this.#timers.has(seat.key)) return;
        const now = Date.now();
        const isRecurring = seat.misfitAt !== null && now - seat.misfitAt < WAITS.PROVEN_MS;
        seat.misfitAt = now;
        // An event stream cannot ask: it is opened again.
        if (isRecurring || this.#line.link.transport === "events") return this.#line.lose("misfit");
        this.#line.send({ type: "join-room", ...seat.request });
        this.#oweTop(seat, WAITS.ANSWER_MS, "misfit");
    }

    /** Waits for a whole top of a room. While other messages come, the connection is up: asks for the room again. */
    #oweTop(seat, ms, reason) {
        if (seat.hasBase) return;
        const { messages } = this.#line.link;
        this.#timers.set(seat.key, around(ms, Math.random()), () => {
            const { link } = this.#line;
            if (link.messages === messages || link.transport === "events") return this.#line.lose(reason);
            this.#line.send({ type: "join-room", ...seat.request });
            this.#oweTop(seat, ms, reason);
        });
    }
}
