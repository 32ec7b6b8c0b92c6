// The live scoreboard: a thin shell around state.js. It holds the socket, the timers and the DOM; what to do with a
// message, a close or a change of rows is decided there. Names come from users, so text reaches the page only as
// textContent.

import {
    EMPTY_BOARD, EMPTY_PULSE, LIMITS, afterClose, ageText, applyStandings, beat, computeMoves, leaderNews, parseMessage,
    pulsePath, pulseRate, statusText, windowText,
} from "./state.js";

// From the first byte sent to the first standings received; what takes longer is given up and tried again.
const OPENING_MS = 10_000;
// A message this recent proves that the connection lives.
const QUIET_MS = 15_000;
// How long a connection that is asked for a sign of life has to give one.
const CHECK_MS = 5_000;
// Not to be hurried by a person who flips through tabs.
const HURRY_MS = 1_000;
// Boards may change 20 times a second; rows that move more often than this are a blur.
const DRAW_MS = 250;
const TREND_MS = 6_000;
const MOVE_MS = 480;

const query = new URLSearchParams(location.search);
const room = { board: query.get("board") || "global", window: query.get("window") || "all" };
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
const number = new Intl.NumberFormat();
const signed = new Intl.NumberFormat(undefined, { signDisplay: "exceptZero" });
const oneDigit = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const time = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const clock = (ms) => time.format(ms);

const ids = [
    "board", "scope", "bug", "phase", "detail", "notice", "notice-text", "retry", "table", "rows", "empty",
    "spark-path", "rate", "updates", "age", "version", "epoch", "pause", "held", "news",
];
const page = Object.fromEntries(ids.map((id) => [id, document.getElementById(id)]));

let board = EMPTY_BOARD;
let drawn = EMPTY_BOARD;
let pulse = EMPTY_PULSE;
let news = { leaderID: null, at: -Infinity };
let paused = false;
let drawTimer = null;
let drawnAt = -Infinity;
const rowOf = new Map();

// MARK: the connection

const link = {
    phase: "connecting", socket: null, timer: null, checkTimer: null, attempt: 0, triedAt: 0, retryAt: 0,
    comeBackAt: null, liveSince: null, heardAt: 0, staleSince: null, hasBoard: false, behind: false, why: "",
    complaint: "",
};

function connect() {
    clearTimeout(link.timer);
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const target = new URLSearchParams({ ...room, limit: LIMITS.ROWS });
    const socket = new WebSocket(`${scheme}//${location.host}/ws/scoreboard?${target}`);
    Object.assign(link, { phase: "connecting", socket, triedAt: Date.now(), comeBackAt: null, liveSince: null });
    link.timer = setTimeout(() => lost(socket, 1006), OPENING_MS);
    socket.onmessage = (event) => heard(socket, event.data);
    socket.onclose = (event) => lost(socket, event.code, event.reason);
    showStatus();
}

function heard(socket, text) {
    if (socket !== link.socket) return;
    const now = Date.now();
    const answersCheck = link.checkTimer !== null;
    clearTimeout(link.checkTimer);
    link.checkTimer = null;
    link.heardAt = now;
    const message = parseMessage(text);
    switch (message?.type) {
    case "snapshot":
    case "leaderboard-update":
        take(message, now);
        break;
    case "reconnect":
        link.comeBackAt = now + message.afterMs;
        clearTimeout(link.timer);
        link.timer = setTimeout(() => lost(socket, 1012), message.afterMs);
        break;
    case "error":
        // A sign of life is all that a check asks for.
        if (!answersCheck) link.complaint = message.message || message.code;
        showStatus();
        break;
    }
}

function take(message, now) {
    const result = applyStandings(board, message, room, now);
    if (result.outcome === "elsewhere") return;
    if (link.phase !== "live") {
        clearTimeout(link.timer);
        Object.assign(link, { phase: "live", liveSince: now, staleSince: null, hasBoard: true });
    }
    link.behind = result.outcome === "older";
    link.complaint = "";
    pulse = beat(pulse, now, result.board.updates - board.updates);
    board = result.board;
    showStatus();
    scheduleDraw();
}

