/**
 * Listens to events of the page, until the signal aborts; in Node there are none. `hint`: it came back into view, or
 * the network changed. `hide`: it was left, and may be kept for the back button. `show`: it came back from there.
 */
export function listenToPage(signal, { hint, hide, show }) {
    const listen = (target, type, body) => target?.addEventListener?.(type, body, { signal });
    const seen = () => {
        if (!globalThis.document?.hidden) hint();
    };
    listen(globalThis.document, "visibilitychange", seen);
    for (const type of ["online", "offline"]) listen(globalThis, type, seen);
    listen(globalThis, "pagehide", hide);
    listen(globalThis, "pageshow", ({ persisted }) => persisted && show());
}
