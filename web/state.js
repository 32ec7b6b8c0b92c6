// The decisions of the scoreboard page, apart from the page: how the rows of one board become the rows of the next, and
// which words to show. No DOM, no clock: the time is an argument, so that each decision can be tested by calling it.

export const LIMITS = Object.freeze({
    ROWS: 10,
    ANNOUNCE_MS: 5_000,
    SPARK_SECONDS: 60,
});

/** The facts before the first state: the `state` of the board, when it changed, and how many changes were seen. */
export const EMPTY_BOARD = Object.freeze({ state: null, changedAt: null, changes: 0 });

/**
 * The board with a newer state. A pushed change (`isPushed`) happens now. A state at the start of a connection may be
 * old, and only the server's clock knows how old.
 */
export function boardWith(board, state, isPushed, now) {
    const changes = board.changes + (board.state === null ? 0 : 1);
    return { state, changedAt: isPushed ? now : Math.min(state.at, now), changes };
}

/**
 * What changes between the state drawn (null before the first) and the state to draw. Each row says whether it
 * `entered`, by how many ranks it rose (`rankChange`, negative: fell) and what it scored (`scoreChange`); `left` are
 * the ids that are gone. Across two histories or periods a difference of scores says nothing, so it is 0. `shares` says
 * that others have the same rank.
 */
export function computeMoves(before, after) {
    const old = new Map(before?.entries.map((entry) => [entry.user_id, entry]));
    const comparable = before?.epoch === after.epoch && before.period === after.period;
    const rows = after.entries.map((entry, index, entries) => {
        const was = old.get(entry.user_id);
        old.delete(entry.user_id);
        return {
            ...entry,
            shares: [index - 1, index + 1].some((other) => entries[other]?.rank === entry.rank),
            entered: was === undefined,
            rankChange: was ? was.rank - entry.rank : 0,
            scoreChange: was && comparable ? entry.score - was.score : 0,
        };
    });
    return { rows, left: [...old.keys()] };
}

/**
 * Whether to announce the leader: `news` is `{leaderID, at}`, the one last announced and when. A new leader is
 * announced at most once in `ANNOUNCE_MS`; a user who loses the lead within that time is not announced.
 */
export function leaderNews(news, entries, now) {
    const leaders = entries.filter((entry) => entry.rank === entries[0].rank);
    if (leaders.length === 0 || leaders.some((entry) => entry.user_id === news.leaderID)) return { news, say: null };
    if (now - news.at < LIMITS.ANNOUNCE_MS) return { news, say: null };
    return { news: { leaderID: leaders[0].user_id, at: now }, say: leaders[0] };
}

/**
 * The words for the state of the connection: `label` changes only with the state (it is announced), `detail` may change
 * every second (it is not), `notice` is a sentence for the time when the top may not be current. `status` and `error`
 * (the last one, or null) are those of scorecast.js.
 */
export function statusText(status, error, { board, window, hasState, canSignIn = false }, now, clock) {
    const { phase, loss, retryAt } = status;
    const why = (loss && hasState ? `Delayed since ${clock(loss.since)}. ` : "") + (loss ? lossText(loss) : "");
    switch (phase) {
    case "live": {
        const detail = status.behind ? "node catching up" : status.transport === "events" ? "event stream" : "";
        return { label: "Live", detail, notice: error?.message ?? "" };
    }
    case "stale":
        return { label: `Delayed since ${clock(status.staleSince)}`, detail: "", notice: CUT_OFF };
    case "waiting": {
        const seconds = Math.max(1, Math.ceil((retryAt - now) / 1000));
        return { label: "Reconnecting", detail: retryAt === null ? "" : `in ${seconds} s`, notice: why };
    }
    case "ended": {
        const notice = error === null ? "" : refusalText(error, board, window, canSignIn);
        return { label: "Not connected", detail: "", notice };
    }
    default:
        if (status.staleSince !== null) return { label: "Connecting", detail: "", notice: CUT_OFF };
        if (loss === null) return { label: "Connecting", detail: "", notice: "" };
        return { label: "Reconnecting", detail: "now", notice: why };
    }
}

const CUT_OFF = "The server gets no new scores at the moment. This page goes on by itself.";

function lossText({ asked, code, refusal }) {
    if (refusal !== null) return blockedText(refusal);
    if (asked || code === 1001 || code === 1012) return "The server is restarting.";
    return code === 1013 ? "The server is busy." : "The connection was lost.";
}

function blockedText({ code, message }) {
    switch (code) {
    case "origin": return "The server is there, but does not serve pages of this address.";
    case "no_websocket": return "The server is there, but something on the way stops live connections.";
    default: return `The server does not let this page in: ${message}`;
    }
}

function refusalText({ kind, serverCode, reason, message }, board, window, canSignIn) {
    switch (kind) {
    case "unauthorized":
        if (canSignIn) return `The board “${board}” is private. Sign in to see it.`;
        return `The board “${board}” is private: it needs a token that this page does not have.`;
    case "forbidden": return `The board “${board}” is not open to you.`;
    case "not_found":
        if (serverCode === "unknown_window") return `The board “${board}” has no window “${window}”.`;
        return `There is no board “${board}”${window === "all" ? "" : ` with a window “${window}”`}.`;
    default: return `The server cannot serve this address: ${reason ?? message}`;
    }
}

