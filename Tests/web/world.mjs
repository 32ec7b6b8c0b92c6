// The environment of a page for scorecast.js, in which time passes only when a test says so: timers, clock, dice,
// WebSocket, EventSource, document and window. `world(t)` puts it in place of the real one until the test ends.

import { follow } from "../../web/scorecast.js";

const EPOCH_MS = 1_790_000_000_000;
const { setImmediate } = globalThis;
const clockAndDice = [[Date, "now", Date.now], [Math, "random", Math.random]];

/** A new world, in place of the real one. */
export function world(t) {
    const made = new World();
    for (const [name, value] of Object.entries(made.globals)) {
        define(name, { value, configurable: true, writable: true });
    }
    Date.now = () => made.now;
    Math.random = () => made.dice;
    t.after(restore);
    return made;
}

/** Follows in a world of the test's own; records the callbacks. */
export async function following(t, options = {}) {
    const page = world(t);
    const told = { states: [], phases: [], errors: [] };
    const follower = follow({
        onState: (state) => told.states.push(state.version),
        onStatus: ({ phase }) => told.phases.push(phase),
        onError: (error) => told.errors.push(error),
        ...options,
    });
    t.after(() => follower.close());
    await page.settle();
    return { page, told, follower };
}

/** The same, connected and with a first state: version 5, a 3, b 2. */
export async function live(t, options) {
    const all = await following(t, options);
    all.page.socket.open();
    all.page.socket.say(snapshot(5, [["a", 3], ["b", 2]]));
    return all;
}

class World {
    now = EPOCH_MS;
    dice = 0.5;
    sockets = [];
    streams = [];
    reported = [];
    // The requests over HTTP, and their answers: no network unless a test says otherwise.
    asked = [];
    answer = () => { throw new TypeError("Failed to fetch"); };
    document = Object.assign(new EventTarget(), { hidden: false });
    #timers = new Map();
    #nextTimer = 1;
    #window = new EventTarget();

    get globals() {
        const { sockets, streams } = this;
        return {
            setTimeout: (body, ms) => {
                this.#timers.set(this.#nextTimer, { body, at: this.now + ms });
                return this.#nextTimer++;
            },
            clearTimeout: (id) => this.#timers.delete(id),
            WebSocket: class extends FakeSocket {
                constructor(url, protocols) {
                    super(url, protocols);
                    sockets.push(this);
                }
            },
            EventSource: class extends FakeStream {
                constructor(url) {
                    super(url);
                    streams.push(this);
                }
            },
            document: this.document,
            location: { origin: "https://scores.example" },
            fetch: async (url, { mode = "cors" }) => {
                this.asked.push({ url: new URL(url), mode });
                return this.answer(mode);
            },
            addEventListener: this.#window.addEventListener.bind(this.#window),
            reportError: (error) => this.reported.push(error),
        };
    }

    /** The last socket made. */
    get socket() { return this.sockets.at(-1); }

    /** How many timers are set. */
    get timers() { return this.#timers.size; }

    /** Lets the handlers of settled promises run. */
    settle() { return new Promise((done) => setImmediate(done)); }

    /** Lets time pass, with the timers that fall into it. */
    async pass(ms) {
        const end = this.now + ms;
        await this.settle();
        for (;;) {
            const [id, timer] = [...this.#timers].sort((a, b) => a[1].at - b[1].at)[0] ?? [];
            if (timer === undefined || timer.at > end) break;
            this.#timers.delete(id);
            this.now = Math.max(this.now, timer.at);
            timer.body();
            await this.settle();
        }
        this.now = end;
    }

    /** An event of the window, or of the document. */
    happen(type, facts = {}) {
        const target = type === "visibilitychange" ? this.document : this.#window;
        target.dispatchEvent(Object.assign(new Event(type), facts));
    }
}

class FakeSocket {
    sent = [];
    closedWith = null;

    constructor(url, protocols) {
        Object.assign(this, { url: new URL(url), protocols });
    }

    get query() { return Object.fromEntries(this.url.searchParams); }

    send(text) { this.sent.push(JSON.parse(text)); }

    close(code = 1005) { this.closedWith ??= code; }

    open() { this.onopen({}); }

    say(message) { this.onmessage({ data: typeof message === "string" ? message : JSON.stringify(message) }); }

    end(code = 1006, reason = "") { this.onclose({ code, reason, wasClean: code !== 1006 }); }
}

class FakeStream extends FakeSocket {
    fail() { this.onerror({}); }
}

/** A snapshot of the board `global`: `users` are `[id, score]`, best first. */
export function snapshot(version, users, more = {}) {
    const entries = users.map(([user_id, score], index) => ({ rank: index + 1, user_id, score }));
    const head = { board: "global", window: "all", period: "all", epoch: "e1", version, at: EPOCH_MS + version };
    return { type: "snapshot", ...head, entries, ...more };
}

/** A delta of the board `global`. */
export function delta(from, version, changes, more = {}) {
    const head = { board: "global", window: "all", epoch: "e1", from, version, at: EPOCH_MS + version };
    return { type: "leaderboard-delta", ...head, changes, ...more };
}

/** The one change of a delta: another score. */
export function score(user_id, rank, value) {
    return [{ op: "score", user_id, rank, score: value }];
}

function define(name, descriptor) {
    if (descriptor) Object.defineProperty(globalThis, name, descriptor);
    else delete globalThis[name];
}

const originals = Object.keys(new World().globals).map((name) => [
    name, Object.getOwnPropertyDescriptor(globalThis, name),
]);

function restore() {
    for (const [name, descriptor] of originals) define(name, descriptor);
    for (const [owner, name, value] of clockAndDice) owner[name] = value;
}
