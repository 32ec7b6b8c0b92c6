/** Timeouts by name. A name has one at a time: setting it again replaces it. */
export class Timers {
    #ids = new Map();

    set(name, ms, body) {
        clearTimeout(this.#ids.get(name));
        this.#ids.set(name, setTimeout(() => {
            this.#ids.delete(name);
            body();
        }, ms));
    }

    has(name) { return this.#ids.has(name); }

    clear(...names) {
        for (const name of names) {
            clearTimeout(this.#ids.get(name));
            this.#ids.delete(name);
        }
    }

    clearAll() { this.clear(...this.#ids.keys()); }
}
