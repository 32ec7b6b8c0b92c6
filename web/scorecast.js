// Follows Scorecast leaderboards, from a web page or from Node:
//
//     for await (const { entries } of follow({ board: "global", limit: 3 })) show(entries);
//
// and logs in, where the server has accounts:
//
//     const session = await login({ username, password });
//     const answer = await session.fetch("/users/me");
//
// Import it from a gateway (`/scorecast.js`), or copy it together with the folder `scorecast` next to it.
// docs/clients.md says how to use it, scorecast.d.ts has the types. scorecast/standings.js decides what messages mean,
// scorecast/waits.js how long to wait; scorecast/connection.js carries out the decisions.

import { Connection } from "./scorecast/connection.js";
import {
    challengeSettings, connectionSettings, demandAll, knownOptions, notificationSettings, roomSettings,
} from "./scorecast/settings.js";

export { ScoreboardError, SessionError } from "./scorecast/errors.js";
export { login, register, resume } from "./scorecast/session.js";

/**
 * Follows one board until `close()`, or until the server refuses further connections. Lost connections are made again,
 * and continue from the last state. See scorecast.d.ts for the options.
 */
export function follow(options = {}) {
    const [settings, conditions] = connectionSettings(options);
    const [room, roomConditions] = roomSettings(options, settings.token);
    demandAll([...knownOptions(options, "follow"), ...conditions, ...roomConditions]);
    const connection = new Connection({ ...settings, endsWithRoom: true });
    // `onError` and `signal` are those of the connection, so the room does not need them too.
    const seat = connection.enter({ ...room, onError: undefined, signal: null });
    return Object.freeze({
        get state() { return seat.state; },
        get me() { return seat.me; },
        get status() { return connection.status; },
        close() { connection.close(); },
        retry() { connection.retry(); },
        [Symbol.asyncIterator]: () => closing(seat, () => connection.close()),
    });
}

/**
 * One connection for several rooms: `connect().join({ board })`, and for challenges and notifications. It connects when
 * there is something to follow.
 */
export function connect(options = {}) {
    const [settings, conditions] = connectionSettings(options);
    demandAll([...knownOptions(options, "connect"), ...conditions]);
    const connection = new Connection({ ...settings, endsWithRoom: false });
    return Object.freeze({
        get status() { return connection.status; },
        join(room = {}) {
            const [roomOptions, roomConditions] = roomSettings(room, settings.token);
            demandAll([...knownOptions(room, "join"), ...roomConditions]);
            return handle(connection, connection.enter(roomOptions));
        },
        challenge(id, given = {}) {
            const [roomOptions, roomConditions] = challengeSettings(id, given, settings.token);
            demandAll([...knownOptions(given, "challenge"), ...roomConditions]);
            return challengeHandle(connection.play, connection.play.enter(roomOptions));
        },
        notifications(given = {}) {
            const [inboxOptions, inboxConditions] = notificationSettings(given, settings);
            demandAll([...knownOptions(given, "notifications"), ...inboxConditions]);
            const inbox = connection.play.listen(inboxOptions);
            const stop = () => connection.play.unlisten(inbox);
            return Object.freeze({
                get error() { return inbox.error; },
                stop,
                [Symbol.asyncIterator]: () => closing(inbox, stop),
            });
        },
        close() { connection.close(); },
        retry() { connection.retry(); },
    });
}

/** A room as its user sees it. */
function handle(connection, seat) {
    const { board, window } = seat.request;
    const leave = () => connection.leave(seat);
    return Object.freeze({
        board,
        window,
        get state() { return seat.state; },
        get me() { return seat.me; },
        get error() { return seat.error; },
        leave,
        [Symbol.asyncIterator]: () => closing(seat, leave),
    });
}

/** The room of a challenge as its user sees it. */
function challengeHandle(play, seat) {
    const leave = () => play.leave(seat);
    return Object.freeze({
        id: seat.id,
        get state() { return seat.state; },
        get isJoined() { return seat.isJoined; },
        get error() { return seat.error; },
        update(progress, state) { seat.update(progress, state); },
        hint: () => seat.hint(),
        leave,
        [Symbol.asyncIterator]: () => closing(seat, leave),
    });
}

/** The states of a room; leaving the loop ends their source. */
async function* closing(seat, end) {
    try {
        yield* seat.states();
    } finally {
        end();
    }
}
