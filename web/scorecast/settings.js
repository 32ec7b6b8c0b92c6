// The options of scorecast.js: their defaults and their checks. All problems are reported at once.

import { ScoreboardError } from "./errors.js";

const CONNECTION_OPTIONS = ["url", "token", "signal", "onStatus", "onError", "WebSocket", "EventSource"];
const ROOM_OPTIONS = ["board", "window", "limit", "mode", "signal", "onState", "onError"];

/** Conditions that name misspelt options. `kind` says whose options they are: `follow` takes those of both others. */
export function knownOptions(options, kind) {
    const known = { connect: CONNECTION_OPTIONS, join: ROOM_OPTIONS, follow: [...CONNECTION_OPTIONS, ...ROOM_OPTIONS] };
    return Object.keys(options).filter((name) => !known[kind].includes(name)).map((name) => [
        false, `${name.slice(0, 64)} is not an option of ${kind}`,
    ]);
}

/** The settings of a connection. */
export function connectionSettings(options) {
    const {
        url = globalThis.location?.origin, signal = null, onStatus, onError,
        WebSocket = globalThis.WebSocket, EventSource = globalThis.EventSource,
    } = options;
    const token = tokenOf(options.token ?? null);
    const addresses = addressesOf(url);
    const settings = { addresses, token, signal, onStatus, onError, WebSocket, EventSource };
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

/** The settings of a room. */
export function roomSettings(options) {
    const { board = "global", window = "all", limit = 10, mode = "delta", signal = null, onState, onError } = options;
    const isName = (value) => typeof value === "string" && value !== "" && value.length <= 128;
    return [{ board, window, limit, mode, signal, onState, onError }, [
        [isName(board), "board must be a name"],
        [isName(window), "window must be a name"],
        [Number.isInteger(limit) && limit >= 1 && limit <= 100, "limit must be 1 to 100"],
        [mode === "full" || mode === "delta", "mode must be full or delta"],
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

/** Whether a token may be put into the list of subprotocols (RFC 9110, 5.6.2; RFC 6750, 2.1). */
export const isToken = (value) => typeof value === "string" && /^[\w.~+-]{1,8192}$/.test(value);

const isSignal = (value) => value === null || typeof value?.addEventListener === "function";

/** The addresses of both transports; `events` is null if it does not follow from the given path. */
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
