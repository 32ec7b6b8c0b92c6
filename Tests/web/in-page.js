// scripts/check-page runs this in the live page: the library in each way of following, at the same time. They must
// agree on the entries of every version that two of them saw, since deltas only describe the same entries in a shorter
// form.
globalThis.startWatchers = () => {
    const seen = new Map();
    const differences = [];
    const followers = [];
    let room = null;
    let connection = null;
    let refused = null;

    const note = (way) => ({ epoch, version, entries }) => {
        const key = `${epoch}:${version}`;
        const text = JSON.stringify(entries);
        const known = seen.get(key);
        if (known === undefined) seen.set(key, { way, text, count: 1 });
        else if (known.text === text) known.count += 1;
        else differences.push({ key, ways: [known.way, way], texts: [known.text, text] });
    };

    // A network that blocks WebSockets.
    class Blocked {
        constructor() { setTimeout(() => this.onclose({ code: 1006, reason: "", wasClean: false })); }
        send() {}
        close() {}
    }

    import("/scorecast.js").then(({ connect, follow }) => {
        followers.push(follow({ mode: "full", onState: note("full") }));
        followers.push(follow({ mode: "delta", onState: note("delta") }));
        followers.push(follow({ WebSocket: Blocked, onState: note("events") }));
        connection = connect();
        room = connection.join({ onState: note("room") });
        connection.join({ board: "nope", onError: ({ kind }) => { refused = kind; } });
    });

    const all = () => [...followers, { state: room?.state, status: connection?.status }];
    return {
        areReady: () => all().length === 4 && all().every(({ state }) => state),
        /** Null until all have this top, as `[rank, user, score]`. */
        reportOn(top) {
            const wanted = JSON.stringify(top);
            const rows = ({ state }) => JSON.stringify(state.entries.map((entry) => Object.values(entry)));
            if (!all().every((follower) => rows(follower) === wanted)) return null;
            const versions = [...seen.values()].filter(({ count }) => count > 1).length;
            return { differences, refused, versions, transports: all().map(({ status }) => status.transport) };
        },
        close() {
            for (const follower of followers) follower.close();
            connection.close();
        },
    };
};
