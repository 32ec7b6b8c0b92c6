// One connection, and the rooms on it: when to connect, what to ask for, when to give up and when to come back. It
// carries out the decisions of standings.js (what a message does) and waits.js (how long to wait).

import { BoardRooms } from "./board-rooms.js";
import { closedError, complaint, roomError } from "./errors.js";
import { call } from "./following.js";
import { listenToPage } from "./page-events.js";
import { PlayRooms } from "./play-rooms.js";
import { Refusals } from "./refusal.js";
import { Seat } from "./room.js";
import { tokenFrom } from "./settings.js";
import { openSource } from "./source.js";
import { parseMessage } from "./standings.js";
import { Timers } from "./timers.js";
import { LIMITS, WAITS, around, waitMs } from "./waits.js";

// The state of the present connection, reset when it ends.
const NOT_CONNECTED = Object.freeze({ behind: false, staleSince: null });
// The board that every server has, to ask it for an answer.
const DEFAULT_ROOM = Object.freeze({ board: "global", window: "all", limit: 1 });

export class Connection {
    /** Challenges and notifications. */
    play;
    #settings;
    #boards;
    #status;
    // The connection, or the attempt at one. Its timers: `open` for an attempt, `retry` for the next one, `leave` for
    // the end that the server asked for, `failed` for an end that two events report, `quiet` and `answer` for the check
    // that it is up.
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
        const send = (message) => this.#send(message);
        const link = () => this.#link;
        this.#boards = new BoardRooms({
            send, leave: (seat) => this.leave(seat), lose: (reason) => this.#lost(reason),
            get link() { return link(); },
        });
        this.play = new PlayRooms(settings, { send, changed: () => this.#roomsChanged() });
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
        if (isIdle && this.#size > 0) this.#connect();
    }

    // MARK: Rooms

    get settings() { return this.#settings; }

    get #size() { return this.#boards.size + this.play.size; }

    /** Follows a room, from the next turn on, so that the rooms of one turn share one connection. */
    enter(settings) {
        if (this.#status.phase === "ended") {
            const seat = new Seat(settings);
            seat.end(null);
            return seat;
        }
        const seat = this.#boards.enter(settings);
        // An event stream carries one room.
        if (this.#link?.transport === "events") this.#lost("closed");
        else if (this.#isOpen && this.#boards.has(seat)) this.#boards.join(seat);
        else queueMicrotask(() => this.#status.phase !== "waiting" && this.retry());
        return seat;
    }

    leave(seat) { this.#release(seat, null); }

    #release(seat, error) {
        if (!this.#boards.remove(seat)) return;
        if (error !== null && this.#settings.endsWithRoom) this.#end(error);
        seat.end(error);
        if (this.#status.phase === "ended") return;
        if (this.#isOpen && error === null && this.#size > 0) this.#send({ type: "leave-room", ...seat.request });
        this.#roomsChanged();
    }

    /** Challenges or notifications came or went, or a board went: there may be nothing left, or something at last. */
    #roomsChanged() {
        const { phase } = this.#status;
        if (phase === "ended") {
            this.play.end(null);
        } else if (this.#size === 0) {
            this.#drop();
            this.#tell({ phase: "idle", ...NOT_CONNECTED, retryAt: null, loss: null });
        } else if (this.#link === null) {
            queueMicrotask(() => this.#status.phase !== "waiting" && this.retry());
        } else if (this.#link.transport === "events" || (this.play.hasInbox && !this.#link.hasInbox)) {
            // The address of a connection says whether it carries notifications.
            this.#drop();
            this.#connect();
        }
    }

    // MARK: Connecting

    get #isOpen() { return this.#link !== null && this.#link.openedAt !== null; }

    /** Whether the shown state comes from the open connection. */
    get #isFollowing() { return this.#status.phase === "live" || this.#status.phase === "stale"; }

    #connect() {
        const { EventSource, addresses, token } = this.#settings;
        const mayFallBack = addresses.events !== null && typeof EventSource === "function" && token === null
            && this.#size === 1 && !this.#heardSocket;
        const turn = this.#tries++;
        const isEventsTurn = turn >= LIMITS.SOCKET_ATTEMPTS && turn % 2 === 1;
        const transport = mayFallBack && isEventsTurn ? "events" : "websocket";
        const link = {
            transport, source: null, first: null, openedAt: null, heardAt: null, messages: 0, standings: 0,
            comeBackAt: null, complaint: null, staleSince: null, token: null, hasInbox: this.play.hasInbox,
        };
        this.#link = link;
        this.#triedAt = Date.now();
        this.#boards.connecting();
        this.#timers.clear("retry");
        this.#timers.set("open", WAITS.OPEN_MS, () => this.#lost("timed_out"));
        this.#tell({ phase: "connecting", transport, retryAt: null });
        if (typeof token === "function") this.#askForToken(link, token);
        else this.#open(link, token);
    }

    async #askForToken(link, provider) {
        const { token, error } = await tokenFrom(provider, this.#status.loss?.reason === "token_expired");
        if (link !== this.#link) return;
        if (error !== null) this.#end(error);
        else if (token === null) this.#lost("no_token");
        else this.#open(link, token);
    }

    #open(link, token) {
        // A callback may have ended the attempt.
        if (link !== this.#link) return;
        const { first } = this.#boards;
        [link.first, link.token] = [first, token];
        // A server sends a board in any case: that of the address, or its default one.
        const query = new URLSearchParams(first?.query ?? { limit: 1 });
        if (link.hasInbox) query.set("notifications", "true");
        // Late events of an earlier connection are ignored.
        const current = (body) => (event) => link === this.#link && body(event);
        try {
            link.source = openSource(link.transport, this.#settings, query, token, {
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
        const { isResuming } = this.#boards;
        this.#boards.opened(link.first);
        // A state that is current is not sent again: nothing may come for a long time.
        if (isResuming || this.#boards.size === 0) this.#becomeLive();
        if (link === this.#link) this.play.opened(link.token, link.hasInbox);
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
        case "rank-update":
        case "passed":
            this.#boards.takeOwn(message);
            break;
        default:
            this.#take(link, message);
        }
    }

    #take(link, message) {
        const isPlay = this.play.take(message);
        if (!isPlay && !this.#boards.take(message)) return;
        link.standings += 1;
        this.#heardSocket ||= link.transport === "websocket";
        // The callback may have closed it.
        if (link === this.#link && !isPlay) this.#becomeLive();
    }

    #becomeLive() {
        this.#timers.clear("open");
        const { staleSince } = this.#link;
        const behind = this.#boards.isBehind;
        this.#tell({ phase: staleSince === null ? "live" : "stale", behind, staleSince, loss: null });
    }

    /** The node reports the time since which it has received no changes itself; null: it receives them. */
    #isCutOff(link, since) {
        link.staleSince = since;
        if (this.#isFollowing) this.#becomeLive();
        else this.#tell({ staleSince: since });
    }

    #complained(link, message) {
        if (message.challenge !== null && this.#refusesChallenge(link, message)) return;
        const error = roomError(message);
        const seat = error && this.#boards.find(message);
        if (!seat) {
            link.complaint = message;
            call(this.#settings.onError, complaint(message));
        } else if (error.kind === "unauthorized" && this.#hasTokenRunOut(link, false)) {
            this.#lost("token_expired");
        } else {
            this.#release(seat, error);
        }
    }

    #refusesChallenge(link, message) {
        const isOld = message.code === "unauthorized" && this.#hasTokenRunOut(link, false);
        if (!isOld) return this.play.refused(message);
        this.#lost("token_expired");
        return true;
    }

    // MARK: Asking

    #send(message) { call((source) => source.send(JSON.stringify(message)), this.#link.source); }

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
        if (!this.#boards.probe() && !this.play.probe()) this.#send({ type: "join-room", ...DEFAULT_ROOM });
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
            if (link.first === null) return this.#end(error);
            const hasOthers = this.#size > (this.#boards.has(link.first) ? 1 : 0);
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
        if (reason === "broken") this.#boards.forgetBases();
        const askedMs = link.comeBackAt && link.comeBackAt - now;
        const wait = waitMs({ failures: this.#failures, closeCode: code, askedMs }, Math.random());
        const { loss: before, staleSince } = this.#status;
        const since = before?.since ?? staleSince ?? (reason === "silent" ? link.heardAt : now);
        const told = link.openedAt === null && reason === "closed" ? "unreachable" : reason;
        const loss = { reason: told, code, since, asked: askedMs !== null, refusal: this.#refusals.known };
        this.#wait(wait, { ...NOT_CONNECTED, loss });
        const isRefused = link.openedAt === null && link.source !== null && this.#failures >= LIMITS.UNEXPLAINED;
        if (isRefused && this.#size > 0) this.#explain(this.#boards.first);
    }

    /** Handshakes fail repeatedly: tells the app the reason, as far as the server says it, while attempts continue. */
    async #explain(seat) {
        const { me: _, ...request } = seat?.request ?? DEFAULT_ROOM;
        const refusal = await this.#refusals.ask(this.#settings, request);
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
        this.#tell({ phase: "ended", ...NOT_CONNECTED, retryAt: null });
        this.#boards.end(error);
        this.play.end(error);
        if (error !== null) call(this.#settings.onError, error);
    }

    /** Releases the connection, and all its timers. */
    #drop() {
        this.#timers.clearAll();
        const source = this.#link?.source;
        this.#link = null;
        this.#boards.lost();
        this.play.lost();
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
        if (this.#size === 0) return;
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
