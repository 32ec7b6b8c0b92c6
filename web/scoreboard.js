// The live scoreboard: a thin shell. scorecast.js follows the board, and state.js decides what a change of rows or of
// the connection means. This file has the DOM. Names come from users, so text reaches the page only as textContent.

import { Account } from "./account.js";
import { Choice } from "./choice.js";
import { follow } from "./scorecast.js";
import {
    EMPTY_BOARD, EMPTY_PULSE, LIMITS, ageText, beat, boardWith, computeMoves, leaderNews, nameText, pulsePath,
    pulseRate, statusText, windowText,
} from "./state.js";

// Changes that come this soon after a connection opens were missed before, and do not happen now.
const CATCH_UP_MS = 500;
// Boards may change 20 times a second; rows that move more often than this are a blur.
const DRAW_MS = 250;
const TREND_MS = 6_000;
const MOVE_MS = 480;
const TRANSPORTS = { websocket: "WebSocket", events: "Event stream" };
// Names with more signs than this are set smaller.
const LONG_NAME = 22;
const VERY_LONG_NAME = 48;

const mode = new URLSearchParams(location.search).get("mode") === "full" ? "full" : "delta";
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
const number = new Intl.NumberFormat();
const signed = new Intl.NumberFormat(undefined, { signDisplay: "exceptZero" });
const oneDigit = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const time = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const clock = (ms) => time.format(ms);

