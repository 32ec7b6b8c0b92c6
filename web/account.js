// Signing in and out, and the place of the user who is signed in. scorecast/session.js keeps the session, and
// account-state.js has the decisions. Names come from users, so text reaches the page only as textContent.

import "./account-dialog.js";
import { AccountForm } from "./account-form.js";
import { linkOf, placeOf, problemsOf, shownName } from "./account-state.js";
import { login, register, resume } from "./scorecast.js";
import { post } from "./scorecast/accounts.js";
import { windowText } from "./state.js";

// Scores below the top are not pushed: the place of a user who is not in it is asked for this often.
const PLACE_MS = 15_000;
// A person who switches between tabs must not shorten this.
const HURRY_MS = 5_000;
const TITLES = {
    login: "Sign in", signup: "Create an account", forgot: "Forgotten password", reset: "New password",
    me: "Your account", note: "Your account",
};
const number = new Intl.NumberFormat();

const ids = [
    "sign-in", "me", "me-rank", "me-name", "me-score", "account", "account-title", "account-close", "account-said",
    "account-me", "account-name", "account-username", "account-email", "account-rank", "account-score",
    "account-where", "log-out", "log-out-everywhere", "account-note", "news",
];
const page = Object.fromEntries(ids.map((id) => [id, document.getElementById(id)]));

/** The account of this page's reader. */
export class Account {
    /** Whether this server has accounts. */
    isOffered = false;
    #onChange;
    #room;
    #session = null;
    // `{rank, score}`; null without a score, undefined while it is not known.
    #place = undefined;
    #askedFor = null;
    #askedAt = -Infinity;
    #resetToken = null;
    #forms;

