// What the scoreboard page decides, apart from the page: what a message does to the board, how the rows of one board
// become the rows of the next, when to come back after a close, which words to show. No DOM, no clock, no randomness:
// the time and the dice are arguments, so that each decision can be tested by calling it.

/** Waits and sizes. Milliseconds where the name ends in `_MS`. */
export const LIMITS = Object.freeze({
    ROWS: 10,
    // Of the epochs and periods that ended, how many are remembered in order to turn down their late messages.
    RETIRED: 8,
    BACKOFF_MIN_MS: 100,
    BACKOFF_BASE_MS: 500,
    BACKOFF_CAP_MS: 30_000,
    // A server may ask for a pause before the next try; a longer one than this is cut.
    COME_BACK_MAX_MS: 120_000,
    // A connection that lived this long proves that the server is well, and the backoff starts over.
    STABLE_MS: 10_000,
    ANNOUNCE_MS: 5_000,
    SPARK_SECONDS: 60,
    TEXT: 200,
});

/** The board before the first message. */
export const EMPTY_BOARD = Object.freeze({
    epoch: null, version: null, period: null, history: null, retired: [], entries: [], changedAt: null, updates: 0,
});

/**
 * Reads one text message of the server. Returns null for anything that is not a well-formed message of a known type:
 * half a board would mislead, and types of later versions of the protocol are not ours to fail on.
 */
export function parseMessage(text) {
    let raw;
    try {
        raw = JSON.parse(text);
    } catch {
        return null;
    }
    switch (raw?.type) {
    case "snapshot":
    case "leaderboard-update":
        return parseStandings(raw);
    case "reconnect":
        if (!Number.isFinite(raw.after_ms)) return null;
        return { type: raw.type, afterMs: Math.min(Math.max(raw.after_ms, 0), LIMITS.COME_BACK_MAX_MS) };
    case "error":
        return { type: raw.type, code: shortText(raw.code), message: shortText(raw.message) };
    default:
        return null;
    }
}

function parseStandings(raw) {
    const epochIsKey = typeof raw.epoch === "string" || Number.isFinite(raw.epoch);
    if (!epochIsKey || !Number.isSafeInteger(raw.version) || !Array.isArray(raw.entries)) return null;
    const entries = [];
    const seen = new Set();
    for (const entry of raw.entries.slice(0, LIMITS.ROWS)) {
        const { rank, user_id: userID, score } = entry ?? {};
        const sound = Number.isSafeInteger(rank) && rank >= 1 && typeof userID === "string" && Number.isFinite(score);
        if (!sound || seen.has(userID)) return null;
        seen.add(userID);
        entries.push({ rank, userID, score });
    }
    return {
        type: raw.type,
        board: raw.board,
        window: raw.window,
        period: typeof raw.period === "string" ? raw.period : null,
        epoch: String(raw.epoch),
        version: raw.version,
        at: Number.isFinite(raw.at) ? raw.at : null,
        entries,
    };
}

function shortText(value) {
    return typeof value === "string" ? value.slice(0, LIMITS.TEXT) : "";
}

/**
 * Puts a snapshot or an update on the board. `outcome` is `applied`; `same` (the version shown already);
 * `older` (turned down: versions only grow within an epoch, and an epoch or a period that ended stays ended);
 * or `elsewhere` (another room). The board given is never altered.
 */
export function applyStandings(board, message, room, now) {
    if (message.board !== room.board || message.window !== room.window) return { board, outcome: "elsewhere" };
    const history = JSON.stringify([message.epoch, message.period]);
    if (board.retired.includes(history)) return { board, outcome: "older" };
    if (history === board.history) {
        if (message.version < board.version) return { board, outcome: "older" };
        if (message.version === board.version) return { board, outcome: "same" };
    }
    const ended = board.history !== null && board.history !== history ? [board.history] : [];
    // An update is pushed as it happens; a snapshot may be of long ago, and only the server's clock knows.
    const changedAt = message.type === "snapshot" && message.at !== null ? Math.min(message.at, now) : now;
    const next = {
        epoch: message.epoch,
        version: message.version,
        period: message.period,
        history,
        retired: [...board.retired, ...ended].slice(-LIMITS.RETIRED),
        entries: message.entries,
        changedAt,
        updates: board.updates + (board.history === null ? 0 : 1),
    };
    return { board: next, outcome: "applied" };
}

/**
 * What changes between the board drawn and the board to draw. Each row tells whether it `entered`, by how many ranks
 * it rose (`rankChange`, negative: fell) and what it scored (`scoreChange`); `left` are the ids that are gone.
 * Across two histories a difference of scores says nothing, so it is 0.
 */
export function computeMoves(before, after) {
    const old = new Map(before.entries.map((entry) => [entry.userID, entry]));
    const comparable = before.history === after.history;
    const rows = after.entries.map((entry) => {
        const was = old.get(entry.userID);
        old.delete(entry.userID);
        return {
            ...entry,
            entered: was === undefined,
            rankChange: was ? was.rank - entry.rank : 0,
            scoreChange: was && comparable ? entry.score - was.score : 0,
        };
    });
    return { rows, left: [...old.keys()] };
}

/**
 * Whether to announce the leader: `news` is `{leaderID, at}`, the one last announced and when. A new leader is said at
 * most once in `ANNOUNCE_MS`; one who loses the lead within that time was not worth a sentence.
 */
