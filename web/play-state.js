// The decisions of the page for tasks and challenges, apart from the page: what answers and messages mean, and which
// words to show. No DOM, no requests, no clock: the time is an argument.

export const PLAY = Object.freeze({
    TASKS: 50,
    // The notifications that the list keeps.
    NOTICES: 50,
    TOASTS: 3,
    TOAST_MS: 6_000,
    MEMBERS: 12,
});

const number = new Intl.NumberFormat();
const isText = (value) => typeof value === "string" && value !== "";
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
const list = (value) => Array.isArray(value) ? value : [];
const object = (value) => typeof value === "object" && value !== null ? value : {};

/** `1 coin`, `2 coins`. */
export function counted(count, one, many = `${one}s`) {
    return `${number.format(count)} ${count === 1 ? one : many}`;
}

/** What the answers of the server say about the player: numbers, or null while they are not known. */
export function standingOf({ wallet, points, level, streak, badges }) {
    const count = (value) => isCount(value) ? value : null;
    const { days, longest, freezes, at_risk } = object(streak);
    return {
        coins: count(object(wallet).coins),
        points: count(object(points).points) ?? count(object(level).points),
        level: count(object(level).level),
        levelPart: levelPart(object(level)),
        levelText: levelText(object(level)),
        streak: count(days),
        streakText: streakText({ longest, freezes, at_risk }),
        isStreakAtRisk: at_risk === true,
        badges: list(object(badges).badges).filter((it) => isText(it?.id) && isText(it.name)),
    };
}

/** How much of the way to the next level is done, 0 to 1, counted from no points; null if nobody knows. */
function levelPart({ points, next_level_at }) {
    if (!isCount(points) || !(next_level_at > 0)) return null;
    return Math.min(points / next_level_at, 1);
}

function levelText({ points, next_level_at }) {
    if (!isCount(points)) return "";
    if (!isCount(next_level_at)) return "the highest level";
    return `${counted(Math.max(next_level_at - points, 0), "point")} to the next level`;
}

function streakText({ longest, freezes, at_risk }) {
    if (at_risk === true) return "It ends today. Earn a point to keep it.";
    const words = [];
    if (longest > 0) words.push(`longest ${number.format(longest)}`);
    if (freezes > 0) words.push(counted(freezes, "freeze"));
    return words.join(", ");
}

/** The tasks of answers of `GET /tasks`, open ones first, each once; malformed and archived ones are left out. */
export function tasksOf(...answers) {
    const isShown = (it) => isText(it?.id) && isText(it.title) && it.status !== "archived";
    const tasks = new Map(answers.flatMap((it) => list(it?.tasks)).filter(isShown).map((task) => [task.id, task]));
    const order = (task) => task.status === "done" ? 1 : 0;
    return [...tasks.values()].sort((a, b) => order(a) - order(b)).slice(0, PLAY.TASKS);
}

/** What a task is besides its title. */
export function taskText({ type, source, status }) {
    const words = [];
    if (isText(type)) words.push(type);
    if (source === "template") words.push("for everybody");
    else if (source !== "user" && isText(source)) words.push(`from ${source}`);
    if (status === "done") words.push("done");
    return words.join(" · ");
}

/** What a completion has brought, as a sentence. */
export function earnedText(answer) {
    const { coins_earned = 0, points_earned = 0, badges, capped, pending, replayed, new_score, rank } = answer;
    if (replayed === true) return "This was done before.";
    const won = [];
    if (points_earned > 0) won.push(counted(points_earned, "point"));
    if (coins_earned > 0) won.push(counted(coins_earned, "coin"));
    const words = [won.length > 0 ? `${won.join(" and ")} earned.` : "Done."];
    if (capped === true) words.push("You have reached what your own tasks can earn today.");
    if (pending === true && points_earned > 0) words.push("The points are on their way.");
    else if (isCount(rank) && isCount(new_score)) {
        words.push(`You are at rank ${number.format(rank)} with ${number.format(new_score)}.`);
    }
    const names = list(badges).map((it) => it?.name).filter(isText);
    if (names.length > 0) words.push(`New: ${names.join(", ")}.`);
    return words.join(" ");
}

// MARK: Challenges

/** The address of a challenge: the fragment of the page, or null if it names none. */
export function challengeOf(fragment) {
    return /^#challenge=([A-Za-z0-9_-]{22})$/.exec(fragment)?.[1] ?? null;
}

/** A challenge of `GET /challenges/{id}`; null if it is malformed. */
export function readChallenge(answer, userID) {
    const it = object(answer?.challenge ?? answer);
    if (!isText(it.id)) return null;
    const owner = it.owner ?? it.user_id ?? null;
    const steps = list(it.steps).map((step) => isText(step) ? step : step?.text ?? step?.title).filter(isText);
    const hints = list(it.hints).map((hint) => isText(hint) ? hint : hint?.text).filter(isText);
    const own = it.own_progress ?? it.progress;
    return {
        id: it.id, title: isText(it.title) ? it.title : "Challenge",
        description: isText(it.description) ? it.description : "",
        isReady: it.status === "ready" || it.status === "completed", isCompleted: it.status === "completed",
        isOwn: owner === userID, steps, hints,
        hintsLeft: isCount(it.hints_left) ? it.hints_left : null,
        hintCost: isCount(it.next_hint_cost) ? it.next_hint_cost : null,
        difficulty: isText(it.difficulty) ? it.difficulty : "", isBuiltIn: it.generated_by === "builtin",
        progress: Number.isInteger(own) ? own : 0,
    };
}