// Invisible letters and signs that count as letters: the fillers of Hangul, the blank of Braille.
const BLANKS = "\\u3164\\uffa0\\u2800";
const UNSEEN = new RegExp(`[\\p{White_Space}\\p{Default_Ignorable_Code_Point}\\p{Cc}\\p{Cf}${BLANKS}]`, "gu");
// At the ends of a name they are not seen, within a name they are.
const OUTER_BLANKS = new RegExp(`^\\p{White_Space}+|\\p{White_Space}+$|[${BLANKS}]`, "gu");
// All but the joiners and tags that scripts and emoji need.
const CONTROLS = /(?![\u200c\u200d\u{e0020}-\u{e007f}])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * A user's id in readable form, and whether parts had to be replaced (`isOdd`): invisible characters are named, so that
 * different names do not look the same.
 */
export function nameText(userID) {
    if (userID.replace(UNSEEN, "") === "") {
        const points = [...userID].map(codePoint);
        const named = [...points.slice(0, 3), ...(points.length > 3 ? ["…"] : [])].join(" ");
        return { text: named === "" ? "(blank)" : `(blank: ${named})`, isOdd: true };
    }
    const text = userID.replace(CONTROLS, (sign) => `(${codePoint(sign)})`)
        .replace(OUTER_BLANKS, (blanks) => "␣".repeat(blanks.length));
    return { text, isOdd: text !== userID };
}

const codePoint = (sign) => `U+${sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;

/** How long ago, in words short enough for a footer. */
export function ageText(ms) {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    if (seconds < 2) return "just now";
    if (seconds < 60) return `${seconds} s ago`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
    if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
    return `${Math.floor(seconds / 86_400)} d ago`;
}

const WINDOWS = {
    all: "All time", hourly: "Hourly", daily: "Daily", weekly: "Weekly", monthly: "Monthly", yearly: "Yearly",
};

/** The window's name for people; `period` is one span of it, such as `2026-11-20`, or of a season its name. */
export function windowText(window, period) {
    const name = Object.hasOwn(WINDOWS, window) ? WINDOWS[window] : window;
    return period !== null && period !== window ? `${name} ${periodText(period)}` : name;
}

/** A period's name for people: times of day with their minutes. The letter `b` marks an hour that comes twice. */
function periodText(period) {
    const week = /^(\d{4})-W(\d{2})$/.exec(period);
    if (week) return `${week[1]}, week ${Number(week[2])}`;
    const start = /^(\d{4}-\d{2}-\d{2})T(\d{2})(:\d{2})?(b?)$/.exec(period);
    if (!start) return period;
    const [, day, hour, minute = ":00", again] = start;
    return `${day} ${hour}${minute}${again ? " (second time)" : ""}`;
}

/** The boards of `GET /boards`: their ids, windows, and whether low scores are better. Malformed ones are left out. */
export function boardsOf(answer) {
    const isName = (value) => typeof value === "string" && value !== "" && value.length <= 64;
    const boards = Array.isArray(answer?.boards) ? answer.boards : [];
    return boards.flatMap((entry) => {
        const { board, windows, order } = entry ?? {};
        const names = Array.isArray(windows) ? windows.map((window) => window?.name ?? window).filter(isName) : [];
        return isName(board) && names.length > 0 ? [{ board, windows: names, isAscending: order === "asc" }] : [];
    });
}

/** The room that the address of the page asks for. A board's first window is the default, if its windows are known. */
export function roomOf(query, boards) {
    const board = query.get("board") || "global";
    const known = boards.find((other) => other.board === board);
    return { board, window: query.get("window") || known?.windows[0] || "all" };
}

/** The lists to choose from: all boards, and the windows of the present one, with those that are shown in any case. */
export function choices(boards, { board, window }) {
    const windows = boards.find((other) => other.board === board)?.windows ?? [];
    const withShown = (names, shown) => names.includes(shown) ? names : [shown, ...names];
    return { boards: withShown(boards.map((other) => other.board), board), windows: withShown(windows, window) };
}

/** Changes in each of the last `SPARK_SECONDS` seconds, oldest first; the last one is the present second. */
export const EMPTY_PULSE = Object.freeze({ second: null, counts: Array(LIMITS.SPARK_SECONDS).fill(0) });

/** Moves the pulse to `now` and adds `changes` to the present second. */
export function beat(pulse, now, changes) {
    const second = Math.floor(now / 1000);
    const passed = pulse.second === null ? 0 : Math.min(Math.max(second - pulse.second, 0), LIMITS.SPARK_SECONDS);
    const counts = [...pulse.counts.slice(passed), ...Array(passed).fill(0)];
    counts[counts.length - 1] += changes;
    return { second: pulse.second === null ? second : Math.max(second, pulse.second), counts };
}

/** Changes a second over the last `seconds` seconds that are complete. */
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
