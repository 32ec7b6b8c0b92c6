// A WebSocket or an event stream, behind one interface.

/**
 * Opens one: `query` goes into its address, and `token` (null if there is none) into the subprotocols. It calls the
 * listener: `opened()`, `heard(text)`, `sensed()` for a sign that the connection is up without a message, `failed()`
 * for an error, which is the end and is mostly followed by `closed({code, reason, wasClean})`. In that call `code` is
 * null if there is none. Throws the errors of the class.
 */
export function openSource(transport, { WebSocket, EventSource, addresses }, query, token, listener) {
    const { opened, heard, sensed, failed, closed } = listener;
    const url = `${addresses[transport]}?${query}`;
    if (transport === "events") {
        const stream = new EventSource(url);
        stream.onopen = opened;
        stream.onmessage = ({ data }) => heard(data);
        stream.onerror = () => closed({ code: null, reason: "", wasClean: false });
        return stream;
    }
    const socket = new WebSocket(url, token === null ? ["scorecast.v1"] : ["scorecast.v1", `bearer.${token}`]);
    socket.onopen = opened;
    socket.onmessage = ({ data }) => heard(data);
    socket.onclose = ({ code, reason = "", wasClean = false }) => closed({ code, reason, wasClean });
    // The handler has to stay after the end: the package `ws` throws an error without a handler, which ends the
    // process.
    socket.onerror = () => failed();
    // Browsers do not show pings to scripts; that package does.
    if (typeof socket.on === "function") socket.on("ping", () => sensed());
    return socket;
}
