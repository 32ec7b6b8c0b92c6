// One form of the account dialog: its values, its problems, and its wait for the server.

import { missingIn, problemsOf, requestOf } from "./account-state.js";

/** A form whose `data-kind` says what it is for. */
export class AccountForm {
    #form;
    #say;
    #inputs;
    #isBusy = false;

    /**
     * `send` gets what the form asks for and returns a promise; `done` is called after it, `say` with a sentence about
     * the whole form.
     */
    constructor(form, { send, done, say }) {
        this.#form = form;
        this.#say = say;
        this.#inputs = new Map([...form.querySelectorAll("input[name]")].map((input) => [input.name, input]));
        form.addEventListener("submit", (event) => {
            event.preventDefault();
            this.#submit(send, done);
        });
        for (const input of this.#inputs.values()) {
            input.addEventListener("input", () => this.#mark(input, ""));
        }
        for (const button of form.querySelectorAll("button[data-shows]")) this.#letShow(button);
    }

    get kind() { return this.#form.dataset.kind; }

    show(isShown) { this.#form.hidden = !isShown; }

    /** Empties it, passwords above all. */
    clear() {
        this.#form.reset();
        this.tell({ fields: {}, message: "" });
        for (const button of this.#form.querySelectorAll("button[data-shows][aria-pressed=true]")) button.click();
    }

    focus() { this.#inputs.values().next().value?.focus(); }

    /** Shows problems: next to the fields, and for the whole form. */
    tell({ fields, message }) {
        for (const [name, input] of this.#inputs) this.#mark(input, fields[name] ?? "");
        this.#say(message);
        const [first] = [...this.#inputs].filter(([name]) => name in fields);
        first?.[1].focus();
    }

    async #submit(send, done) {
        if (this.#isBusy) return;
        const values = Object.fromEntries([...this.#inputs].map(([name, input]) => [name, input.value]));
        const missing = missingIn(this.kind, values);
        this.tell(missing ?? { fields: {}, message: "" });
        if (missing !== null) return;
        this.#wait(true);
        try {
            await send(requestOf(this.kind, values));
        } catch (error) {
            return this.tell(problemsOf(this.kind, error, [...this.#inputs.keys()]));
        } finally {
            this.#wait(false);
        }
        this.clear();
        done();
    }

    /** The button keeps its focus while it waits: a disabled one would lose it. */
    #wait(isBusy) {
        this.#isBusy = isBusy;
        this.#form.toggleAttribute("data-busy", isBusy);
        this.#form.querySelector("button[type=submit]").setAttribute("aria-disabled", String(isBusy));
    }

    #mark(input, problem) {
        const place = document.getElementById(`${input.id}-problem`);
        if (place.textContent !== problem) place.textContent = problem;
        if (problem === "") input.removeAttribute("aria-invalid");
        else input.setAttribute("aria-invalid", "true");
    }

    #letShow(button) {
        const input = document.getElementById(button.dataset.shows);
        button.addEventListener("click", () => {
            const isShown = input.type === "password";
            input.type = isShown ? "text" : "password";
            button.setAttribute("aria-pressed", String(isShown));
        });
    }
}