/** The end of a socket, by its own event or because it is given up. Its later events find another socket here. */
function lost(socket, code, reason, since = Date.now()) {
    if (socket !== link.socket) return;
    const now = Date.now();
    clearTimeout(link.timer);
    clearTimeout(link.checkTimer);
    socket.close();
    if (link.liveSince !== null && now - link.liveSince >= LIMITS.STABLE_MS) link.attempt = 0;
    const comeBackInMs = link.comeBackAt === null ? null : link.comeBackAt - now;
    const plan = afterClose({ code, reason, attempt: link.attempt, comeBackInMs, board: room.board }, Math.random());
    Object.assign(link, {
        phase: plan.retry ? "waiting" : "stopped", socket: null, checkTimer: null, why: plan.why, behind: false,
        staleSince: link.staleSince ?? since, attempt: link.attempt + 1, retryAt: now + plan.delayMs, complaint: "",
    });
    if (plan.retry) link.timer = setTimeout(connect, plan.delayMs);
    else setText(page.news, plan.why);
    showStatus();
}

/**
 * A browser does not show pings to a page, so a connection that died in a sleeping machine looks open for minutes.
 * Coming back into view or online is a hint to ask: to join the room again is answered with its standings.
 */
function check() {
    const now = Date.now();
    if (document.hidden || link.phase === "stopped") return;
    if (link.phase === "waiting") {
        const soonMs = Math.max(link.triedAt + HURRY_MS - now, Math.random() * HURRY_MS);
        if (now + soonMs >= link.retryAt || link.comeBackAt !== null) return;
        clearTimeout(link.timer);
        link.retryAt = now + soonMs;
        link.timer = setTimeout(connect, soonMs);
        return;
    }
    const socket = link.socket;
    if (link.phase !== "live" || link.checkTimer !== null || now - link.heardAt < QUIET_MS) return;
    const lastHeard = link.heardAt;
    link.checkTimer = setTimeout(() => lost(socket, 1006, "", lastHeard), CHECK_MS);
    socket.send(JSON.stringify({ type: "join-room", ...room, mode: "full" }));
}

function showStatus() {
    const { label, detail, notice } = statusText(link, Date.now(), clock);
    setText(page.phase, label);
    setText(page.detail, detail);
    setText(page["notice-text"], notice);
    page.bug.dataset.phase = label === "Reconnecting" ? "waiting" : link.phase;
    page.notice.hidden = notice === "";
    setText(page.retry, link.phase === "stopped" ? "Try again" : "Try now");
    page.retry.hidden = link.phase === "live";
    page.rows.toggleAttribute("data-stale", link.phase !== "live" && drawn.history !== null);
}

// MARK: the rows

/** Draws now, or when the last drawing is `DRAW_MS` old; what arrives in between is drawn together. */
function scheduleDraw() {
    if (paused || document.hidden || drawTimer !== null) return;
    drawTimer = setTimeout(draw, Math.max(0, drawnAt + DRAW_MS - performance.now()));
}

function draw() {
    drawTimer = null;
    if (paused || document.hidden || board === drawn) return;
    drawnAt = performance.now();
    const first = drawn.history === null;
    const { rows, left } = computeMoves(drawn, board);
    const origin = page.rows.getBoundingClientRect().top;
    for (const row of rowOf.values()) row.seenTop = row.element.getBoundingClientRect().top - origin;
    for (const userID of left) leave(userID);
    rows.forEach((change, index) => place(change, index, rows[0]));
    const widest = Math.max(1, ...rows.map((change) => number.format(change.score).length));
    page.table.style.setProperty("--score-chars", widest);
    // Every position is read before the first animation starts: one layout, not one for each row.
    const tops = rows.map((change) => rowOf.get(change.userID).element.offsetTop);
    rows.forEach((change, index) => animate(rowOf.get(change.userID), change, tops[index], first ? index * 35 : 0));
    drawn = board;
    showFacts();
    tellLeader(first);
}

