// The types of scorecast.js for challenges, notifications and the user's own place. scorecast.d.ts has the rest.

import type { ScoreboardError } from "./scorecast.js";

/** The place of the token's user on a board. */
export interface Place {
    readonly rank: number;
    readonly score: number;
    /** How many users the board has. */
    readonly total: number;
    readonly period: string;
}

/** Another user has passed this one. */
export interface Passing {
    /** The user who did. */
    readonly by: string;
    /** The own rank after that. */
    readonly rank: number;
}

/** A challenge as the server tells it; docs/protocol.md names its members. */
export interface Challenge {
    readonly id: string;
    readonly [member: string]: unknown;
}

/** One member of a challenge. */
export interface ChallengeMember {
    readonly user_id: string;
    /** 0 to 100. */
    readonly progress: number;
    /** What the member's app sent with it; null if it sent nothing. */
    readonly state: unknown;
}

/** The room of a challenge. */
export interface ChallengeState {
    /** How many sockets are in the room. */
    readonly present: number;
    /** The members whose progress is known, at most 1000; the one with the latest progress is the last. */
    readonly members: readonly ChallengeMember[];
}

/** A hint that was asked for. */
export interface Hint {
    /** From 0. */
    readonly index: number;
    readonly text: string;
    /** The coins that it cost. */
    readonly cost: number;
    /** How many are left. */
    readonly left: number;
}

/** The callbacks of the room of a challenge. */
export interface ChallengeOptions {
    /** Leaves the room when it aborts. */
    signal?: AbortSignal | null;
    /** Called with each newer state. */
    onState?: (state: ChallengeState) => void;
    /** Called with each hint that this connection asked for. */
    onHint?: (hint: Hint) => void;
    /**
     * Called with complaints, such as `insufficient_funds` or `no_more_hints` as `serverCode`, and with the reason when
     * the room has ended (`final`), unless it was left.
     */
    onError?: (error: ScoreboardError) => void;
}

/** The room of a challenge. As a sequence it gives the newest state, and then each time a newer one. */
export interface ChallengeRoom extends AsyncIterable<ChallengeState> {
    readonly id: string;
    /** The newest state; null before the first. */
    readonly state: ChallengeState | null;
    /** Whether the server has it in the room at the moment. After a loss it joins again by itself. */
    readonly isJoined: boolean;
    readonly error: ScoreboardError | null;
    /**
     * Tells the own progress, 0 to 100, with a state of up to 1 KiB of JSON. The latest is sent, at most five times a
     * second, and once it is possible. Throws `invalid_configuration`.
     */
    update(progress: number, state?: unknown): void;
    /**
     * Asks for the next hint, which may cost coins; returns whether the request was sent. After a loss it is not sent
     * again, since that would pay for another hint.
     */
    hint(): boolean;
    leave(): void;
}

/** A notification of the user. */
export interface Notification {
    readonly id: string;
    readonly kind: string;
    /** A sentence for people. */
    readonly title: string;
    readonly data: Readonly<Record<string, unknown>>;
    /** RFC 3339. */
    readonly created_at: string;
}

/** The callbacks for notifications. */
export interface NotificationOptions {
    signal?: AbortSignal | null;
    /** Called once with each notification: live ones, and unread ones that were missed, the oldest of those first. */
    onNotification?: (notification: Notification) => void;
    /** Called if missed ones cannot be read, and with the reason for the end. */
    onError?: (error: ScoreboardError) => void;
}

/** The notifications of a connection. As a sequence it gives each once; a slow reader misses all but the last 1000. */
export interface Notifications extends AsyncIterable<Notification> {
    readonly error: ScoreboardError | null;
    stop(): void;
}
