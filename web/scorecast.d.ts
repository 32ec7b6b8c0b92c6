import type {
    Challenge, ChallengeOptions, ChallengeRoom, NotificationOptions, Notifications, Passing, Place,
} from "./scorecast-play.js";

export type {
    Challenge, ChallengeMember, ChallengeOptions, ChallengeRoom, ChallengeState, Hint, Notification,
    NotificationOptions, Notifications, Passing, Place,
} from "./scorecast-play.js";

/** One place of a board. */
export interface Entry {
    /** From 1. On boards with shared ranks several entries can have the same one. */
    readonly rank: number;
    readonly user_id: string;
    readonly score: number;
}

/** The top of a board at one version. */
export interface State {
    readonly board: string;
    readonly window: string;
    /**
     * The period of the window, such as `2026-11-20`; `all` for the window without end. When a period ends, the next
     * state has the new one.
     */
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

/** The reason why a server refuses a client's handshakes, as far as it says so over HTTP. */
export interface Refusal {
    /** The HTTP status; null if the page may not see it. */
    readonly status: number | null;
    /**
     * The server's own stable code, such as `unavailable` or `rate_limited`; `origin`: it answers, but does not serve
     * pages of this origin; `no_websocket`: it would accept this client, so something on the way stops WebSockets.
     */
    readonly code: string | null;
    /** A sentence for people. */
    readonly message: string;
}

/** The reason why an attempt failed or a connection ended. */
export interface Loss {
    readonly reason:
        /** There was no connection: no network, no server, a refused handshake. Browsers do not say which. */
        | "unreachable"
        /** The attempt took longer than 10 s. */
        | "timed_out"
        /** The connection ended. */
        | "closed"
        /** Nothing came, and the server did not answer a question either. */
        | "silent"
        /** A malformed message. */
        | "broken"
        /** Deltas that did not fit, again after a snapshot. */
        | "misfit"
        /** The server stops, and said when to come back. */
        | "asked_to_reconnect"
        /** The token function did not return a usable token. */
        | "no_token"
        /** The token expired; the function is asked for another. */
        | "token_expired"
        /** The page was left, and may come back. */
        | "page_hidden";
    /** The WebSocket close code, if there was one. */
    readonly code: number | null;
    /** The time since which the state may be out of date, in milliseconds since 1970 by this machine's clock. */
    readonly since: number;
    /** Whether the server said when to come back. */
    readonly asked: boolean;
    /** The reason for refusals, asked for after three failed attempts in a row; null if nothing is known. */
    readonly refusal: Refusal | null;
}

/** The state of the connection. */
export interface Status {
    /**
     * `live`: the state is current. `stale`: the connection is up, but the server receives no changes itself; it will
     * be `live` again. `waiting`: there will be another attempt. `ended`: there will be none. `idle`: there is no room
     * to follow.
     */
    readonly phase: "idle" | "connecting" | "live" | "stale" | "waiting" | "ended";
    readonly transport: "websocket" | "events";
    /** Whether the present node does not have the shown version yet. It catches up in a moment. */
    readonly behind: boolean;
    /**
     * The time since which the present server has received no changes, in milliseconds since 1970; null while it
     * receives them, and without a connection.
     */
    readonly staleSince: number | null;
    /** The time of the next attempt, in milliseconds since 1970; null if none is set. */
    readonly retryAt: number | null;
    /** The reason why the last connection ended; null while one is open. */
    readonly loss: Loss | null;
}

/** The kind of an error. */
export class ScoreboardError extends Error {
    constructor(
        kind: ScoreboardError["kind"],
        message: string,
        facts?: {
            final?: boolean; closeCode?: number | null; serverCode?: string | null; reason?: string | null;
        },
    );
    readonly kind:
        /** Invalid options; thrown at once, and names all of them. */
        | "invalid_configuration"
        /** The token is missing, expired or not accepted (close code 4401). */
        | "unauthorized"
        /** The token is valid, but does not allow this (4403). */
        | "forbidden"
        /** There is no such board or window (4404). */
        | "not_found"
        /** Any other close code from 4400 on, such as 4400 for a malformed request, or a room that the server refuses.
         * */
        | "refused"
        /** The server sent an error message. The connection continues, unless the server closes it. */
        | "complaint";
    /** Whether this is the end of the room or connection that reports it: there are no further attempts. */
    readonly final: boolean;
    readonly closeCode: number | null;
    /** The server's own stable code, such as `unknown_board`, if it gave one. */
    readonly serverCode: string | null;
    /** The server's own words, if it gave any; for people. */
    readonly reason: string | null;
}

/** The server, and the callbacks for the connection. */
export interface ConnectionOptions {
    /** `https://host:port` or `wss://…`; without a path, `/ws/scoreboard`. Default: the page's origin. */
    url?: string;
    /**
     * The JWT for private boards, or a function that gets one, or a session. The function is called before each
     * connection, and has 10 s; `isRefused` says that the last token was good, but no longer is. If it throws a
     * `ScoreboardError`, that is the end; after anything else there is another attempt.
     */
    token?: string | ((isRefused: boolean) => string | Promise<string>) | Session | null;
    /** Ends it when it aborts, like `close()`. */
    signal?: AbortSignal | null;
    /** Called when the status of the connection changes. */
    onStatus?: (status: Status) => void;
    /** Called with each error; the last one is `final` if the server refuses further connections. */
    onError?: (error: ScoreboardError) => void;
    /** Called when a challenge of this user has been generated, with what `GET /challenges/{id}` tells of it. */
    onChallenge?: (challenge: Challenge) => void;
    /** The class to use, such as that of the package `ws`. Default: the global one. */
    WebSocket?: unknown;
    /** The class to fall back to. Default: the global one, if there is one. */
    EventSource?: unknown;
}

/** The room to follow, and its callbacks. */
export interface RoomOptions {
    /** Default `global`. */
    board?: string;
    /** Default `all`. A board need not have a window of that name. */
    window?: string;
    /** 1 to 100, default 10; no more than the board's top are sent. */
    limit?: number;
    /** The messages after the first one: the changes (the default), or the whole top. */
    mode?: "delta" | "full";
    /** Also tells the place of the token's user, wherever it is. It needs a token. */
    me?: boolean;
    /** Leaves the room when it aborts. */
    signal?: AbortSignal | null;
    /** Called with each newer state. */
    onState?: (state: State) => void;
    /** Called with the user's own place: when its score changes, and at most every 5 s when others move it. */
    onRank?: (place: Place) => void;
    /** Called when somebody who stood below the user has passed it, at most once a second. */
    onPassed?: (passing: Passing) => void;
    /** Called with the reason when the room has ended, unless it was left. */
    onError?: (error: ScoreboardError) => void;
}

/** The options for following one board. `onError` and `signal` are those of the connection. */
export interface Options extends ConnectionOptions, Omit<RoomOptions, "onError" | "signal"> {}

/** Follows a board until it is closed. As a sequence it gives the newest state, and then each time a newer one. */
export interface Follower extends AsyncIterable<State> {
    /** The newest state; null before the first. */
    readonly state: State | null;
    /** The place of the user, if `me` was asked for; null before the first. */
    readonly me: Place | null;
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
    /** The place of the user, if `me` was asked for; null before the first. */
    readonly me: Place | null;
    /** The reason why it has ended; null while it is open, and if it was left. */
    readonly error: ScoreboardError | null;
    /** Ends it; the other rooms of the connection continue. */
    leave(): void;
}

/** One connection for boards, challenges and notifications. It is open while there is one of them. */
export interface Connection {
    readonly status: Status;
    /** Follows a room: one for each board and window, 64 in all. Throws `invalid_configuration`. */
    join(options?: RoomOptions): Room;
    /** Enters the room of a challenge: 64 in all. It needs a token. Throws `invalid_configuration`. */
    challenge(id: string, options?: ChallengeOptions): ChallengeRoom;
    /** The notifications of the token's user, once at a time. It needs a token. Throws `invalid_configuration`. */
    notifications(options?: NotificationOptions): Notifications;
    /** Ends it, and all its rooms. */
    close(): void;
    /** Makes the next attempt now instead of later. */
    retry(): void;
}

/** Follows a board, by a connection of its own. Throws a `ScoreboardError` of the kind `invalid_configuration`. */
export function follow(options?: Options): Follower;

/** A connection for several rooms. Throws a `ScoreboardError` of the kind `invalid_configuration`. */
export function connect(options?: ConnectionOptions): Connection;

/** A user, as the server tells it to the user itself. */
export interface User {
    readonly id: string;
    readonly username?: string;
    readonly name?: string | null;
    readonly [member: string]: unknown;
}

/** A place for tokens, such as `localStorage`. */
export interface SessionStorage {
    getItem(key: string): string | null | Promise<string | null>;
    setItem(key: string, value: string): unknown;
    removeItem(key: string): unknown;
}

/** The reason for the end of a session. */
export type SessionEnd =
    /** `logout()` was called. */
    | "logout"
    /** The server refused to go on: the session was ended, has expired, or its user was banned. */
    | "refused"
    /** Another page that shares the storage logged out, or logged in again. */
    | "elsewhere";

/** The server and the storage of a session. */
export interface SessionOptions {
    /** `https://host:port`, with a path if a proxy adds one. Default: the page's origin. */
    base?: string;
    /** Where to keep the tokens. Default: the memory of this page or process. */
    storage?: SessionStorage | null;
    /** Called once, with the reason for the end. */
    onEnd?: ((reason: SessionEnd) => void) | undefined;
}

/** One login: an access token that is refreshed in time. */
export interface Session {
    readonly base: string;
    /** The user, as of the login or the last refresh that told. */
    readonly user: User | null;
    /** The reason for the end; null while the session goes on. */
    readonly ended: SessionEnd | null;
    onEnd: ((reason: SessionEnd) => void) | undefined;
    /**
     * A valid access token. All who ask at the same time wait for one refresh. `renew` asks for another token than the
     * present one, since the server has refused it. Throws a `ScoreboardError` (`unauthorized`) after the end of the
     * session, and a `SessionError` (`unavailable`) if there is no valid token at the moment.
     */
    token(options?: { renew?: boolean }): Promise<string>;
    /**
     * `fetch` with the token, on this server only. If the server refuses the token, the request is repeated once with
     * another one. A path that begins with `/` is one below `base`.
     */
    fetch(url: string | URL, init?: RequestInit): Promise<Response>;
    /**
     * Ends the session, or with `everywhere` all sessions of the user. Here it ends in any case; throws a
     * `SessionError` if the server could not be told.
     */
    logout(options?: { everywhere?: boolean }): Promise<void>;
}

/** A request about an account that failed. */
export class SessionError extends Error {
    constructor(kind: SessionError["kind"], message: string, facts?: Partial<
        Pick<SessionError, "status" | "code" | "details" | "retryAfterMs">> & { cause?: unknown });
    readonly kind:
        /** The server does not do this, such as 401 for a wrong password. */
        | "refused"
        /** No answer, a limit (429), or a server in trouble (5xx): later it may succeed. */
        | "unavailable"
        /** The request was not sent. */
        | "invalid_configuration";
    /** The HTTP status; null without an answer. */
    readonly status: number | null;
    /** The server's own stable code, such as `invalid_credentials` or `taken`. */
    readonly code: string | null;
    /** The fields at fault, each with the reason for people. */
    readonly details: readonly { readonly field: string; readonly reason: string }[];
    /** The time that the server asks to wait for; null if it does not. */
    readonly retryAfterMs: number | null;
}

/** Logs in. Throws a `SessionError`, or a `ScoreboardError` (`invalid_configuration`). */
export function login(
    options: SessionOptions & { password: string } & ({ username: string } | { email: string }),
): Promise<Session>;

/** Makes an account, and logs in. Throws as `login` does. */
export function register(
    options: SessionOptions & { username: string; password: string; email?: string; name?: string },
): Promise<Session>;

/** The session that the storage holds, from an earlier page or process; null if it holds none. */
export function resume(options?: SessionOptions): Promise<Session | null>;