function place(change, index, leader) {
    const row = rowOf.get(change.userID) ?? makeRow(change.userID);
    const { element } = row;
    element.toggleAttribute("data-leads", change.rank === leader.rank);
    setText(row.rank, number.format(change.rank));
    setText(row.score, number.format(change.score));
    setText(row.gap, change.rank === leader.rank ? "–" : signed.format(change.score - leader.score));
    if (change.rankChange !== 0) showTrend(row, change.rankChange);
    const there = page.rows.children[index];
    if (there !== element) page.rows.insertBefore(element, there ?? null);
}

function makeRow(userID) {
    const row = {
        element: make("tr", "row"), trend: make("span", "trend"), rank: make("span", "rank-number"),
        score: make("span", "score-number"), gap: make("td", "gap"), chip: make("span", "chip"),
        seenTop: 0, top: null, trendUntil: null, move: null, chipMove: null, flash: null,
    };
    const name = make("span", "name-text", userID);
    name.dir = "auto";
    name.title = userID;
    row.chip.setAttribute("aria-hidden", "true");
    row.element.setAttribute("role", "row");
    const cells = [make("td", "rank"), make("th", "name"), row.gap, make("td", "score")];
    for (const cell of cells) cell.setAttribute("role", "cell");
    cells[1].setAttribute("role", "rowheader");
    cells[1].scope = "row";
    cells[0].append(row.rank, row.trend);
    cells[1].append(name);
    cells[3].append(row.chip, row.score);
    row.element.append(...cells);
    rowOf.set(userID, row);
    return row;
}

function showTrend(row, rankChange) {
    const places = Math.abs(rankChange);
    const arrow = make("span", "arrow", `${rankChange > 0 ? "▲" : "▼"}${number.format(places)}`);
    arrow.setAttribute("aria-hidden", "true");
    row.trend.replaceChildren(arrow, make("span", "unseen", `${rankChange > 0 ? "up" : "down"} ${places}`));
    row.trend.dataset.way = rankChange > 0 ? "up" : "down";
    row.trendUntil = Date.now() + TREND_MS;
}

/** Fades a row out of the flow, where it was seen last, so that the others can close up at once. */
function leave(userID) {
    const { element, seenTop } = rowOf.get(userID);
    rowOf.delete(userID);
    for (const running of element.getAnimations()) running.cancel();
    element.setAttribute("aria-hidden", "true");
    element.setAttribute("data-leaves", "");
    element.style.top = `${seenTop}px`;
    page.rows.append(element);
    const slide = reducedMotion.matches ? "none" : "translateX(1.5rem)";
    const gone = { opacity: 0, transform: slide };
    const fade = element.animate([{ opacity: 1 }, gone], { duration: 320, easing: "ease-in" });
    fade.onfinish = () => element.remove();
}

/** FLIP: the row is in its new place; it starts from where it was seen, even in the middle of a move, and settles. */
function animate(row, change, top, delay) {
    const { element } = row;
    const moved = row.top !== null && row.top !== top;
    row.top = top;
    if (change.entered) {
        const from = { opacity: 0, transform: reducedMotion.matches ? "none" : "translateY(0.6rem)" };
        element.animate([from, { opacity: 1, transform: "none" }],
            { duration: 380, delay, easing: "ease-out", fill: "backwards" });
    } else if (moved && !reducedMotion.matches) {
        row.move?.cancel();
        element.dataset.moves = row.seenTop > top ? "up" : "down";
        const move = element.animate([{ transform: `translateY(${row.seenTop - top}px)` }, { transform: "none" }],
            { duration: MOVE_MS, easing: "cubic-bezier(0.22, 0.8, 0.24, 1)" });
        move.onfinish = () => delete element.dataset.moves;
        row.move = move;
    }
    if (change.scoreChange !== 0) celebrate(row, change.scoreChange);
}