export function leaderNews(news, entries, now) {
    const leaders = entries.filter((entry) => entry.rank === entries[0].rank);
    if (leaders.length === 0 || leaders.some((entry) => entry.userID === news.leaderID)) return { news, say: null };
    if (now - news.at < LIMITS.ANNOUNCE_MS) return { news, say: null };
    return { news: { leaderID: leaders[0].userID, at: now }, say: leaders[0] };
}

/**
 * What to do after a close: `{retry, delayMs, why}`. From 4400 on the server wants no return. Below, exponential
 * backoff with full jitter (`dice` is in [0, 1)), unless the server itself said when to come back.
 */
export function afterClose({ code, reason = "", attempt, comeBackInMs = null, board = "" }, dice) {
    if (code >= 4400) return { retry: false, delayMs: null, why: refusal(code, reason, board) };
    if (comeBackInMs !== null) return { retry: true, delayMs: Math.max(comeBackInMs, 0), why: loss(1012) };
    // Too busy: three doublings ahead of a plain loss.
    const doublings = Math.min(attempt + (code === 1013 ? 3 : 0), 16);
    const ceiling = Math.min(LIMITS.BACKOFF_CAP_MS, LIMITS.BACKOFF_BASE_MS * 2 ** doublings);
    const delayMs = Math.max(LIMITS.BACKOFF_MIN_MS, Math.floor(dice * ceiling));
    return { retry: true, delayMs, why: loss(code) };
}

function refusal(code, reason, board) {
    switch (code) {
    case 4401: return `The board “${board}” is private: it needs a token that this page does not have.`;
    case 4403: return `The board “${board}” is not open to you.`;
    case 4404: return `There is no board “${board}”.`;
    default: return `The server closed the connection for good (${reason ? `${code}: ${reason}` : code}).`;
    }
}

function loss(code) {
    switch (code) {
    case 1001:
    case 1012: return "The server is restarting.";
    case 1013: return "The server is busy.";
    default: return "The connection was lost.";
    }
}

/**
 * The words for the state of the connection: `label` changes only with the state (it is announced), `detail` may
 * change every second (it is not), `notice` is a sentence for when the standings cannot be trusted to be current.
 */
export function statusText(link, now, clock) {
    const stale = link.staleSince !== null && link.hasBoard ? `Stale since ${clock(link.staleSince)}. ` : "";
    switch (link.phase) {
    case "live":
        return { label: "Live", detail: link.behind ? "node catching up" : "", notice: link.complaint };
    case "waiting": {
        const seconds = Math.max(1, Math.ceil((link.retryAt - now) / 1000));
        return { label: "Reconnecting", detail: `in ${seconds} s`, notice: stale + link.why };
    }
    case "stopped":
        return { label: "Not connected", detail: "", notice: stale + link.why };
    default:
        if (link.staleSince === null) return { label: "Connecting", detail: "", notice: "" };
        return { label: "Reconnecting", detail: "now", notice: stale + link.why };
    }
}

/** How long ago, in words short enough for a footer. */
export function ageText(ms) {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    if (seconds < 2) return "just now";
    if (seconds < 60) return `${seconds} s ago`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
    if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
    return `${Math.floor(seconds / 86_400)} d ago`;
}

/** The window's name for people; `period` is the run of it, such as `2026-11-20`. */
export function windowText(window, period) {
    const names = { all: "All time", daily: "Daily", weekly: "Weekly", monthly: "Monthly" };
    const name = Object.hasOwn(names, window) ? names[window] : window;
    return window !== "all" && period !== null ? `${name} ${period}` : name;
}

/** Updates in each of the last `SPARK_SECONDS` seconds, oldest first; the last one is the second that runs. */
export const EMPTY_PULSE = Object.freeze({ second: null, counts: Array(LIMITS.SPARK_SECONDS).fill(0) });

/** Moves the pulse on to `now` and adds `updates` to the second that runs. */
export function beat(pulse, now, updates) {
    const second = Math.floor(now / 1000);
    const passed = pulse.second === null ? 0 : Math.min(Math.max(second - pulse.second, 0), LIMITS.SPARK_SECONDS);
    const counts = [...pulse.counts.slice(passed), ...Array(passed).fill(0)];
    counts[counts.length - 1] += updates;
    return { second: pulse.second === null ? second : Math.max(second, pulse.second), counts };
}

/** Updates a second over the last `seconds` seconds that are complete. */
export function pulseRate(pulse, seconds) {
    const complete = pulse.counts.slice(-1 - seconds, -1);
    return complete.reduce((sum, count) => sum + count, 0) / seconds;
}

/** The pulse as the `d` of an SVG path: one bar a second, in a box of `width` by `height`. */
export function pulsePath(pulse, width, height) {
    const complete = pulse.counts.slice(0, -1);
    const step = width / complete.length;
    const peak = Math.max(4, ...complete);
    const bars = complete.map((count, index) => {
        const bar = (count === 0 ? 1 : Math.max(2, (count / peak) * height)).toFixed(2);
        return `M${(index * step).toFixed(2)} ${height}v-${bar}h${(step * 0.6).toFixed(2)}v${bar}z`;
    });
    return bars.join("");
}
