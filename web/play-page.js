// What the parts of the page for tasks and challenges share: its elements and how they are written. Texts come from
// users and services, so they reach the page only as textContent.

/** The element of an id. */
export const at = (id) => document.getElementById(id);

/** A new element with a class and a text. */
export function make(tag, className = "", text = "") {
    const element = document.createElement(tag);
    if (className !== "") element.className = className;
    element.textContent = text;
    return element;
}

/** Writes only if the text differs: a live region speaks at each write. */
export function setText(element, text) {
    if (element.textContent !== text) element.textContent = text;
}

/** A button that does one thing at a time; it keeps its focus meanwhile. `act` returns a promise. */
export function makeBusy(button, act) {
    let isBusy = false;
    button.addEventListener("click", async () => {
        if (isBusy) return;
        isBusy = true;
        button.setAttribute("aria-disabled", "true");
        try {
            await act();
        } finally {
            isBusy = false;
            button.removeAttribute("aria-disabled");
        }
    });
    return button;
}

/** Says what went wrong, as a sentence; an empty one takes it back. */
export function say(sentence) { setText(at("said"), sentence); }

/** Says something to those who hear the page, and to nobody else. */
export function announce(sentence) { setText(at("news"), sentence); }
