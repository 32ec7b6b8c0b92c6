// The page for tasks and challenges: it puts its parts together with the session of its reader and one connection.

import { Account } from "./account.js";
import { Names, ask } from "./play-api.js";
import { Board } from "./play-board.js";
import { Challenge } from "./play-challenge.js";
import { Notices, toast } from "./play-notices.js";
import { announce, at, make, say, setText } from "./play-page.js";
import { challengeOf, standingOf } from "./play-state.js";
import { Tasks } from "./play-tasks.js";
import { connect } from "./scorecast.js";
import { Timers } from "./scorecast/timers.js";
import { statusText } from "./state.js";

const ROOM = Object.freeze({ board: "global", window: "all" });
// Badges and the streak come a moment after the points that they are for.
const SETTLE_MS = 2_000;
// Notifications may come in a row.
const NEWS_MS = 300;
const number = new Intl.NumberFormat();
const clock = (ms) => new Intl.DateTimeFormat(undefined, { timeStyle: "medium" }).format(ms);

let connection = null;
let session = null;
let names = null;
let state = null;

const timers = new Timers();
const board = new Board();
// Badges, levels and rewards change what is known of the reader.
const notices = new Notices({ onNews: () => timers.set("news", NEWS_MS, refreshStanding) });
const challenge = new Challenge({ onEarned: earned });
const tasks = new Tasks({
    onEarned: earned,
    onChallenge: (id) => {
        history.pushState(null, "", `#challenge=${id}`);
        challenge.open(id);
        at("challenge-title").focus();
    },
});
const account = new Account({ onChange: readerChanged, room: () => ({ ...ROOM, entries: state?.entries ?? [] }) });

// MARK: The reader

/** Somebody signed in or out, or it is known now that nobody is. */
function readerChanged() {
    const isOther = session !== account.session || connection === null;
    if (!isOther) return;
    session = account.session;
    names = new Names(session, () => {
        board.draw();
        challenge.drawRoom();
    });
    for (const part of ["standing", "task-part"]) at(part).hidden = session === null;
    at("hello").hidden = session !== null;
    at("hello-sign-in").hidden = !account.isOffered;
    if (session === null && !account.isOffered) {
        setText(at("hello-text"), "This node has no accounts, so nobody can play here. The board is live.");
    }
    say("");
    start();
}

/** One connection for the board, the notifications and the challenge. */
function start() {
    connection?.close();
    state = null;
    connection = connect({
        token: session, onStatus: showStatus, onChallenge: (made) => challenge.generated(made),
        onError: ({ final, message }) => final && say(`The live connection has ended: ${message}.`),
    });
    const nameOf = (userID) => account.owns(userID) ? account.name : names.of(userID);
    board.setReader(session?.user?.id ?? null, nameOf);
    connection.join({ ...ROOM, ...(session !== null && { me: true }), onState: showBoard, onRank: showRank, onPassed });
    notices.start(session, session === null ? null : connection);
    challenge.start(session, connection, nameOf);
    challenge.open(challengeOf(location.hash));
    tasks.start(session);
    setText(at("rank"), "–");
    showStanding({});
    if (session !== null) refreshStanding();
}

/** Something was earned or paid: the numbers have changed, and more may follow. */
function earned(answer, sentence) {
    if (sentence !== null) toast(sentence);
    if (typeof answer?.coins === "number") setText(at("coins"), number.format(answer.coins));
    if (typeof answer?.rank === "number") setText(at("rank"), number.format(answer.rank));
    refreshStanding();
    timers.set("settle", SETTLE_MS, refreshStanding);
}

// MARK: What is known of the reader

async function refreshStanding() {
    const asker = session;
    if (asker === null) return;
    const paths = {
        wallet: "/wallet", points: "/gamification/points", level: "/gamification/level", streak: "/gamification/streak",
        badges: "/gamification/badges",
    };
    const answers = await Promise.all(Object.entries(paths).map(async ([name, path]) =>
        [name, await ask(asker, "GET", path).catch((problem) => problem)]));
    if (asker !== session) return;
    const problem = answers.find(([, answer]) => answer instanceof Error)?.[1];
    if (problem !== undefined) say(problem.message);
    showStanding(Object.fromEntries(answers.filter(([, answer]) => !(answer instanceof Error))));
}

function showStanding(answers) {
    const standing = standingOf(answers);
    for (const name of ["points", "coins", "level", "streak"]) {
        setText(at(name), standing[name] === null ? "–" : number.format(standing[name]));
    }
    setText(at("streak-text"), standing.streakText);
    at("streak-text").toggleAttribute("data-at-risk", standing.isStreakAtRisk);
    setText(at("level-text"), standing.levelText);
    at("level-part").hidden = standing.levelPart === null;
    at("level-part").value = standing.levelPart ?? 0;
    at("badges").replaceChildren(...standing.badges.map(({ id, name, description, icon }) => {
        const badge = make("li", "badge");
        badge.dataset.badge = id;
        if (typeof icon === "string" && /^\P{ASCII}{1,8}$/u.test(icon)) {
            const sign = make("span", "badge-icon", icon);
            sign.setAttribute("aria-hidden", "true");
            badge.append(sign);
        }
        badge.append(make("span", "badge-name", name));
        if (typeof description === "string") badge.title = description;
        return badge;
    }));
    at("no-badges").hidden = standing.badges.length > 0;
}

// MARK: The connection

function showBoard(newer) {
    state = newer;
    board.setState(newer);
    account.see({ ...ROOM, entries: newer.entries });
    const own = newer.entries.find(({ user_id }) => account.owns(user_id));
    if (own !== undefined) setText(at("rank"), number.format(own.rank));
}

function showRank(place) {
    board.setPlace(place);
    setText(at("rank"), place.rank > 0 ? number.format(place.rank) : "–");
}

function onPassed({ by, rank }) {
    const name = names.of(by);
    announce(`${name ?? "Somebody"} has passed you. You are at rank ${number.format(rank)}.`);
}

function showStatus(status) {
    const facts = { ...ROOM, hasState: state !== null };
    const { label } = statusText(status, null, facts, Date.now(), clock);
    setText(at("phase"), label);
    at("bug").dataset.phase = label === "Reconnecting" ? "waiting" : status.phase;
}

at("hello-sign-in").addEventListener("click", () => at("sign-in").click());
for (const type of ["hashchange", "popstate"]) {
    addEventListener(type, () => challenge.open(challengeOf(location.hash)));
}
account.start();
