/** One place of a board. */
export interface Entry {
    /** From 1. On boards with shared ranks several entries can have the same. */
    readonly rank: number;
    readonly user_id: string;
    readonly score: number;
}

/** The top of a board at one version. */
export interface State {
    readonly board: string;
    readonly window: string;
    /** The run of the window, such as `2026-11-20`; `all` for the window without end. */
    readonly period: string;
    /** Names one unbroken history of the board. */
    readonly epoch: string;
    /** Grows within an epoch, and may skip. */
    readonly version: number;
    /** When the change was made, in milliseconds since 1970 by the server's clock. */
    readonly at: number;
    /** The top, best first. */
    readonly entries: readonly Entry[];
}

/** What a server has against a client whose handshakes it refuses, as far as it says so over HTTP. */
export interface Refusal {
    /** The HTTP status; null if the page may not see it. */
    readonly status: number | null;
    /**
     * The server's own stable code, such as `unavailable` or `rate_limited`; `origin`: it answers, but does not serve
     * pages of this origin; `no_websocket`: it would serve us, so something on the way stops WebSockets.
     */
    readonly code: string | null;
    /** A sentence for people. */
    readonly message: string;
}

/** Why an attempt failed or a connection ended. */
export interface Loss {
    readonly reason:
        /** There was no connection: no network, no server, a refused handshake. Browsers do not tell these apart. */
        | "unreachable"
        /** The attempt took longer than 10 s. */
        | "timed_out"
        /** The connection ended. */
        | "closed"
        /** Nothing came, and the server gave no answer either. */
        | "silent"
        /** A message that is none. */
        | "broken"
        /** Deltas that did not fit, again after a snapshot. */
        | "misfit"
        /** The server goes, and said when to come back. */
        | "asked_to_reconnect"
        /** The token function gave no usable token. */
        | "no_token"
        /** The token ran out; the function is asked for another. */
        | "token_expired"
        /** The page was left, and may come back. */
        | "page_hidden";
    /** The WebSocket close code, where there was one. */
    readonly code: number | null;
    /** Since when what is shown may be out of date: milliseconds since 1970 by this machine's clock. */
    readonly since: number;
    /** Whether the server said when to come back. */
    readonly asked: boolean;
    /** Why no connection comes about, asked for after three failed attempts in a row; null if nothing is known. */
    readonly refusal: Refusal | null;
}

/** How the connection is. */
export interface Status {
    /**
     * `live`: what is shown is current. `stale`: the connection is well, but the server receives no changes itself; it
     * will be `live` again. `waiting`: there will be another attempt. `ended`: there will be none. `idle`: there is no
     * room to follow.
     */
    readonly phase: "idle" | "connecting" | "live" | "stale" | "waiting" | "ended";
    readonly transport: "websocket" | "events";
    /** Whether the node that answers has not yet seen what was shown before. It catches up in a moment. */
    readonly behind: boolean;
    /**
     * Since when the server that answers has received no changes, in milliseconds since 1970; null while it does, and
     * without a connection.
     */
    readonly staleSince: number | null;
    /** When the next attempt is made, in milliseconds since 1970; null where none is set. */
    readonly retryAt: number | null;
    /** Why the last connection ended; null while all is well. */
    readonly loss: Loss | null;
}

/** What is wrong. */
export class ScoreboardError extends Error {
    constructor(
        kind: ScoreboardError["kind"],
        message: string,
        facts?: {
            final?: boolean; closeCode?: number | null; serverCode?: string | null; reason?: string | null;
        },
    );
    readonly kind:
        /** Options that cannot be used; thrown at once, all of them named. */
        | "invalid_configuration"
        /** The token is missing, expired or not accepted (close code 4401). */
        | "unauthorized"
        /** The token is good, and does not allow this (4403). */
        | "forbidden"
        /** There is no such board or window (4404). */
        | "not_found"
        /** Any other close code from 4400 on, such as 4400 for a malformed request, or a room that cannot be had. */
        | "refused"
        /** The server sent an error message. The connection goes on, unless the server closes it. */
        | "complaint";
    /** Whether this is the end, of the room or of the connection that tells it: nothing more is tried. */
    readonly final: boolean;
    readonly closeCode: number | null;
    /** The server's own stable code, such as `unknown_board`, where it gave one. */
    readonly serverCode: string | null;
    /** The server's own words, where it gave some; for people. */
    readonly reason: string | null;
}

/** Where to connect, and whom to tell about the connection. */
export interface ConnectionOptions {
    /** `https://host:port` or `wss://…`; without a path, `/ws/scoreboard`. Default: the page's origin. */
    url?: string;
    /**
     * The JWT for private boards, or a function that gets one. It is asked before each connection, and has 10 s; if it
     * throws a `ScoreboardError`, that is the end, anything else is tried again.
     */
    token?: string | (() => string | Promise<string>) | null;
    /** Ends it when it aborts, like `close()`. */
    signal?: AbortSignal | null;
    /** Told when something about the connection changes. */
    onStatus?: (status: Status) => void;
    /** Told what is wrong; the last call is `final` if the server wants no return. */
    onError?: (error: ScoreboardError) => void;
    /** The class to use, such as that of the package `ws`. Default: the global one. */
    WebSocket?: unknown;
    /** The class to fall back to. Default: the global one, if there is one. */
    EventSource?: unknown;
}

/** What to follow, and whom to tell about it. */
export interface RoomOptions {
    /** Default `global`. */
    board?: string;
    /** Default `all`. */
    window?: string;
    /** 1 to 100, default 10; no more than the board's top are sent. */
    limit?: number;
    /** What the server sends after the first message: what has changed (the default), or the whole top. */
    mode?: "delta" | "full";
    /** Leaves the room when it aborts. */
    signal?: AbortSignal | null;
    /** Told each newer state. */
    onState?: (state: State) => void;
    /** Told why the room has ended, unless it was left. */
    onError?: (error: ScoreboardError) => void;
}

/** What one board's follower needs. `onError` and `signal` are those of the connection. */
export interface Options extends ConnectionOptions, Omit<RoomOptions, "onError" | "signal"> {}

/** Follows a board until it is closed. As a sequence it gives the newest state, and then each time a newer one. */
export interface Follower extends AsyncIterable<State> {
    /** The newest state; null before the first. */
    readonly state: State | null;
    readonly status: Status;
    /** Ends it. */
    close(): void;
    /** Makes the next attempt now instead of later. */
    retry(): void;
}

/** A room of a connection. As a sequence it gives the newest state, and then each time a newer one. */
export interface Room extends AsyncIterable<State> {
    readonly board: string;
    readonly window: string;
    /** The newest state; null before the first. */
    readonly state: State | null;
    /** Why it has ended; null while it goes on, and when it was left. */
    readonly error: ScoreboardError | null;
    /** Ends it; the other rooms of the connection go on. */
    leave(): void;
}

/** One connection for several rooms. It is there while there is a room. */
export interface Connection {
    readonly status: Status;
    /** Follows a room: one for each board and window, 64 in all. Throws `invalid_configuration`. */
    join(options?: RoomOptions): Room;
    /** Ends it, and all its rooms. */
    close(): void;
    /** Makes the next attempt now instead of later. */
    retry(): void;
}

/** Follows a board, by a connection of its own. Throws a `ScoreboardError` of the kind `invalid_configuration`. */
export function follow(options?: Options): Follower;

/** A connection for several rooms. Throws a `ScoreboardError` of the kind `invalid_configuration`. */
export function connect(options?: ConnectionOptions): Connection;
