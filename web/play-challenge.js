// The challenge that the reader takes part in: its steps and hints, and the room that shares the progress.

import { ask } from "./play-api.js";
import { announce, at, make, makeBusy, say, setText } from "./play-page.js";
import {
    earnedText, hintText, membersOf, presenceText, problemText, progressWith, readChallenge, shortID, stepsDone,
    withHint,
} from "./play-state.js";
import { nameText } from "./state.js";

// While a challenge is made, its news come by the socket; this is for those that get lost.
const LOOK_MS = 3_000;

export class Challenge {
    #session = null;
    #connection = null;
    #names = () => null;
    #onEarned;
    #id = null;
    #challenge = null;
    #room = null;
    #timer = null;

    /** `onEarned` is called after a completion, with its answer. */
    constructor({ onEarned }) {
        this.#onEarned = onEarned;
        at("challenge-close").addEventListener("click", () => {
            history.pushState(null, "", location.pathname);
            this.open(null);
        });
        at("progress").addEventListener("input", () => this.#move(Number(at("progress").value)));
        at("hint").addEventListener("click", () => this.#hint());
        makeBusy(at("challenge-complete"), () => this.#complete());
        makeBusy(at("share"), () => this.#share());
    }

    /** The reader and its connection; null without one. */
    start(session, connection, names) {
        const id = this.#id;
        this.open(null);
        [this.#session, this.#connection, this.#names] = [session, connection, names];
        if (id !== null && session !== null) this.open(id);
    }

    /** Shows a challenge; null leaves it. */
    open(id) {
        if (id === this.#id) return;
        this.#room?.leave();
        clearTimeout(this.#timer);
        [this.#id, this.#challenge, this.#room] = [id, null, null];
        const isShown = id !== null && this.#session !== null;
        at("challenge").hidden = !isShown;
        if (!isShown) return;
        for (const list of ["steps", "hints", "members"]) at(list).replaceChildren();
        this.#room = this.#connection.challenge(id, {
            onState: () => this.drawRoom(), onHint: (hint) => this.#takeHint(hint),
            onError: (error) => this.#failed(error),
        });
        this.#draw();
        this.drawRoom();
        this.#load(id);
    }

    /** A challenge of the reader has been made. */
    generated({ id }) { if (id === this.#id) this.#load(id); }

    async #load(id) {
        clearTimeout(this.#timer);
        let answer;
        try {
            answer = await ask(this.#session, "GET", `/challenges/${id}`);
        } catch (problem) {
            if (id !== this.#id) return;
            say(problem.message);
            if (problem.status === null || problem.status >= 500) this.#look(id);
            else this.#gone();
            return;
        }
        if (id !== this.#id) return;
        const challenge = readChallenge(answer, this.#session.user?.id);
        if (challenge === null || !challenge.isReady) return this.#look(id);
        const isFirst = this.#challenge === null;
        this.#challenge = challenge;
        if (isFirst) this.#show(challenge.progress);
        this.#draw();
        if (isFirst) announce(`The challenge is ready: ${challenge.title}`);
    }

    #look(id) { this.#timer = setTimeout(() => this.#load(id), LOOK_MS); }

    #gone() {
        history.replaceState(null, "", location.pathname);
        this.open(null);
    }

    // MARK: The room

    #failed({ final, serverCode, message }) {
        say(problemText({ code: serverCode, message, status: 400 }));
        if (final && this.#room?.error) this.#gone();
    }

    #move(progress) {
        this.#show(progress);
        this.#room?.update(progress);
    }

    #show(progress) {
        at("progress").value = String(progress);
        setText(at("progress-text"), `${progress} %`);
        const boxes = [...at("steps").querySelectorAll("input")];
        const done = stepsDone(progress, boxes.length);
        boxes.forEach((box, index) => { box.checked = index < done; });
    }

    #hint() {
        if (at("hint").hasAttribute("aria-disabled")) return;
        if (this.#room?.hint() !== true) say(problemText({ code: "unavailable" }));
    }

    #takeHint(hint) {
        if (this.#challenge === null) return;
        say("");
        this.#challenge = withHint(this.#challenge, hint);
        this.#draw();
        // It tells the price of the next one.
        this.#load(this.#id);
        if (hint.cost > 0) this.#onEarned(null, null);
    }

    async #complete() {
        try {
            const answer = await ask(this.#session, "POST", `/challenges/${this.#id}/complete`);
            this.#challenge = { ...this.#challenge, isCompleted: true };
            this.#move(100);
            this.#draw();
            at("challenge-title").focus();
            say("");
            this.#onEarned(answer, earnedText(answer));
        } catch (problem) {
            say(problem.message);
        }
    }

    async #share() {
        const link = `${location.origin}${location.pathname}#challenge=${this.#id}`;
        try {
            await navigator.clipboard.writeText(link);
            announce("The link is copied.");
            setText(at("share"), "Copied");
        } catch {
            // Pages without TLS have no clipboard: the address of the page is the link.
            say(`The link is ${link}`);
        }
    }

    // MARK: Drawing

    #draw() {
        const challenge = this.#challenge;
        at("challenge-wait").hidden = challenge !== null;
        at("challenge-body").hidden = challenge === null;
        setText(at("challenge-title"), challenge?.title ?? "Challenge");
        setText(at("challenge-text"), challenge?.description ?? "");
        const facts = [challenge?.difficulty, challenge?.isCompleted ? "completed" : ""].filter(Boolean);
        setText(at("challenge-facts"), facts.join(" · "));
        setText(at("share"), "Copy the link");
        if (challenge === null) return;
        if (at("steps").children.length !== challenge.steps.length) {
            at("steps").replaceChildren(...challenge.steps.map((step, index) => this.#step(step, index)));
            this.#show(Number(at("progress").value));
        }
        const texts = challenge.hints.slice(at("hints").children.length);
        at("hints").append(...texts.map((text) => {
            const hint = make("li", "", text);
            hint.dir = "auto";
            return hint;
        }));
        at("no-hints").hidden = challenge.hints.length > 0;
        const words = hintText(challenge);
        setText(at("hint"), words ?? "No more hints");
        if (words === null) at("hint").setAttribute("aria-disabled", "true");
        else at("hint").removeAttribute("aria-disabled");
        at("challenge-complete").hidden = !challenge.isOwn || challenge.isCompleted;
    }

    #step(text, index) {
        const [element, label, box] = [make("li"), make("label"), document.createElement("input")];
        box.type = "checkbox";
        box.addEventListener("change", () =>
            this.#move(progressWith(index, box.checked, this.#challenge.steps.length)));
        const words = make("span", "", text);
        words.dir = "auto";
        label.append(box, words);
        element.append(label);
        return element;
    }

    /** The members and their progress. */
    drawRoom() {
        if (this.#room === null) return;
        const { state } = this.#room;
        const userID = this.#session.user?.id;
        setText(at("present"), presenceText(state));
        const { shown, more } = membersOf(state, userID);
        at("members").replaceChildren(...shown.map((member) => {
            const element = make("li", "member");
            const { text } = nameText(this.#names(member.user_id) ?? shortID(member.user_id));
            const name = make("span", "member-name", member.user_id === userID ? `${text} (you)` : text);
            name.dir = "auto";
            const bar = document.createElement("progress");
            [bar.max, bar.value] = [100, member.progress];
            bar.setAttribute("aria-label", `Progress of ${text}`);
            element.dataset.user = member.user_id;
            element.append(name, bar, make("span", "member-percent", `${member.progress} %`));
            return element;
        }));
        at("members-more").hidden = more === 0;
        setText(at("members-more"), `and ${more} more`);
    }
}
