// The tasks of the reader: the list, a new one, and completions.

import { ask } from "./play-api.js";
import { announce, at, make, makeBusy, say } from "./play-page.js";
import { PLAY, earnedText, taskText, tasksOf } from "./play-state.js";

export class Tasks {
    #session = null;
    #tasks = [];
    #onEarned;
    #onChallenge;

    /** `onEarned` is called after a completion, with its answer; `onChallenge` with the id of a new challenge. */
    constructor({ onEarned, onChallenge }) {
        this.#onEarned = onEarned;
        this.#onChallenge = onChallenge;
        let isBusy = false;
        at("new-task").addEventListener("submit", async (event) => {
            event.preventDefault();
            if (isBusy) return;
            isBusy = true;
            await this.#add();
            isBusy = false;
        });
        at("task-title").addEventListener("input", () => this.#mark(""));
    }

    async start(session) {
        this.#session = session;
        this.#tasks = [];
        this.#draw();
        if (session !== null) await this.refresh();
    }

    async refresh() {
        const session = this.#session;
        try {
            // Open ones may be older than many that are done.
            const queries = ["status=open", "status=in_progress", "status=done"];
            const answers = await Promise.all(queries.map((query) =>
                ask(session, "GET", `/tasks?${query}&limit=${PLAY.TASKS}`)));
            if (session !== this.#session) return;
            this.#tasks = tasksOf(...answers);
            this.#draw();
        } catch (problem) {
            if (session === this.#session) say(problem.message);
        }
    }

    async #add() {
        const title = at("task-title").value.trim();
        if (title === "") return this.#mark("Say what you want to do.");
        const type = at("task-type").value || null;
        try {
            const task = await ask(this.#session, "POST", "/tasks", { title, ...(type !== null && { type }) });
            this.#tasks = [task, ...this.#tasks];
            at("new-task").reset();
            this.#mark("");
            this.#draw();
            announce(`Task added: ${title}`);
        } catch (problem) {
            this.#mark(problem.message);
        }
        at("task-title").focus();
    }

    #mark(problem) {
        at("task-problem").textContent = problem;
        if (problem === "") at("task-title").removeAttribute("aria-invalid");
        else at("task-title").setAttribute("aria-invalid", "true");
    }

    async #complete(task, element) {
        try {
            const answer = await ask(this.#session, "POST", "/tasks/complete", { task_id: task.id });
            const tasks = this.#tasks.map((it) => it.id === task.id ? { ...it, ...answer.task } : it);
            this.#tasks = tasksOf({ tasks });
            const isFocused = element.contains(document.activeElement);
            this.#draw();
            // The button that had the focus is gone.
            if (isFocused) (at("tasks").querySelector("button") ?? at("task-title")).focus();
            say("");
            this.#onEarned(answer, earnedText(answer));
        } catch (problem) {
            say(problem.message);
            if (problem.code === "unknown_task") await this.refresh();
        }
    }

    async #challenge(task) {
        try {
            const answer = await ask(this.#session, "POST", "/challenges/generate", { task_id: task.id });
            say("");
            this.#onChallenge(answer.challenge.id);
        } catch (problem) {
            say(problem.message);
        }
    }

    #draw() {
        at("tasks").replaceChildren(...this.#tasks.map((task) => this.#row(task)));
        at("no-tasks").hidden = this.#session === null || this.#tasks.length > 0;
    }

    #row(task) {
        const element = make("li", "task");
        element.dataset.task = task.id;
        element.toggleAttribute("data-done", task.status === "done");
        const words = make("div", "task-words");
        const title = make("p", "task-title", task.title);
        title.dir = "auto";
        words.append(title, make("p", "small", taskText(task)));
        element.append(words);
        if (task.status === "done") return element;
        const complete = makeBusy(make("button", "main-button", "Complete"), () => this.#complete(task, element));
        const challenge = makeBusy(make("button", "", "Challenge"), () => this.#challenge(task));
        complete.setAttribute("aria-label", `Complete: ${task.title}`);
        challenge.setAttribute("aria-label", `Make a challenge of: ${task.title}`);
        for (const button of [complete, challenge]) button.type = "button";
        element.append(complete, challenge);
        return element;
    }
}
