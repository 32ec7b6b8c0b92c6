// The options of scorecast.js: their defaults and their checks. All problems are reported at once.

import { ScoreboardError } from "./errors.js";
import { PLAY_LIMITS } from "./play-messages.js";

const CONNECTION_OPTIONS = ["url", "token", "signal", "onStatus", "onError", "onChallenge", "WebSocket", "EventSource"];
const ROOM_OPTIONS = ["board", "window", "limit", "mode", "me", "signal", "onState", "onRank", "onPassed", "onError"];
const KNOWN = {
    connect: CONNECTION_OPTIONS, join: ROOM_OPTIONS, follow: [...CONNECTION_OPTIONS, ...ROOM_OPTIONS],
    challenge: ["signal", "onState", "onHint", "onError"], notifications: ["signal", "onNotification", "onError"],
};

/** Conditions that name misspelt options. `kind` says whose options they are: `follow` takes those of both others. */
export function knownOptions(options, kind) {
    return Object.keys(options).filter((name) => !KNOWN[kind].includes(name)).map((name) => [
        false, `${name.slice(0, 64)} is not an option of ${kind}`,
    ]);
}

/** The settings of a connection. */
export function connectionSettings(options) {
    const {
        url = globalThis.location?.origin, signal = null, onStatus, onError, onChallenge,
        WebSocket = globalThis.WebSocket, EventSource = globalThis.EventSource,
    } = options;
    const token = tokenOf(options.token ?? null);
    const addresses = addressesOf(url);
    const api = options.token?.base ?? addresses?.api ?? null;
    const settings = { addresses, api, token, signal, onStatus, onError, onChallenge, WebSocket, EventSource };
    return [settings, [
        [addresses, "url must be http(s)://host[:port] or ws(s)://host[:port], without user, query and fragment"],
        [
            token === null || typeof token === "function" || isToken(token),
            "token must be a JWT, a function, or a session",
        ],
        [isSignal(signal), "signal must be an AbortSignal"],
        [typeof WebSocket === "function", "there is no WebSocket here, as in Node before 22: npm install ws, and give "
            + "its class as the option WebSocket (import WebSocket from \"ws\")"],
    ]];
}

/** The settings of a room; `token` is that of its connection. */
export function roomSettings(options, token) {
    const { board = "global", window = "all", limit = 10, mode = "delta", me = false, signal = null } = options;
    const { onState, onRank, onPassed, onError } = options;
    const isName = (value) => typeof value === "string" && value !== "" && value.length <= 128;
    return [{ board, window, limit, mode, me, signal, onState, onRank, onPassed, onError }, [
        [isName(board), "board must be a name"],
        [isName(window), "window must be a name"],
        [Number.isInteger(limit) && limit >= 1 && limit <= 100, "limit must be 1 to 100"],
        [mode === "full" || mode === "delta", "mode must be full or delta"],
        [typeof me === "boolean", "me must be true or false"],
        [me !== true || token !== null, "me needs a token"],
        [isSignal(signal), "signal must be an AbortSignal"],
    ]];
}

/** The settings of the room of a challenge. */
export function challengeSettings(id, options, token) {
    const { signal = null, onState, onHint, onError } = options;
    return [{ id, signal, onState, onHint, onError }, [
        [typeof id === "string" && PLAY_LIMITS.ID.test(id), "a challenge has an id of 22 characters"],
        [token !== null, "challenges need a token"],
        [isSignal(signal), "signal must be an AbortSignal"],
    ]];
}

/** The settings of notifications; `api` is the address of the routes, null if it is not known. */
export function notificationSettings(options, { token, api }) {
    const { signal = null, onNotification, onError } = options;
    return [{ signal, onNotification, onError }, [
        [token !== null, "notifications need a token"],
        [api !== null, "notifications need a session, or a url that ends with /ws/scoreboard or /ws"],
        [isSignal(signal), "signal must be an AbortSignal"],
    ]];
}

/** Throws one error for all conditions that do not hold. */
export function demandAll(conditions) {
    const problems = conditions.filter(([holds]) => !holds).map(([, problem]) => problem);
    if (problems.length > 0) throw new ScoreboardError("invalid_configuration", [...new Set(problems)].join("; "));
}

/** A session gives a token to each connection: another one if the server has refused the last. */
function tokenOf(token) {
    const isSession = typeof token === "object" && typeof token?.token === "function";
    return isSession ? (isRefused) => token.token({ renew: isRefused }) : token;
}

/** The token of a function: null if there is no usable one at the moment; `error` is one that ends everything. */
export async function tokenFrom(provider, isRefused) {
    try {
        const token = await provider(isRefused);
        return { token: isToken(token) ? token : null, error: null };
    } catch (error) {
        return { token: null, error: error instanceof ScoreboardError ? error : null };
    }
}

/** Whether a token may be put into the list of subprotocols (RFC 9110, 5.6.2; RFC 6750, 2.1). */
export const isToken = (value) => typeof value === "string" && /^[\w.~+-]{1,8192}$/.test(value);

const isSignal = (value) => value === null || typeof value?.addEventListener === "function";

/** The addresses of both transports and of the routes; null if one does not follow from the given path. */
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
    const prefix = /^(.*)\/ws(\/scoreboard)?$/.exec(path)?.[1] ?? null;
    return {
        websocket: `ws${s}://${host}${path}`, events: events && `http${s}://${host}${events}`,
        api: prefix === null ? null : `http${s}://${host}${prefix}`,
    };
}