const ids = [
    "board", "scope", "bug", "phase", "detail", "notice", "notice-text", "retry", "table", "rows", "empty",
    "spark-path", "rate", "changes", "age", "version", "epoch", "transport", "pause", "held", "news",
    "choice", "board-choice", "window-choice",
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
const choice = new Choice(page, show);
const account = new Account({
    onChange: accountChanged,
    room: () => ({ ...(choice.room ?? { board: "global", window: "all" }), entries: drawn.state?.entries ?? [] }),
});

// MARK: the connection

let follower = null;
let liveSince = null;
// The last complaint of the server, or the reason why it refuses further connections.
let problem = null;
// The session that the follower shows. Public boards need none, and follow by event streams only without one.
let session = null;

/** Shows another board or window, from nothing. */
function show({ board: id, window }) {
    [board, drawn, pulse] = [EMPTY_BOARD, EMPTY_BOARD, EMPTY_PULSE];
    news = { leaderID: null, at: -Infinity };
    clearTimeout(drawTimer);
    drawTimer = null;
    rowOf.clear();
    page.rows.replaceChildren();
    page.board.textContent = id;
    page.board.title = id;
    document.title = `${id}${window === "all" ? "" : ` ${windowText(window, null)}`} · Scorecast`;
    session = null;
    start();
    account.see({ ...choice.room, entries: [] });
    showFacts();
    tick();
}

function start() {
    follower?.close();
    problem = null;
    const callbacks = { onState: take, onStatus: showStatus, onError: complain };
    follower = follow({ ...choice.room, token: session, mode, limit: LIMITS.ROWS, ...callbacks });
}

/** Somebody signed in or out: a private board is asked for again. */
function accountChanged() {
    for (const [userID, row] of rowOf) nameRow(row, userID);
    const isRefused = problem?.kind === "unauthorized" && follower?.status.phase === "ended";
    if (session !== null && session !== account.session) show(choice.room);
    else if (isRefused && account.session !== null) startWith(account.session);
    else showStatus();
}

function startWith(other) {
    session = other;
    start();
}

function take(state) {
    const now = Date.now();
    const isPushed = liveSince !== null && now - liveSince > CATCH_UP_MS;
    const before = board.changes;
    board = boardWith(board, state, isPushed, now);
    pulse = beat(pulse, now, board.changes - before);
    problem = null;
    showStatus();
    scheduleDraw();
}

function complain(error) {
    if (error.final && error.kind === "unauthorized" && session === null && account.session !== null) {
        return startWith(account.session);
    }
    problem = error;
    showStatus();
    if (error.final) setText(page.news, page["notice-text"].textContent);
}

function showStatus() {
    if (follower === null) return;
    const { status } = follower;
    const now = Date.now();
    const isConnected = status.phase === "live" || status.phase === "stale";
    liveSince = isConnected ? liveSince ?? now : null;
    const canSignIn = account.isOffered && account.session === null;
    const facts = { ...choice.room, hasState: board.state !== null, canSignIn };
    const { label, detail, notice } = statusText(status, problem, facts, now, clock);
    setText(page.phase, label);
    setText(page.detail, detail);
    setText(page["notice-text"], notice);
    page.bug.dataset.phase = label === "Reconnecting" ? "waiting" : status.phase;
    page.notice.hidden = notice === "";
    setText(page.retry, status.phase === "ended" ? "Try again" : "Try now");
    page.retry.hidden = isConnected;
    setText(page.transport, isConnected ? TRANSPORTS[status.transport] : "None");
    page.rows.toggleAttribute("data-stale", status.phase !== "live" && drawn.state !== null);
}

// MARK: the rows

/** Draws now, or when the last drawing is `DRAW_MS` old; what arrives in between is drawn together. */
function scheduleDraw() {
    if (paused || document.hidden || drawTimer !== null) return;
    const wait = drawnAt + DRAW_MS - performance.now();
    if (wait > 0) drawTimer = setTimeout(draw, wait);
    else draw();
}

function draw() {
    drawTimer = null;
    if (paused || document.hidden || board === drawn) return;
    drawnAt = performance.now();
    const first = drawn.state === null;
    const { rows, left } = computeMoves(drawn.state, board.state);
    const origin = page.rows.getBoundingClientRect().top;
    for (const row of rowOf.values()) row.seenTop = row.element.getBoundingClientRect().top - origin;
    for (const userID of left) leave(userID);
    rows.forEach((change, index) => place(change, index, rows[0]));
    const widest = Math.max(1, ...rows.map((change) => number.format(change.score).length));
    page.table.style.setProperty("--score-chars", widest);
    // All positions are read before the first animation starts: one layout, not one for each row.
    const tops = rows.map((change) => rowOf.get(change.user_id).element.offsetTop);
    markCutNames();
    rows.forEach((change, index) => settle(rowOf.get(change.user_id), change, tops[index], first));
    drawn = board;
    account.see({ ...choice.room, entries: board.state.entries });
    showFacts();
    tellLeader(first);
}

function place(change, index, leader) {
    const row = rowOf.get(change.user_id) ?? makeRow(change.user_id);
    const { element } = row;
    element.toggleAttribute("data-leads", change.rank === leader.rank);
    element.toggleAttribute("data-shares", change.shares);
    setText(row.rank, number.format(change.rank));
    setText(row.score, number.format(change.score));
    setText(row.gap, change.rank === leader.rank ? "–" : signed.format(change.score - leader.score));
    if (change.rankChange !== 0) showTrend(row, change.rankChange);
    const there = page.rows.children[index];
    if (there !== element) page.rows.insertBefore(element, there ?? null);
}

function makeRow(userID) {
    const row = {
        element: make("tr", "row"), name: makeName(), own: make("span", "own", "You"), trend: make("span", "trend"),
        rank: make("span", "rank-number"),
        score: make("span", "score-number"), gap: make("td", "gap"), chip: make("span", "chip"),
        seenTop: 0, top: null, trendUntil: null, move: null, chipMove: null, flash: null,
    };
    row.chip.setAttribute("aria-hidden", "true");
    row.element.setAttribute("role", "row");
    const cells = [make("td", "rank"), make("th", "name"), row.gap, make("td", "score")];
    for (const cell of cells) cell.setAttribute("role", "cell");
    cells[1].setAttribute("role", "rowheader");
    cells[1].scope = "row";
    cells[0].append(row.rank, row.trend);
    cells[1].append(row.name, row.own);
    nameRow(row, userID);
    cells[3].append(row.chip, row.score);
    row.element.append(...cells);
    rowOf.set(userID, row);
    return row;
}

/** The row of the user who is signed in has the user's name, and is marked. */
function nameRow({ element, name, own }, userID) {
    const isOwn = account.owns(userID);
    const { text, isOdd } = nameText(isOwn ? account.name : userID);
    element.toggleAttribute("data-own", isOwn);
    own.hidden = !isOwn;
    setText(name, text);
    name.title = text;
    name.toggleAttribute("data-odd", isOdd);
    const length = [...text].length;
    if (length > LONG_NAME) name.dataset.long = length > VERY_LONG_NAME ? "very" : "";
    else delete name.dataset.long;
}

function makeName() {
    const name = make("span", "name-text");
    name.dir = "auto";
    name.addEventListener("click", () => toggleName(name));
    name.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        toggleName(name);
    });
    return name;
}

