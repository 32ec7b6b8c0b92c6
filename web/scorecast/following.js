// What a caller follows: its newest state, and its end. Rooms of boards and of challenges are such.

/** Subclasses have `state`: the newest one, a new object at each change; null before the first. */
export class Following {
    /** The reason for the end; null while there is none, and if the caller ended it. */
    error = null;
    #ending = new AbortController();
    #onError;
    // Called at each change, for readers that wait for one.
    #change;
    #wake;

    constructor(onError) {
        this.#onError = onError;
        this.#renewChange();
    }

    /** Aborts when nothing more will come. */
    get over() { return this.#ending.signal; }

    /** Nothing more will come; `error` is the reason, unless the caller ended it. */
    end(error) {
        if (this.over.aborted) return;
        this.error = error;
        this.#ending.abort();
        this.#renewChange();
        if (error !== null) this.complain(error);
    }

    complain(error) { call(this.#onError, error); }

    /** Wakes those who wait for the next state. */
    changed() { this.#renewChange(); }

    /** Ends when the signal aborts; `leave` does what belongs to it. */
    endWith(signal, leave) {
        if (signal === null) return;
        signal.addEventListener("abort", leave, { signal: this.over });
        if (signal.aborted) leave();
    }

    /** The newest state, then each time a newer one; a slow reader skips some. Throws the error of the end. */
    async *states() {
        let seen = null;
        for (;;) {
            const { state, over, error } = this;
            if (over.aborted && error === null) return;
            if (state !== seen) yield (seen = state);
            else if (over.aborted) throw error;
            else await this.#change;
        }
    }

    #renewChange() {
        this.#wake?.();
        this.#change = new Promise((resolve) => { this.#wake = resolve; });
    }
}

/**
 * Errors in a caller's callback must not break the library, and must not be hidden. The same is true of a promise that
 * it returns: in Node, a failed promise without a handler ends the process.
 */
export function call(callback, value) {
    try {
        const result = callback?.(value);
        if (typeof result?.then === "function") result.then(undefined, report);
    } catch (error) {
        report(error);
    }
}

function report(error) {
    (globalThis.reportError ?? console.error)(error);
}
