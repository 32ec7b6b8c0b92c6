// One connection, and the rooms on it: when to connect, what to ask for, when to give up and when to come back. It
// carries out the decisions of standings.js (what a message does) and waits.js (how long to wait).

import { ScoreboardError, closedError, complaint, roomError } from "./errors.js";
import { listenToPage } from "./page-events.js";
import { Refusals } from "./refusal.js";
import { Seat, call, roomKey } from "./room.js";
import { isToken } from "./settings.js";
import { openSource } from "./source.js";
import { parseMessage } from "./standings.js";
import { Timers } from "./timers.js";
import { LIMITS, WAITS, around, waitMs } from "./waits.js";

// The state of the present connection, reset when it ends.
const NOT_CONNECTED = Object.freeze({ behind: false, staleSince: null });

export class Connection {
    #settings;
    #seats = new Map();
    #status;
    // The connection, or the attempt at one. Its timers: `open` for an attempt, `retry` for the next one, `leave` for
    // the end that the server asked for, `failed` for an end that two events report, `quiet` and `answer` for the check
    // that it is up; and one for each seat.
    #link = null;
    #timers = new Timers();
    #tries = 0;
    #failures = 0;
    #triedAt = 0;
    #heardSocket = false;
    #refusals = new Refusals();
    #listening = new AbortController();

