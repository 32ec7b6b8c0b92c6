// The notifications of the reader: the list, the number of unread ones, and toasts for new ones.

import { ask } from "./play-api.js";
import { at, make, say, setText } from "./play-page.js";
import { EMPTY_NOTICES, PLAY, agoText, noticesRead, noticesWith, unreadText } from "./play-state.js";

// Those that were missed come all at once, and are only counted.
const CATCH_UP_MS = 1_000;

export class Notices {
    #session = null;
    #notices = EMPTY_NOTICES;
    #startedAt = -Infinity;
    #onNews;

    /** `onNews` is called with each notification that comes while the page is open. */
    constructor({ onNews }) {
        this.#onNews = onNews;
        at("bell").addEventListener("click", () => this.#open());
        at("notices-close").addEventListener("click", () => at("notices").close());
        at("notices").addEventListener("click", ({ target }) => target === at("notices") && at("notices").close());
    }

    /** The reader and its connection; null without one. */
    start(session, connection) {
        this.#session = session;
        this.#notices = EMPTY_NOTICES;
        this.#startedAt = performance.now();
        at("toasts").replaceChildren();
        at("bell").hidden = session === null;
        if (session === null && at("notices").open) at("notices").close();
        this.#draw();
        connection?.notifications({
            onNotification: (notification) => this.#take(notification),
            onError: ({ final, message }) => final || say(`Notifications: ${message}.`),
        });
    }

    #take(notification) {
        this.#notices = noticesWith(this.#notices, notification);
        this.#draw();
        if (at("notices").open) this.#read();
        if (performance.now() - this.#startedAt < CATCH_UP_MS) return;
        toast(notification.title);
        this.#onNews(notification);
    }

    #open() {
        at("notices").showModal();
        at("notices-title").focus();
        this.#draw();
        this.#read();
    }

    /** What is seen is read. Those that were read stay in the list until the page is left. */
    async #read() {
        const ids = this.#notices.list.filter(({ isRead }) => !isRead).map(({ id }) => id);
        if (ids.length === 0 && this.#notices.unread === 0) return;
        this.#notices = noticesRead(this.#notices);
        this.#drawCount();
        await ask(this.#session, "POST", "/notifications/read", { all: true }).catch((problem) => say(problem.message));
    }

    #draw() {
        this.#drawCount();
        const now = Date.now();
        at("notice-list").replaceChildren(...this.#notices.list.map(({ title, created_at, kind, isRead }) => {
            const element = make("li", "notice-row");
            element.dataset.kind = kind;
            element.toggleAttribute("data-unread", !isRead);
            const words = make("p", "", title);
            words.dir = "auto";
            element.append(words, make("p", "small", agoText(created_at, now)));
            return element;
        }));
        at("no-notices").hidden = this.#notices.list.length > 0;
    }

    #drawCount() {
        const { unread } = this.#notices;
        at("bell-count").hidden = unread === 0;
        setText(at("bell-count"), unread > 99 ? "99+" : String(unread));
        at("bell").setAttribute("aria-label", unreadText(unread));
    }
}

/** Shows a sentence for a while; only the latest few. */
export function toast(sentence) {
    const element = make("p", "toast", sentence);
    element.dir = "auto";
    const toasts = at("toasts");
    while (toasts.children.length >= PLAY.TOASTS) toasts.firstElementChild.remove();
    toasts.append(element);
    setTimeout(() => element.remove(), PLAY.TOAST_MS);
}