function celebrate(row, scoreChange) {
    row.chipMove?.cancel();
    setText(row.chip, signed.format(scoreChange));
    row.chip.dataset.way = scoreChange > 0 ? "up" : "down";
    const rise = reducedMotion.matches ? "none" : "translateX(0.5rem)";
    row.chipMove = row.chip.animate([
        { opacity: 0, transform: rise },
        { opacity: 1, transform: "none", offset: 0.1 },
        { opacity: 1, transform: "none", offset: 0.75 },
        { opacity: 0, transform: "none" },
    ], { duration: 2000, easing: "ease-out" });
    // A row that scores all the time glows about once a second; more would flicker.
    if (row.flash?.playState === "running") return;
    row.flash = row.element.animate([{ opacity: 0.32 }, { opacity: 0 }],
        { duration: 1100, easing: "ease-out", pseudoElement: "::after" });
}

// MARK: what surrounds them

function showFacts() {
    const age = drawn.changedAt === null ? "–" : ageText(Date.now() - drawn.changedAt);
    setText(page.age, age);
    if (drawn.changedAt !== null) page.age.dateTime = new Date(drawn.changedAt).toISOString();
    setText(page.version, drawn.version === null ? "–" : number.format(drawn.version));
    setText(page.epoch, drawn.epoch ?? "–");
    page.epoch.title = drawn.epoch ?? "";
    setText(page.scope, `Top ${LIMITS.ROWS} · ${windowText(room.window, drawn.period)}`);
    setText(page.updates, number.format(board.updates));
    page.empty.hidden = drawn.history === null || drawn.entries.length > 0;
    const waiting = board.updates - drawn.updates;
    setText(page.held, paused && waiting > 0 ? `${number.format(waiting)} waiting` : "");
}

/** The only announcement apart from the state of the connection: a table read aloud at each change helps nobody. */
function tellLeader(first = false) {
    if (first) {
        news = { leaderID: drawn.entries[0]?.userID ?? null, at: -Infinity };
        return;
    }
    const told = leaderNews(news, drawn.entries, Date.now());
    news = told.news;
    if (told.say) setText(page.news, `${told.say.userID} leads with ${number.format(told.say.score)}`);
}

function tick() {
    if (document.hidden) return;
    const now = Date.now();
    pulse = beat(pulse, now, 0);
    page["spark-path"].setAttribute("d", pulsePath(pulse, 236, 32));
    setText(page.rate, oneDigit.format(pulseRate(pulse, 10)));
    for (const row of rowOf.values()) {
        if (row.trendUntil === null || row.trendUntil > now) continue;
        row.trend.replaceChildren();
        row.trendUntil = null;
    }
    showStatus();
    showFacts();
    tellLeader();
}

function make(tag, className, text = "") {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    return element;
}

/** Writes only what differs: a live region speaks at each write, and the layout is spared. */
function setText(element, text) {
    if (element.textContent !== text) element.textContent = text;
}

page.board.textContent = room.board;
page.board.title = room.board;
document.title = `${room.board} · Scorecast`;
page.retry.addEventListener("click", () => {
    if (link.socket === null) connect();
});
page.pause.addEventListener("click", () => {
    paused = !paused;
    page.pause.setAttribute("aria-pressed", String(paused));
    showFacts();
    scheduleDraw();
});
document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    tick();
    scheduleDraw();
    check();
});
addEventListener("online", () => setTimeout(check, Math.random() * HURRY_MS));
// A page with an open socket cannot be kept for the back button.
addEventListener("pagehide", () => {
    clearTimeout(link.timer);
    clearTimeout(link.checkTimer);
    const { socket, staleSince } = link;
    Object.assign(link, { phase: "connecting", socket: null, checkTimer: null, staleSince: staleSince ?? Date.now() });
    socket?.close();
});
addEventListener("pageshow", (event) => {
    if (event.persisted) connect();
});
setInterval(tick, 1000);
connect();
showFacts();
tick();