/** The challenge after a hint of the server; the cost of the next one is known only to it. */
export function withHint(challenge, { text, left }) {
    return { ...challenge, hints: [...challenge.hints, text], hintsLeft: left, hintCost: null };
}

/** The words on the button for hints; null if there are no more. */
export function hintText({ hintsLeft, hintCost }) {
    if (hintsLeft === 0) return null;
    if (hintCost === null) return "Next hint";
    return hintCost === 0 ? "Next hint (free)" : `Next hint (${counted(hintCost, "coin")})`;
}

/** Who is in a room, furthest first, the reader among them in any case; `more` is how many are left out. */
export function membersOf(state, userID) {
    const members = [...state?.members ?? []].sort((a, b) => b.progress - a.progress);
    const shown = members.slice(0, PLAY.MEMBERS);
    const own = members.find((member) => member.user_id === userID);
    if (own !== undefined && !shown.includes(own)) shown.splice(-1, 1, own);
    return { shown, more: members.length - shown.length };
}

/** How many are there, in words. */
export function presenceText(state) {
    if (state === null) return "Joining …";
    return state.present <= 1 ? "You are alone here" : `${number.format(state.present)} are here now`;
}

/** The steps that a progress stands for: as many as are done, from the first. */
export function stepsDone(progress, count) {
    return Math.floor((progress * count) / 100);
}

/** The progress after a step is ticked or not: the least that stands for so many steps. */
export function progressWith(step, isDone, count) {
    return Math.ceil(((isDone ? step + 1 : step) * 100) / Math.max(count, 1));
}

// MARK: Notifications

export const EMPTY_NOTICES = Object.freeze({ list: Object.freeze([]), unread: 0 });

/** The list with a new notification, unread; the newest is the first. */
export function noticesWith(notices, notification) {
    if (notices.list.some(({ id }) => id === notification.id)) return notices;
    const all = [{ ...notification, isRead: false }, ...notices.list]
        .sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at));
    return { list: all.slice(0, PLAY.NOTICES), unread: notices.unread + 1 };
}

/** The list after all were read. */
export function noticesRead(notices) {
    return { list: notices.list.map((it) => ({ ...it, isRead: true })), unread: 0 };
}

/** The words for the button of the notifications, for those who hear it. */
export function unreadText(unread) {
    return unread === 0 ? "Notifications" : `Notifications, ${number.format(unread)} unread`;
}

/** How long ago, for a list. */
export function agoText(at, now) {
    const minutes = Math.max(0, Math.floor((now - Date.parse(at)) / 60_000));
    if (!Number.isFinite(minutes) || minutes < 1) return "just now";
    if (minutes < 60) return `${minutes} min ago`;
    return minutes < 1440 ? `${Math.floor(minutes / 60)} h ago` : `${Math.floor(minutes / 1440)} d ago`;
}

// MARK: The board

/** The rows to show: the top, and the reader's own place below it, if it is not in it. */
export function boardRows(state, place, userID) {
    const rows = (state?.entries ?? []).map((entry) => ({ ...entry, isOwn: entry.user_id === userID, isBelow: false }));
    if (place === null || userID === null || rows.some(({ isOwn }) => isOwn)) return rows;
    return [...rows, { rank: place.rank, user_id: userID, score: place.score, isOwn: true, isBelow: true }];
}

/** A short name for somebody of whom only the id is known. */
export function shortID(userID) {
    return /^usr_[\w-]{8,}$/.test(userID) ? `Player ${userID.slice(4, 8)}` : userID;
}

// MARK: Errors

const SENTENCES = {
    insufficient_funds: "You do not have enough coins for that.",
    no_more_hints: "There are no more hints.",
    challenge_not_ready: "The challenge is not ready yet.",
    unknown_challenge: "There is no such challenge.",
    unknown_task: "There is no such task. It may have been deleted.",
    task_closed: "This task is closed.",
    too_many: "You have too many of these. Finish some first.",
    too_many_rooms: "You have joined too many challenges.",
    rate_limited: "That was too fast. Wait a moment and try again.",
    forbidden: "You may not do this.",
    unavailable: "The server cannot do this at the moment. Try again soon.",
    unauthorized: "You were signed out. Sign in again.",
};

/** A sentence for an error: `{status, code, message, details}`, where status is null without an answer. */
export function problemText({ status = null, code = null, message = "", details = [] }) {
    if (Object.hasOwn(SENTENCES, code)) return SENTENCES[code];
    const [first] = list(details);
    if (isText(first?.field) && isText(first.reason)) return `The ${first.field} ${first.reason}.`;
    if (status === null && code === null) return "The server cannot be reached. Check the network and try again.";
    if (status === 404 && (code === null || code === "not_found")) return "This node has no game services.";
    if (status >= 500) return SENTENCES.unavailable;
    return isText(message) ? message : "That did not work.";
}