    constructor(settings) {
        this.#settings = settings;
        const phase = settings.endsWithRoom ? "connecting" : "idle";
        this.#status = Object.freeze({ phase, transport: "websocket", ...NOT_CONNECTED, retryAt: null, loss: null });
        const { signal } = this.#listening;
        listenToPage(signal, { hint: () => this.#check(), hide: () => this.#hide(), show: () => this.retry() });
        settings.signal?.addEventListener("abort", () => this.close(), { signal });
        if (settings.signal?.aborted) this.close();
    }

    get status() { return this.#status; }

    /** Ends it, and all its rooms. After this, no callback but that of the status is called. */
    close() { this.#end(null); }

    /** Makes the next attempt now instead of later. */
    retry() {
        const isIdle = this.#link === null && this.#status.phase !== "ended";
        if (isIdle && this.#seats.size > 0) this.#connect();
    }

    // MARK: Rooms

    /** Follows a room, from the next turn on, so that the rooms of one turn share one connection. */
    enter(settings) {
        const seat = new Seat(settings);
        if (this.#status.phase === "ended") {
            seat.end(null);
            return seat;
        }
        const refuse = (problem) => { throw new ScoreboardError("invalid_configuration", problem); };
        if (this.#seats.has(seat.key)) refuse("the connection has a room of that board and window");
        if (this.#seats.size >= LIMITS.ROOMS) refuse(`a connection has at most ${LIMITS.ROOMS} rooms`);
        this.#seats.set(seat.key, seat);
        this.#leaveOnAbort(seat, settings.signal);
        // An event stream carries one room.
        if (this.#link?.transport === "events") this.#lost("closed");
        else if (this.#isOpen) this.#join(seat);
        else queueMicrotask(() => this.#status.phase !== "waiting" && this.retry());
        return seat;
    }

    leave(seat) { this.#release(seat, null); }

    #leaveOnAbort(seat, signal) {
        if (signal === null) return;
        signal.addEventListener("abort", () => this.leave(seat), { signal: seat.over });
        if (signal.aborted) this.leave(seat);
    }

    #release(seat, error) {
        if (this.#seats.get(seat.key) !== seat) return;
        this.#seats.delete(seat.key);
        this.#timers.clear(seat.key);
        if (error !== null && this.#settings.endsWithRoom) this.#end(error);
        seat.end(error);
        if (this.#status.phase === "ended") return;
        if (this.#seats.size === 0) {
            this.#drop();
            this.#tell({ phase: "idle", ...NOT_CONNECTED, retryAt: null, loss: null });
        } else if (this.#isOpen && error === null) {
            this.#send({ type: "leave-room", ...seat.request });
        }
    }

    // MARK: Connecting

    get #isOpen() { return this.#link !== null && this.#link.openedAt !== null; }

    /** Whether the shown state comes from the open connection. */
    get #isFollowing() { return this.#status.phase === "live" || this.#status.phase === "stale"; }

    #connect() {
        const { EventSource, addresses, token } = this.#settings;
        const mayFallBack = addresses.events !== null && typeof EventSource === "function" && token === null
            && this.#seats.size === 1 && !this.#heardSocket;
        const turn = this.#tries++;
        const isEventsTurn = turn >= LIMITS.SOCKET_ATTEMPTS && turn % 2 === 1;
        const transport = mayFallBack && isEventsTurn ? "events" : "websocket";
        const link = {
            transport, source: null, first: null, openedAt: null, heardAt: null, messages: 0, standings: 0,
            comeBackAt: null, complaint: null, staleSince: null,
        };
        this.#link = link;
        this.#triedAt = Date.now();
        for (const seat of this.#seats.values()) seat.misfitAt = null;
        this.#timers.clear("retry");
        this.#timers.set("open", WAITS.OPEN_MS, () => this.#lost("timed_out"));
        this.#tell({ phase: "connecting", transport, retryAt: null });
        if (typeof token === "function") this.#askForToken(link, token);
        else this.#open(link, token);
    }

    async #askForToken(link, provider) {
        let token = null;
        let error = null;
        try {
            token = await provider(this.#status.loss?.reason === "token_expired");
        } catch (thrown) {
            error = thrown;
        }
        if (link !== this.#link) return;
        if (error instanceof ScoreboardError) this.#end(error);
        else if (error !== null || !isToken(token)) this.#lost("no_token");
        else this.#open(link, token);
    }

    #open(link, token) {
        // A callback may have ended the attempt.
        if (link !== this.#link) return;
        [link.first] = this.#seats.values();
        // Late events of an earlier connection are ignored.
        const current = (body) => (event) => link === this.#link && body(event);
        try {
            link.source = openSource(link.transport, this.#settings, new URLSearchParams(link.first.resuming), token, {
                opened: current(() => this.#opened(link)),
                heard: current((text) => this.#heard(link, text)),
                sensed: current(() => this.#sensed(link)),
                closed: current((facts) => this.#closed(link, facts)),
                failed: current(() => this.#timers.set("failed", WAITS.CLOSE_MS, () => this.#lost("closed", 1006))),
            });
        } catch {
            this.#lost("unreachable");
        }
    }

    #opened(link) {
        link.openedAt = Date.now();
        this.#refusals.forget();
        this.#sensed(link);
        const isResuming = [...this.#seats.values()].some((seat) => seat.hasBase);
        if (this.#seats.get(link.first.key) === link.first) this.#oweTop(link.first, WAITS.OPEN_MS, "timed_out");
        else this.#send({ type: "leave-room", ...link.first.request });
        for (const seat of this.#seats.values()) {
            if (seat !== link.first) this.#join(seat);
        }
        // A state that is current is not sent again: nothing may come for a long time.
        if (isResuming) this.#becomeLive();
    }

    // MARK: Hearing

    #heard(link, text) {
        let message;
        try {
            message = parseMessage(text);
        } catch {
            return this.#lost("broken");
        }
        link.messages += 1;
        this.#sensed(link);
        switch (message?.type) {
        case undefined:
            break;
        case "stale":
            // The server's clock may be ahead of this one.
            this.#isCutOff(link, Math.min(message.since, link.heardAt));
            break;
        case "current":
            this.#isCutOff(link, null);
            break;
        case "reconnect": {
            const afterMs = Math.min(message.afterMs, WAITS.ASKED_MAX_MS);
            link.comeBackAt = link.heardAt + afterMs;
            this.#timers.clear("open");
            // The server continues to send until it closes, so nothing is missed meanwhile.
            this.#timers.set("leave", afterMs, () => this.#lost("asked_to_reconnect"));
            break;
        }
        case "error":
            this.#complained(link, message);
            break;
        default:
            this.#take(link, message);
        }
    }

    #take(link, message) {
        const seat = this.#seats.get(roomKey(message));
        if (seat === undefined) return;
        const outcome = seat.take(message);
        if (outcome === "misfit") return this.#misfits(seat);
        link.standings += 1;
        this.#heardSocket ||= link.transport === "websocket";
        if (message.type !== "leaderboard-delta") this.#timers.clear(seat.key);
        // The callback may have closed it.
        if (link === this.#link) this.#becomeLive();
    }

    #becomeLive() {
        this.#timers.clear("open");
        const { staleSince } = this.#link;
        const behind = [...this.#seats.values()].some((seat) => seat.isBehind);
        this.#tell({ phase: staleSince === null ? "live" : "stale", behind, staleSince, loss: null });
    }

    /** The node reports the time since which it has received no changes itself; null: it receives them. */
    #isCutOff(link, since) {
        link.staleSince = since;
        if (this.#isFollowing) this.#becomeLive();
        else this.#tell({ staleSince: since });
    }

    #complained(link, message) {
        const error = roomError(message);
        const seat = error && this.#seats.get(roomKey(message));
        if (!seat) {
            link.complaint = message;
            call(this.#settings.onError, complaint(message));
        } else if (error.kind === "unauthorized" && this.#hasTokenRunOut(link, false)) {
            this.#lost("token_expired");
        } else {
            this.#release(seat, error);
        }
    }

    // MARK: Asking

    #send(message) { call((source) => source.send(JSON.stringify(message)), this.#link.source); }

    #join(seat) {
        this.#send({ type: "join-room", ...seat.resuming });
        this.#oweTop(seat, WAITS.OPEN_MS, "timed_out");
    }

    /** A delta did not fit: a snapshot is needed. Deltas on their way come before it, and do not fit either. */
    #misfits(seat) {
        if (this.#timers.has(seat.key)) return;
        const now = Date.now();
        const isRecurring = seat.misfitAt !== null && now - seat.misfitAt < WAITS.PROVEN_MS;
        seat.misfitAt = now;
        // An event stream cannot ask: it is opened again.
        if (isRecurring || this.#link.transport === "events") return this.#lost("misfit");
        this.#send({ type: "join-room", ...seat.request });
        this.#oweTop(seat, WAITS.ANSWER_MS, "misfit");
    }

    /** Waits for a whole top of a room. While other messages come, the connection is up: asks for the room again. */
    #oweTop(seat, ms, reason) {
        if (seat.hasBase) return;
        const { messages } = this.#link;
        this.#timers.set(seat.key, around(ms, Math.random()), () => {
            if (this.#link.messages === messages || this.#link.transport === "events") return this.#lost(reason);
            this.#send({ type: "join-room", ...seat.request });
            this.#oweTop(seat, ms, reason);
        });
    }

    /** Something came. Browsers hide pings from scripts, so a dead connection looks open: after silence, it asks. */
    #sensed(link) {
        link.heardAt = Date.now();
        this.#timers.clear("answer");
        const rarely = this.#link.transport === "events" ? LIMITS.EVENTS_QUIET_FACTOR : 1;
        this.#timers.set("quiet", around(WAITS.QUIET_MS * rarely, Math.random()), () => this.#probe());
    }

    /** Asks the server for an answer: a client that joins a room again gets its snapshot. */
    #probe() {
        if (this.#link.transport === "events") return this.#lost("silent");
        if (this.#timers.has("answer")) return;
        this.#timers.set("answer", WAITS.ANSWER_MS, () => this.#lost("silent"));
        const [seat] = this.#seats.values();
        this.#send({ type: "join-room", ...seat.request });
    }

    // MARK: Losing

    #closed(link, { code, reason, wasClean }) {
        if (wasClean) link.heardAt = Date.now();
        if (!(code >= 4400)) return this.#lost("closed", code);
        const error = closedError(code, reason, link.complaint);
        if (code === 4401 && this.#hasTokenRunOut(link, link.standings > 0)) {
            this.#lost("token_expired", code);
        } else if (code === 4400 || code === 4404) {
            // The server refuses the room of the address. The others come back without it.
            const hasOthers = [...this.#seats.values()].some((seat) => seat !== link.first);
            if (hasOthers) this.#lost("closed", code);
            this.#release(link.first, error);
        } else {
            this.#end(error);
        }
    }

    /** Whether a token that is refused now was good before: then another one may be accepted. */
    #hasTokenRunOut(link, wasGood) {
        if (typeof this.#settings.token !== "function" || link.openedAt === null) return false;
        return wasGood || Date.now() - link.openedAt >= WAITS.PROVEN_MS;
    }

    #lost(reason, code = null) {
        const [now, link] = [Date.now(), this.#link];
        this.#drop();
        if (link.openedAt !== null && link.heardAt - link.openedAt >= WAITS.PROVEN_MS) this.#failures = 0;
        this.#failures += 1;
        if (reason === "broken") for (const seat of this.#seats.values()) seat.forgetBase();
        const askedMs = link.comeBackAt && link.comeBackAt - now;
        const wait = waitMs({ failures: this.#failures, closeCode: code, askedMs }, Math.random());
        const { loss: before, staleSince } = this.#status;
        const since = before?.since ?? staleSince ?? (reason === "silent" ? link.heardAt : now);
        const told = link.openedAt === null && reason === "closed" ? "unreachable" : reason;
        const loss = { reason: told, code, since, asked: askedMs !== null, refusal: this.#refusals.known };
        this.#wait(wait, { ...NOT_CONNECTED, loss });
        const isRefused = link.openedAt === null && link.source !== null && this.#failures >= LIMITS.UNEXPLAINED;
        if (isRefused && this.#seats.size > 0) this.#explain(this.#seats.values());
    }

    /** Handshakes fail repeatedly: tells the app the reason, as far as the server says it, while attempts continue. */
    async #explain([seat]) {
        const refusal = await this.#refusals.ask(this.#settings, seat.request);
        const { phase, loss } = this.#status;
        if (refusal !== null && loss !== null && phase !== "ended") this.#tell({ loss: { ...loss, refusal } });
    }

    #wait(ms, status = {}) {
        this.#timers.set("retry", ms, () => this.#connect());
        this.#tell({ phase: "waiting", retryAt: Date.now() + ms, ...status });
    }

    #end(error) {
        if (this.#status.phase === "ended") return;
        this.#drop();
        this.#listening.abort();
        const seats = [...this.#seats.values()];
        this.#seats.clear();
        this.#tell({ phase: "ended", ...NOT_CONNECTED, retryAt: null });
        for (const seat of seats) seat.end(error);
        if (error !== null) call(this.#settings.onError, error);
    }

    /** Releases the connection, and all its timers. */
    #drop() {
        this.#timers.clearAll();
        const source = this.#link?.source;
        this.#link = null;
        call(() => source?.close(1000));
    }

    // MARK: The page

    /** When the page comes back into view or online, checks whether the connection is up, or tries sooner. */
    #check() {
        const [now, { phase, retryAt, loss }] = [Date.now(), this.#status];
        if (phase === "waiting" && retryAt !== null && !loss.asked) {
            const soonMs = Math.max(this.#triedAt + WAITS.HURRY_MS - now, Math.random() * WAITS.HURRY_MS);
            if (now + soonMs < retryAt) this.#wait(soonMs);
        } else if (this.#isFollowing && now - this.#link.heardAt >= WAITS.FRESH_MS) {
            this.#probe();
        }
    }

    /** A page with an open connection cannot be kept for the back button. */
    #hide() {
        this.#drop();
        if (this.#seats.size === 0) return;
        const since = this.#status.staleSince ?? Date.now();
        const loss = { reason: "page_hidden", code: null, since, asked: false, refusal: null };
        this.#tell({ phase: "waiting", ...NOT_CONNECTED, retryAt: null, loss });
    }

    #tell(changes) {
        const before = this.#status;
        if (Object.keys(changes).every((key) => changes[key] === before[key])) return;
        this.#status = Object.freeze({ ...before, ...changes });
        call(this.#settings.onStatus, this.#status);
    }
}
