// Follows a Scorecast leaderboard, from a web page or from Node:
//
//     for await (const { entries } of follow({ board: "global", limit: 3 })) show(entries);
//
// Import it from a gateway (`/scorecast.js`), or copy it together with the two files that it imports. docs/clients.md
// tells how to use it, scorecast.d.ts has the types. This is the shell: what messages mean is decided in standings.js,
// how long to wait in waits.js.

import { EMPTY_ROOM, applyMessage, parseMessage } from "./standings.js";
import { WAITS, waitMs } from "./waits.js";

/** Why following has ended (`final`), or what the server complained about. `kind` tells them apart in code. */
export class ScoreboardError extends Error {
    constructor(kind, message, { final = true, closeCode = null, serverCode = null } = {}) {
        super(message);
        Object.assign(this, { name: "ScoreboardError", kind, final, closeCode, serverCode });
    }
}

/**
 * Follows one board until `close()`, or until the server says that there is no point in coming back. Lost connections
 * are made anew, and go on from the state that is there. See scorecast.d.ts for the options.
 */
export function follow(options = {}) {
    return new Follower(settle(options));
}

/** The options with their defaults; throws one error that names all that is wrong. */
function settle({
    url = globalThis.location?.origin, board = "global", window = "all", limit = 10, mode = "delta", token = null,
    onState, onStatus, onError, WebSocket = globalThis.WebSocket, EventSource = globalThis.EventSource,
}) {
    const addresses = addressesOf(url);
    const isName = (value) => typeof value === "string" && value !== "" && value.length <= 256;
    const problems = [
        [addresses, "url must be http(s)://host[:port] or ws(s)://host[:port], without user, query and fragment"],
        [isName(board), "board must be a name"],
        [isName(window), "window must be a name"],
        [Number.isInteger(limit) && limit >= 1 && limit <= 100, "limit must be 1 to 100"],
        [mode === "full" || mode === "delta", "mode must be full or delta"],
        [token === null || typeof token === "function" || isToken(token), "token must be a JWT, or a function"],
        [typeof WebSocket === "function", "there is no WebSocket here: give the class of one as an option"],
    ].filter(([holds]) => !holds).map(([, problem]) => problem);
    if (problems.length > 0) throw new ScoreboardError("invalid_configuration", problems.join("; "));
    const room = { board, window, mode, limit };
    return { addresses, room, token, onState, onStatus, onError, WebSocket, EventSource };
}

/** Both transports' addresses; `events` is null where a path of its own does not tell it. */
function addressesOf(url) {
    let address;
    try {
        address = new URL(url);
    } catch {
        return null;
    }
    const { protocol, username, password, host, pathname, search, hash } = address;
    if (!/^(http|ws)s?:$/.test(protocol) || username || password || search || hash) return null;
    const s = protocol === "https:" || protocol === "wss:" ? "s" : "";
    const path = pathname === "/" ? "/ws/scoreboard" : pathname;
    const events = path.endsWith("/ws/scoreboard") ? path.replace(/ws\/scoreboard$/, "sse/scoreboard") : null;
    return { websocket: `ws${s}://${host}${path}`, events: events && `http${s}://${host}${events}` };
}

/** Whether a token may stand in the list of subprotocols (RFC 9110, 5.6.2; RFC 6750, 2.1). */
const isToken = (value) => typeof value === "string" && /^[\w.~+-]{1,8192}$/.test(value);

class Follower {
    #settings;
    #room = EMPTY_ROOM;
    #status = Object.freeze({ phase: "connecting", transport: "websocket", behind: false, retryAt: null, loss: null });
    #error = null;
    // The connection, or the attempt at one, and its times.
    #link = null;
    #timers = {};
    #tries = 0;
    #failures = 0;
    #triedAt = 0;
    #heardSocket = false;
    #listening = new AbortController();
    // Told at each change to those who wait for one.
    #change;
    #wake;

    constructor(settings) {
        this.#settings = settings;
        this.#renewChange();
        this.#listenToPage();
        queueMicrotask(() => this.retry());
    }

