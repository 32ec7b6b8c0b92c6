// The choice of a board and a window: two lists, and the address of the page. state.js decides what they hold.

import { boardsOf, choices, roomOf, windowText } from "./state.js";

// A page that waits longer for the list starts without it.
const LIST_MS = 1_500;

/** The lists, and the room that is chosen. `show` is called with each room that the reader chooses. */
export class Choice {
    room = null;
    #page;
    #show;
    #boards = [];

    /** `page` has the elements `choice`, `board-choice` and `window-choice`. */
    constructor(page, show) {
        this.#page = page;
        this.#show = show;
        page["board-choice"].addEventListener("change", () => this.#take(page["board-choice"].value, null));
        page["window-choice"].addEventListener("change", () => {
            this.#take(this.room.board, page["window-choice"].value);
        });
        addEventListener("popstate", () => this.#follow());
    }

    /** Whether low scores are better on the board. */
    get isAscending() {
        return this.#boards.some(({ board, isAscending }) => board === this.room.board && isAscending);
    }

    /** Shows the room of the address. If that names no window, the list says which one is the board's first. */
    async start() {
        const list = readBoards();
        if (this.#query.get("window")) this.#follow();
        this.#boards = await list;
        if (this.room === null) this.#follow();
        else this.#fill();
    }

    get #query() { return new URLSearchParams(location.search); }

    #follow() {
        this.room = roomOf(this.#query, this.#boards);
        this.#fill();
        this.#show(this.room);
    }

    #take(board, window) {
        const query = this.#query;
        query.set("board", board);
        query.delete("window");
        query.set("window", window ?? roomOf(query, this.#boards).window);
        history.pushState(null, "", `?${query}`);
        this.#follow();
    }

    #fill() {
        const { boards, windows } = choices(this.#boards, this.room);
        fill(this.#page["board-choice"], boards, this.room.board, (board) => board);
        fill(this.#page["window-choice"], windows, this.room.window, (window) => windowText(window, null));
        this.#page.choice.hidden = boards.length < 2 && windows.length < 2;
    }
}

function fill(list, values, chosen, text) {
    list.replaceChildren(...values.map((value) => new Option(text(value), value, false, value === chosen)));
    list.disabled = values.length < 2;
}

/** The public boards; none if this server does not have the API, or is too slow. */
async function readBoards() {
    try {
        const answer = await fetch("/boards", { signal: AbortSignal.timeout(LIST_MS) });
        return answer.ok ? boardsOf(await answer.json()) : [];
    } catch {
        return [];
    }
}