/** A name that does not fit can be opened: by touch, where there are no tooltips, and by the keyboard. */
function markCutNames() {
    const isCut = ({ name }) => name.scrollHeight > name.clientHeight + 1 || name.scrollWidth > name.clientWidth + 1;
    const rows = [...rowOf.values()];
    const cut = rows.map((row) => row.name.hasAttribute("data-open") || isCut(row));
    rows.forEach(({ name }, index) => {
        if (name.hasAttribute("tabindex") === cut[index]) return;
        for (const [key, value] of [["role", "button"], ["tabindex", "0"], ["aria-expanded", "false"]]) {
            if (cut[index]) name.setAttribute(key, value);
            else name.removeAttribute(key);
        }
    });
}

function toggleName(name) {
    if (!name.hasAttribute("tabindex")) return;
    const isOpen = name.toggleAttribute("data-open");
    name.setAttribute("aria-expanded", String(isOpen));
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
    // A move to the side would make the page scroll on a phone.
    const gone = { opacity: 0, transform: reducedMotion.matches ? "none" : "scale(0.96)" };
    const fade = element.animate([{ opacity: 1 }, gone], { duration: 320, easing: "ease-in" });
    fade.onfinish = () => element.remove();
}

/**
 * FLIP: the row is already in its new place; it starts from the place where it was seen, even in the middle of a move,
 * and settles. The first rows are not changes, and appear at once.
 */
function settle(row, change, top, first) {
    const { element } = row;
    const moved = row.top !== null && row.top !== top;
    row.top = top;
    if (first) return;
    if (change.entered) {
        const from = { opacity: 0, transform: reducedMotion.matches ? "none" : "translateY(0.6rem)" };
        element.animate([from, { opacity: 1, transform: "none" }],
            { duration: 380, easing: "ease-out" });
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
    row.chip.dataset.way = (scoreChange > 0) !== choice.isAscending ? "up" : "down";
    const rise = reducedMotion.matches ? "none" : "translateX(0.5rem)";
    row.chipMove = row.chip.animate([
        { opacity: 0, transform: rise },
        { opacity: 1, transform: "none", offset: 0.1 },
        { opacity: 1, transform: "none", offset: 0.75 },
        { opacity: 0, transform: "none" },
    ], { duration: 2000, easing: "ease-out" });
    // A row that scores all the time glows about once a second; more would flicker.
    if (row.flash?.playState === "running") return;
    row.flash = row.element.animate([{ opacity: 0.28 }, { opacity: 0 }],
        { duration: 1100, easing: "ease-out", pseudoElement: "::after" });
}

// MARK: what surrounds them

function showFacts() {
    const age = drawn.changedAt === null ? "–" : ageText(Date.now() - drawn.changedAt);
    setText(page.age, age);
    if (drawn.changedAt !== null) page.age.dateTime = new Date(drawn.changedAt).toISOString();
    const { state } = drawn;
    setText(page.version, state === null ? "–" : number.format(state.version));
    setText(page.epoch, state?.epoch ?? "–");
    const scope = choice.room && ` · ${windowText(choice.room.window, state?.period ?? null)}`;
    setText(page.scope, `Top ${LIMITS.ROWS}${scope ?? ""}`);
    setText(page.changes, number.format(board.changes));
    page.empty.hidden = state === null || state.entries.length > 0;
    const waiting = board.changes - drawn.changes;
    setText(page.held, paused && waiting > 0 ? `${number.format(waiting)} waiting` : "");
}

/**
 * The only announcement apart from the state of the connection: to read the table aloud at each change would not help.
 */
function tellLeader(first = false) {
    const entries = drawn.state?.entries ?? [];
    if (first) {
        news = { leaderID: entries[0]?.user_id ?? null, at: -Infinity };
        return;
    }
    const told = leaderNews(news, entries, Date.now());
    news = told.news;
    if (told.say) {
        setText(page.news, `${nameText(told.say.user_id).text} leads with ${number.format(told.say.score)}`);
    }
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

/** Writes only if the text differs: a live region speaks at each write, and this saves layouts. */
function setText(element, text) {
    if (element.textContent !== text) element.textContent = text;
}

page.retry.addEventListener("click", () => {
    if (follower?.status.phase === "ended") start();
    else follower?.retry();
});
page.pause.addEventListener("click", () => {
    paused = !paused;
    page.pause.setAttribute("aria-pressed", String(paused));
    showFacts();
    scheduleDraw();
});
addEventListener("resize", markCutNames);
document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    tick();
    scheduleDraw();
});
setInterval(tick, 1000);
account.start();
choice.start();