    /** The newest state; null before the first. */
    get state() { return this.#room.shown; }

    /** How the connection is. */
    get status() { return this.#status; }

    /** Ends it. Nothing is told afterwards, except the status. */
    close() { this.#end(null); }

    /** Makes the next attempt now instead of later. */
    retry() {
        const isIdle = this.#link === null && this.#status.phase !== "ended";
        if (isIdle) this.#connect();
    }

    /** The newest state, then each time a newer one; who reads slowly skips some. Leaving the loop closes. */
    async *[Symbol.asyncIterator]() {
        let seen = null;
        try {
            for (;;) {
                const [{ shown }, isEnded] = [this.#room, this.#status.phase === "ended"];
                if (isEnded && this.#error === null) return;
                if (shown !== seen) yield (seen = shown);
                else if (isEnded) throw this.#error;
                else await this.#change;
            }
        } finally {
            this.close();
        }
    }

    #connect() {
        const { EventSource, addresses, token } = this.#settings;
        const mayFallBack = addresses.events && typeof EventSource === "function" && token === null;
        const turn = this.#tries++;
        const isEventsTurn = turn >= WAITS.SOCKET_ATTEMPTS && turn % 2 === 1;
        const transport = mayFallBack && !this.#heardSocket && isEventsTurn ? "events" : "websocket";
        const link = { transport, openedAt: null, heardAt: null, comeBackAt: null, rejoinedAt: null, complaint: null };
        this.#link = link;
        this.#triedAt = Date.now();
        this.#after("phase", WAITS.OPEN_MS, () => this.#lost("timed_out"));
        this.#tell({ phase: "connecting", transport, retryAt: null });
        if (typeof token === "function") this.#askForToken(link, token);
        else this.#open(link, token);
    }

    async #askForToken(link, provider) {
        let token = null;
        let error = null;
        try {
            token = await provider();
        } catch (thrown) {
            error = thrown;
        }
        if (link !== this.#link) return;
        if (error instanceof ScoreboardError) this.#end(error);
        else if (error !== null || !isToken(token)) this.#lost("no_token");
        else this.#open(link, token);
    }

    #open(link, token) {
        if (link !== this.#link) return;
        const { WebSocket, EventSource, addresses, room } = this.#settings;
        const { base } = this.#room;
        const query = new URLSearchParams(base ? { ...room, resume: `${base.epoch}:${base.version}` } : room);
        const url = `${addresses[link.transport]}?${query}`;
        const protocols = token === null ? ["scorecast.v1"] : ["scorecast.v1", `bearer.${token}`];
        let source;
        try {
            source = link.transport === "events" ? new EventSource(url) : new WebSocket(url, protocols);
        } catch {
            return this.#lost("unreachable");
        }
        // What an earlier connection still says is not heard.
        const current = (body) => (event) => link === this.#link && body(event);
        link.source = source;
        source.onopen = current(() => this.#opened(link, base !== null));
        source.onmessage = current(({ data }) => this.#heard(link, data));
        if (link.transport === "events") source.onerror = current(() => this.#lost("closed"));
        else source.onclose = current((event) => this.#lost("closed", event));
    }

    #opened(link, isResuming) {
        link.openedAt = link.heardAt = Date.now();
        this.#expectQuiet();
        // A state that is current is not sent again: nothing may come for a long time.
        if (isResuming) this.#becomeLive();
    }

    #heard(link, text) {
        let message;
        try {
            message = parseMessage(text);
        } catch {
            return this.#lost("broken");
        }
        link.heardAt = Date.now();
        this.#expectQuiet();
        // Any message is a sign of life; what a misfit waits for is a snapshot.
        if (this.#room.base !== null) this.#cancel("answer");
        switch (message?.type) {
        case undefined:
            break;
        case "reconnect": {
            const afterMs = Math.min(message.afterMs, WAITS.ASKED_MAX_MS);
            link.comeBackAt = link.heardAt + afterMs;
            // The server goes on sending until it closes, and nothing is missed meanwhile.
            this.#after("phase", afterMs, () => this.#lost("asked_to_reconnect"));
            break;
        }
        case "error": {
            link.complaint = message.code;
            const facts = { final: false, serverCode: message.code };
            this.#call("onError", new ScoreboardError("complaint", message.message || message.code, facts));
            break;
        }
        default:
            this.#take(link, message);
        }
    }

    #take(link, message) {
        if (message.board !== this.#settings.room.board || message.window !== this.#settings.room.window) return;
        const { room, outcome } = applyMessage(this.#room, message);
        this.#room = room;
        if (outcome === "misfit") return this.#rejoin(link);
        this.#cancel("answer");
        this.#heardSocket ||= link.transport === "websocket";
        if (outcome === "changed") {
            this.#renewChange();
            this.#call("onState", room.shown);
        }
        if (link === this.#link) this.#becomeLive();
    }

    #becomeLive() {
        const { base, shown } = this.#room;
        if (this.#link.comeBackAt === null) this.#cancel("phase");
        const behind = base.epoch !== shown.epoch || base.version < shown.version;
        this.#tell({ phase: "live", behind, loss: null });
    }

    /** A snapshot is needed. Deltas that were on their way come before it, and do not fit either. */
    #rejoin(link) {
        if (this.#timers.answer !== undefined) return;
        const isRecurring = link.rejoinedAt !== null && Date.now() - link.rejoinedAt < WAITS.PROVEN_MS;
        link.rejoinedAt = Date.now();
        if (isRecurring) this.#lost("misfit");
        else this.#ask("misfit");
    }

    /** To join the room again is answered with a snapshot. An event stream cannot ask: it is opened again. */
    #ask(reason) {
        const { transport, source } = this.#link;
        if (transport === "events") return this.#lost(reason);
        if (this.#timers.answer !== undefined) return;
        this.#after("answer", WAITS.ANSWER_MS, () => this.#lost(reason));
        source.send(JSON.stringify({ type: "join-room", ...this.#settings.room }));
    }

    /** Browsers show no pings, so a connection that died looks open, for minutes or for ever. */
    #expectQuiet() {
        const rarely = this.#link.transport === "events" ? 4 : 1;
        this.#after("quiet", WAITS.QUIET_MS * rarely * (0.75 + Math.random() / 2), () => this.#ask("silent"));
    }

    #lost(reason, { code = null, reason: words = "", wasClean = false } = {}) {
        const [now, link] = [Date.now(), this.#link];
        if (code >= 4400) return this.#end(closed(code, words, link.complaint));
        this.#drop();
        const heardAt = wasClean ? now : link.heardAt;
        if (link.openedAt !== null && heardAt - link.openedAt >= WAITS.PROVEN_MS) this.#failures = 0;
        this.#failures += 1;
        if (reason === "broken" || reason === "misfit") this.#room = { ...this.#room, base: null };
        const askedMs = link.comeBackAt && link.comeBackAt - now;
        const wait = waitMs({ failures: this.#failures, closeCode: code, askedMs }, Math.random());
        const since = this.#status.loss?.since ?? (reason === "silent" ? link.heardAt : now);
        const loss = { reason: link.openedAt === null && reason === "closed" ? "unreachable" : reason, code, since };
        this.#wait(wait, { behind: false, loss: { ...loss, asked: askedMs !== null } });
    }

    #wait(ms, status = {}) {
        this.#after("phase", ms, () => this.#connect());
        this.#tell({ phase: "waiting", retryAt: Date.now() + ms, ...status });
    }

    #end(error) {
        if (this.#status.phase === "ended") return;
        this.#drop();
        this.#listening.abort();
        this.#error = error;
        this.#tell({ phase: "ended", behind: false, retryAt: null });
        this.#renewChange();
        if (error !== null) this.#call("onError", error);
    }

    /** Lets go of the connection, and of all that waits. */
    #drop() {
        this.#cancel("phase", "quiet", "answer");
        const source = this.#link?.source;
        this.#link = null;
        source?.close(1000);
    }

    /** Coming back into view or online is a hint to look whether the connection lives, or to try sooner. */
    #check() {
        if (globalThis.document?.hidden) return;
        const [now, { phase, retryAt, loss }] = [Date.now(), this.#status];
        if (phase === "waiting" && retryAt !== null && !loss.asked) {
            const soonMs = Math.max(this.#triedAt + WAITS.HURRY_MS - now, Math.random() * WAITS.HURRY_MS);
            if (now + soonMs < retryAt) this.#wait(soonMs);
        } else if (phase === "live" && now - this.#link.heardAt >= WAITS.FRESH_MS) {
            this.#ask("silent");
        }
    }

    #listenToPage() {
        const { signal } = this.#listening;
        const listen = (target, type, body) => target?.addEventListener?.(type, body, { signal });
        listen(globalThis.document, "visibilitychange", () => this.#check());
        for (const type of ["online", "offline"]) listen(globalThis, type, () => this.#check());
        // A page with an open connection cannot be kept for the back button.
        listen(globalThis, "pagehide", () => {
            this.#drop();
            const loss = { reason: "page_hidden", code: null, since: Date.now(), asked: false };
            this.#tell({ phase: "waiting", behind: false, retryAt: null, loss });
        });
        listen(globalThis, "pageshow", ({ persisted }) => persisted && this.retry());
    }

    #after(name, ms, body) {
        clearTimeout(this.#timers[name]);
        this.#timers[name] = setTimeout(() => {
            delete this.#timers[name];
            body();
        }, ms);
    }

    #cancel(...names) {
        for (const name of names) {
            clearTimeout(this.#timers[name]);
            delete this.#timers[name];
        }
    }

    #tell(changes) {
        const before = this.#status;
        if (Object.keys(changes).every((key) => changes[key] === before[key])) return;
        this.#status = Object.freeze({ ...before, ...changes });
        this.#call("onStatus", this.#status);
    }

    #renewChange() {
        this.#wake?.();
        this.#change = new Promise((resolve) => { this.#wake = resolve; });
    }

    /** What the caller does in a callback is not ours to fail on, and not ours to hide. */
    #call(name, value) {
        try {
            this.#settings[name]?.(value);
        } catch (error) {
            (globalThis.reportError ?? console.error)(error);
        }
    }
}

function closed(code, words, serverCode) {
    const kind = { 4401: "unauthorized", 4403: "forbidden", 4404: "not_found" }[code] ?? "refused";
    const message = `the server closed the connection with code ${code}${words && `: ${words}`}`;
    return new ScoreboardError(kind, message, { closeCode: code, serverCode });
}
