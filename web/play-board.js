// The live board on the page for tasks and challenges.

import { at, make, setText } from "./play-page.js";
import { boardRows, shortID } from "./play-state.js";
import { nameText } from "./state.js";

// Boards may change 20 times a second; rows that move more often than this are a blur.
const DRAW_MS = 250;
const MOVE_MS = 400;
const number = new Intl.NumberFormat();
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

export class Board {
    #rows = new Map();
    #state = null;
    #place = null;
    #userID = null;
    #names = () => null;
    #timer = null;
    #drawnAt = -Infinity;

    /** The reader; `names` returns the name of a user, or null. */
    setReader(userID, names) {
        [this.#userID, this.#names, this.#place] = [userID, names, null];
        this.draw();
    }

    setState(state) {
        this.#state = state;
        this.draw();
    }

    setPlace(place) {
        this.#place = place;
        this.draw();
    }

    /** Draws now, or when the last drawing is `DRAW_MS` old; what comes in between is drawn together. */
    draw() {
        if (this.#timer !== null) return;
        const wait = this.#drawnAt + DRAW_MS - performance.now();
        if (wait > 0) this.#timer = setTimeout(() => this.#drawNow(), wait);
        else this.#drawNow();
    }

    #drawNow() {
        this.#timer = null;
        this.#drawnAt = performance.now();
        const rows = boardRows(this.#state, this.#place, this.#userID);
        const tops = new Map([...this.#rows].map(([userID, { element }]) => [userID, element.offsetTop]));
        for (const [userID, { element }] of this.#rows) {
            if (rows.some((row) => row.user_id === userID)) continue;
            element.remove();
            this.#rows.delete(userID);
        }
        rows.forEach((row, index) => this.#put(row, index));
        for (const [userID, { element }] of this.#rows) settle(element, tops.get(userID));
        at("no-board").hidden = rows.length > 0;
    }

    #put(row, index) {
        const made = this.#rows.get(row.user_id) ?? makeRow();
        this.#rows.set(row.user_id, made);
        const { text } = nameText(this.#names(row.user_id) ?? shortID(row.user_id));
        setText(made.rank, number.format(row.rank));
        setText(made.name, text);
        made.own.hidden = !row.isOwn;
        setText(made.score, number.format(row.score));
        made.element.toggleAttribute("data-own", row.isOwn);
        made.element.toggleAttribute("data-below", row.isBelow);
        const list = at("board");
        const there = list.children[index];
        if (there !== made.element) list.insertBefore(made.element, there ?? null);
    }
}

function makeRow() {
    const element = make("li", "board-row");
    const [rank, name, score] = [make("span", "rank-number"), make("span", "board-name"), make("span", "score-number")];
    const [words, own] = [make("span", "board-words"), make("span", "own", "You")];
    name.dir = "auto";
    words.append(name, own);
    element.append(rank, words, score);
    return { element, rank, name, own, score };
}

/** The row is in its new place already; it starts from the place where it was seen. */
function settle(element, before) {
    if (before === undefined || before === element.offsetTop || reducedMotion.matches) return;
    element.animate([{ transform: `translateY(${before - element.offsetTop}px)` }, { transform: "none" }],
        { duration: MOVE_MS, easing: "cubic-bezier(0.22, 0.8, 0.24, 1)" });
}
