// Compiled, never run: correct client code fits the types of web/scorecast.d.ts, and wrong code does not.

import {
    connect, follow, login, register, resume, ScoreboardError, SessionError, type State, type Status,
} from "../../web/scorecast.js";

const follower = follow({
    board: "global",
    limit: 3,
    token: async () => "aa.bb.cc",
    onState: ({ entries }: State) =>
        console.table(entries.map(({ rank, user_id, score }) => [rank + 1, user_id, score])),
    onStatus: ({ phase, loss, staleSince }: Status) => {
        if (phase === "stale" && staleSince !== null) console.log(new Date(staleSince));
        console.log(phase, loss?.reason ?? "", loss?.refusal?.message ?? "");
    },
    onError: (error) => {
        if (error instanceof ScoreboardError && error.kind === "unauthorized" && error.final) follower.close();
    },
});

export async function watch(): Promise<number> {
    for await (const { entries, version } of follow({ mode: "full" })) return entries.length + version;
    return 0;
}

const connection = connect({ url: "wss://example.org", signal: new AbortController().signal });
const room = connection.join({ board: "guild-7", onError: ({ kind }) => console.log(kind) });
room.leave();
connection.retry();

const playing = connect({ token: "aa.bb.cc", onChallenge: ({ id }) => console.log(id) });
const own = playing.join({
    me: true, onRank: ({ rank, total }) => console.log(rank / total), onPassed: ({ by }) => console.log(by),
});
const challenge = playing.challenge("A".repeat(22), {
    onState: ({ present, members }) => console.log(present, members.map(({ progress }) => progress + 1)),
    onHint: ({ text, left }) => console.log(text, left),
});
challenge.update(50, { step: 2 });
const notifications = playing.notifications({ onNotification: ({ title }) => console.log(title) });
notifications.stop();
export const asked: [boolean, number | undefined] = [challenge.hint(), own.me?.rank];

export async function play(): Promise<string> {
    const session = await resume({ storage: localStorage, onEnd: (reason) => console.log(reason) })
        ?? await login({ base: "https://example.org", username: "ayo", password: "correct horse" });
    session.onEnd = (reason) => console.log(reason === "refused");
    follow({ token: session });
    follow({ token: () => session.token() });
    follow({ token: (isRefused) => session.token({ renew: isRefused }) });
    try {
        await register({ username: "ayo", password: "correct horse", email: "ayo@example.org" });
    } catch (error) {
        if (error instanceof SessionError) console.log(error.details.map(({ field, reason }) => field + reason));
    }
    const { status } = await session.fetch("/users/me");
    await session.logout({ everywhere: status === 200 });
    return session.user?.id ?? await session.token();
}

// @ts-expect-error: a login needs a name or an address
login({ password: "correct horse" });
// @ts-expect-error: there is no such end
export const end = async () => (await resume())?.ended === "bored";
// @ts-expect-error: there is no such mode
follow({ mode: "some" });
// @ts-expect-error: progress is a number
challenge.update("half");
// @ts-expect-error: a room has no token of its own
connection.join({ token: "aa.bb.cc" });
// @ts-expect-error: a state is not to be changed
if (follower.state) follower.state.version = 3;
// @ts-expect-error: there is no such phase
if (follower.status.phase === "gone") follower.close();
