// A WebSocket or an event stream, with one way to hear of both.

/**
 * Opens one: `query` goes into its address, and `token` (null where there is none) into the subprotocols. What comes is
 * told to the listener: `opened()`, `heard(text)`, `sensed()` for a sign of life that is no message, `failed()` for an
 * error, which is the end, and mostly told again by `closed({code, reason, wasClean})`, where `code` is null if there
 * is none. Throws what the class throws.
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
    // It has to be there, and to stay there after the end: the package `ws` throws an error that nobody listens to,
    // which ends the process.
    socket.onerror = () => failed();
    // Browsers show no pings, that package does.
    if (typeof socket.on === "function") socket.on("ping", () => sensed());
    return socket;
}