    /** `onChange` is called after each login and logout; `room` returns what is shown: `{board, window, entries}`. */
    constructor({ onChange, room }) {
        this.#onChange = onChange;
        this.#room = room;
        const form = (kind, send, done) => [kind, new AccountForm(
            page.account.querySelector(`form[data-kind=${kind}]`), { send, done, say })];
        this.#forms = new Map([
            form("login", (request) => this.#enter(login, request), () => page.account.close()),
            form("signup", (request) => this.#enter(register, request), () => page.account.close()),
            form("forgot", (request) => post(location.origin, "/auth/reset-request", request),
                () => this.#note("If an account has this address, a link is on its way to it.")),
            form("reset", (request) => post(location.origin, "/auth/reset", { ...request, token: this.#resetToken }),
                () => this.#open("login", "Your password is changed. Sign in with it.")),
        ]);
        this.#listen();
    }

    get session() { return this.#session; }

    get name() { return shownName(this.#session.user ?? { id: "" }); }

    /** The button that opens the dialog now. */
    get #opener() { return page[this.#session === null ? "sign-in" : "me"]; }

    owns(userID) { return this.#session?.user?.id === userID; }

    /** Takes up the session of an earlier visit, and follows a link from a mail. */
    async start() {
        this.#followLink();
        const session = await resume({ storage: storage() }).catch(() => null);
        if (session !== null) return this.#take(session);
        this.isOffered = await hasAccounts();
        this.#show();
        this.#onChange();
    }

    /** Another top is drawn, or another room is chosen (without entries yet): the user's place may be in it. */
    see({ board, window, entries }) {
        const userID = this.#session?.user?.id;
        if (userID === undefined) return;
        const place = placeOf(userID, entries);
        const isOther = this.#askedFor !== `${board} ${window}`;
        if (place !== null) {
            [this.#place, this.#askedFor] = [{ ...place, isTop: true }, `${board} ${window}`];
        } else if (isOther || this.#place?.isTop) {
            if (this.#place) this.#place = { ...this.#place, isTop: false };
            this.#ask(true);
        }
        this.#show();
    }

    // MARK: Sessions

    async #enter(how, request) { this.#take(await how({ ...request, storage: storage() })); }

    #take(session) {
        this.#session = session;
        this.isOffered = true;
        session.onEnd = (reason) => this.#left(session, reason);
        // It may have ended before it was listened to.
        if (session.ended !== null) return this.#left(session, session.ended);
        this.#forget();
        page.news.textContent = `Signed in as ${this.name}`;
        this.#show();
        this.#onChange();
        this.see(this.#room());
    }

    #left(session, reason) {
        if (session !== this.#session) return;
        this.#session = null;
        this.#forget();
        page.news.textContent = reason === "logout" ? "Signed out" : "You were signed out";
        if (page.account.open) page.account.close();
        this.#show();
        this.#onChange();
    }

    #forget() { [this.#place, this.#askedFor, this.#askedAt] = [undefined, null, -Infinity]; }

    async #logOut(everywhere) {
        try {
            await this.#session?.logout({ everywhere });
        } catch {
            this.#note("You are signed out here, but the server could not be told.");
        }
    }

    // MARK: The user's place

    /** Asks for the place, unless that was done a moment ago for the same board and window. */
    async #ask(isNew = false) {
        const [session, { board, window, entries }, now] = [this.#session, this.#room(), performance.now()];
        if (!session?.user || document.hidden) return;
        if (!isNew && (placeOf(session.user.id, entries) !== null || now - this.#askedAt < HURRY_MS)) return;
        const room = `${board} ${window}`;
        if (this.#askedFor !== room) this.#place = undefined;
        [this.#askedFor, this.#askedAt] = [room, now];
        this.#show();
        const place = await placeFrom(session, board, window);
        if (session !== this.#session || this.#askedFor !== room || place === undefined) return;
        this.#place = place;
        this.#show();
    }

    // MARK: The page

    #listen() {
        page["sign-in"].addEventListener("click", () => this.#open("login"));
        page.me.addEventListener("click", () => this.#open("me"));
        page["account-close"].addEventListener("click", () => page.account.close());
        page["log-out"].addEventListener("click", () => this.#logOut(false));
        page["log-out-everywhere"].addEventListener("click", () => this.#logOut(true));
        // A click next to the dialog meets the dialog itself.
        page.account.addEventListener("click", ({ target }) => target === page.account && page.account.close());
        page.account.addEventListener("close", () => {
            for (const form of this.#forms.values()) form.clear();
            this.#resetToken = null;
            // The button that opened it may be hidden now.
            const { activeElement } = document;
            if (activeElement === document.body || !activeElement?.checkVisibility()) this.#opener.focus();
        });
        for (const button of page.account.querySelectorAll("button[data-to]")) {
            button.addEventListener("click", () => this.#open(button.dataset.to));
        }
        addEventListener("hashchange", () => this.#followLink());
        document.addEventListener("visibilitychange", () => this.#ask());
        setInterval(() => this.#ask(), PLACE_MS);
    }

    #open(view, said = "") {
        page["account-title"].textContent = TITLES[view];
        for (const [kind, form] of this.#forms) form.show(kind === view);
        page["account-me"].hidden = view !== "me";
        page["account-note"].hidden = view !== "note";
        if (!page.account.open) page.account.showModal();
        say(said);
        if (this.#forms.has(view)) this.#forms.get(view).focus();
        else page["account-title"].focus();
    }

    #note(text) { this.#open("note", text); }

    /** A token in the address must not stay there: it would be kept in the history, and be seen. */
    async #followLink() {
        const link = linkOf(location.hash);
        if (link === null) return;
        history.replaceState(history.state, "", location.pathname + location.search);
        if (link.kind === "reset") {
            this.#resetToken = link.token;
            return this.#open("reset");
        }
        this.#note("One moment…");
        try {
            await post(location.origin, "/auth/verify", { token: link.token });
            this.#note("Your e-mail address is confirmed.");
        } catch (error) {
            this.#note(problemsOf("verify", error, []).message);
        }
    }

    #show() {
        const isIn = this.#session !== null;
        page["sign-in"].hidden = isIn || !this.isOffered;
        page.me.hidden = !isIn;
        if (!isIn) return;
        const { name } = this;
        const { user } = this.#session;
        const { board, window } = this.#room();
        const [rank, score] = this.#place ? [this.#place.rank, this.#place.score].map((it) => number.format(it))
            : ["–", this.#place === null ? "No score yet" : "–"];
        const facts = {
            "me-name": name, "me-rank": rank, "me-score": this.#place ? score : "",
            "account-name": name, "account-username": user?.username ?? "–", "account-email": user?.email ?? "–",
            "account-rank": rank, "account-score": score, "account-where": `${board} · ${windowText(window, null)}`,
        };
        for (const [id, text] of Object.entries(facts)) setText(page[id], text);
        const place = this.#place ? `, rank ${rank}, score ${score}` : "";
        page.me.setAttribute("aria-label", `${name}${place}. Your account`);
    }
}

/** Where the session is kept: a page without access to its storage forgets it with the page. */
function storage() {
    try {
        return globalThis.localStorage ?? null;
    } catch {
        return null;
    }
}

/** Whether this server has accounts; see account-probe.js. */
function hasAccounts() {
    return new Promise((done) => {
        const worker = new Worker("/account-probe.js", { type: "module" });
        const answer = (isThere) => {
            worker.terminate();
            done(isThere);
        };
        worker.onmessage = ({ data }) => answer(data === true);
        worker.onerror = () => answer(false);
    });
}

/** The user's place; null without a score, undefined if the server does not say. */
async function placeFrom(session, board, window) {
    const body = JSON.stringify({ user_ids: [session.user.id] });
    const headers = { "Content-Type": "application/json" };
    try {
        const query = new URLSearchParams({ board, window });
        // The route of one user answers 404 without a score, which browsers write into the console as an error.
        const answer = await session.fetch(`/leaderboard/users?${query}`, { method: "POST", headers, body });
        return answer.ok ? placeOf(session.user.id, (await answer.json()).entries) : undefined;
    } catch {
        return undefined;
    }
}

/** The sentence about what the dialog shows: a live region. */
function say(text) { setText(page["account-said"], text); }

function setText(element, text) {
    if (element.textContent !== text) element.textContent = text;
}
