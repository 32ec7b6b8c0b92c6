import Basics

/// Decides about challenges and notifications: which rooms to join, when to send progress, what a message means. Pure:
/// clock and dice are arguments. Times are in milliseconds of any clock that does not go back.
package struct PlayPlan: Sendable {
    /// The most rooms of a connection, as the server allows.
    package static let roomsMax = 64
    /// The room passes on as much; a slider makes many more.
    package static let updateInterval: Int64 = 200
    /// Progress that was sent this short before a loss may not have arrived, and is sent again.
    static let unsure: Int64 = 5_000
    /// The ids of notifications that are remembered; the server keeps half as many.
    static let seenMax = 2_000
    /// Refusals with these codes end a room. Others may be different next time.
    private static let finalCodes: Set<String> = ["unknown_challenge", "unauthorized", "forbidden", "too_many_rooms"]

    /// One room. It is asked for at `joinAt`, and joined by the server's answer.
    private struct Room: Sendable {
        var state: ChallengeRoom?
        var isJoined = false
        /// When to ask for it; nil once that is done.
        var joinAt: Int64?
        var failures = 0
        var own: ChallengeProgress?
        /// Whether the own progress is still to be sent, and when it was sent last.
        var isOwed = false
        var sentAt: Int64?
        /// Own progress waits until then.
        var heldUntil: Int64?

        func isUnsure(at now: Int64) -> Bool { sentAt.map { now - $0 < PlayPlan.unsure } ?? false }
    }

    private let backoff: Backoff
    private var rooms: [String: Room] = [:]
    private var isOpen = false
    private var seen: [String] = []
    private var seenSet: Set<String> = []

    /// A plan with the rooms to join from the start.
    package init(challenges: [String], backoff: Backoff) {
        self.backoff = backoff
        for challenge in challenges { rooms[challenge] = Room(joinAt: 0) }
    }

    /// Whether there is any room.
    package var hasRooms: Bool { !rooms.isEmpty }

    /// Enters a room. One that is malformed or too many is refused.
    package mutating func join(_ challenge: String) -> PlayEvent? {
        guard rooms[challenge] == nil else { return nil }
        guard PlayRequest.isChallenge(challenge) else {
            return Self.refusal(challenge, "invalid_input", "A challenge has an id of 22 characters.", isFinal: true)
        }
        guard rooms.count < Self.roomsMax else {
            return Self.refusal(
                challenge, "too_many_rooms", "A connection has at most \(Self.roomsMax) rooms.", isFinal: true)
        }
        rooms[challenge] = Room(joinAt: 0)
        return nil
    }

    /// Leaves a room.
    package mutating func leave(_ challenge: String) -> PlayRequest? {
        guard rooms.removeValue(forKey: challenge) != nil, isOpen else { return nil }
        return .leave(challenge)
    }

    /// Sets the own progress; the latest is sent, now or once that is possible.
    package mutating func update(_ progress: ChallengeProgress, in challenge: String) -> PlayEvent? {
        guard rooms[challenge] != nil else { return Self.notJoined(challenge) }
        rooms[challenge]?.own = progress
        rooms[challenge]?.isOwed = true
        return nil
    }

    /// Asks for a hint. Only a room that is joined can: a request that waits might pay twice.
    package func hint(in challenge: String) -> (request: PlayRequest?, event: PlayEvent?) {
        guard isOpen, rooms[challenge]?.isJoined == true else { return (nil, Self.notJoined(challenge)) }
        return (.hint(challenge), nil)
    }

    /// A connection has opened.
    package mutating func opened() {
        isOpen = true
        for challenge in rooms.keys { rooms[challenge]?.joinAt = 0 }
    }

    /// The connection is gone.
    package mutating func lost(now: Int64) {
        guard isOpen else { return }
        isOpen = false
        for (challenge, room) in rooms {
            rooms[challenge]?.isJoined = false
            rooms[challenge]?.heldUntil = nil
            if room.isUnsure(at: now) { rooms[challenge]?.isOwed = true }
        }
    }

    /// What to send now, and when there may be more to send; nil: not before something happens.
    package mutating func due(now: Int64) -> (requests: [PlayRequest], next: Int64?) {
        guard isOpen else { return ([], nil) }
        var (requests, next): ([PlayRequest], Int64?) = ([], nil)
        func wait(until time: Int64) { next = min(next ?? time, time) }
        for challenge in rooms.keys.sorted() {
            guard var room = rooms[challenge] else { continue }
            if let time = room.joinAt {
                if time <= now {
                    room.joinAt = nil
                    requests.append(.join(challenge))
                } else {
                    wait(until: time)
                }
            }
            if room.isJoined, room.isOwed, let own = room.own {
                let heldUntil = room.heldUntil ?? now
                if heldUntil <= now {
                    (room.isOwed, room.sentAt) = (false, now)
                    room.heldUntil = now + Self.updateInterval
                    requests.append(.update(challenge, own))
                } else {
                    wait(until: heldUntil)
                }
            }
            rooms[challenge] = room
        }
        return (requests, next)
    }

    /// Takes a message; returns what to tell the app.
    package mutating func take(_ message: PlayMessage, now: Int64, draw: Double) -> PlayEvent? {
        switch message {
        case .joined(let room):
            guard rooms[room.challenge] != nil else { return nil }
            rooms[room.challenge]?.state = room
            rooms[room.challenge]?.isJoined = true
            rooms[room.challenge]?.joinAt = nil
            rooms[room.challenge]?.failures = 0
            return .room(room)
        case .progress(let challenge, let present, let members):
            guard let known = rooms[challenge] else { return nil }
            var state = known.state ?? ChallengeRoom(challenge: challenge, present: present, members: [])
            state.take(present: present, members)
            rooms[challenge]?.state = state
            return .room(state)
        case .hint(let hint): return rooms[hint.challenge] == nil ? nil : .hint(hint)
        case .generated(let challenge): return .generated(challenge: challenge)
        case .notification(let notification): return isNew(notification.id) ? .notification(notification) : nil
        case .place(let place): return .place(place)
        case .passed(let user, let rank): return .passed(by: user, rank: rank)
        case .refused(let challenge, let code, let words):
            return refused(challenge, code, words, now: now, draw: draw)
        }
    }

    /// Whether a notification did not come before; remembers it.
    package mutating func isNew(_ id: String) -> Bool {
        guard seenSet.insert(id).inserted else { return false }
        seen.append(id)
        if seen.count > Self.seenMax { seenSet.remove(seen.removeFirst()) }
        return true
    }

    private mutating func refused(
        _ challenge: String, _ code: String, _ words: String, now: Int64, draw: Double
    ) -> PlayEvent? {
        guard var room = rooms[challenge] else { return nil }
        // A malformed id is refused at the join, a state that is too long later.
        if Self.finalCodes.contains(code) || (!room.isJoined && code == "invalid_input") {
            rooms[challenge] = nil
            return Self.refusal(challenge, code, words, isFinal: true)
        }
        let isLost = !room.isJoined || code == "not_joined"
        if isLost || code == "unavailable" {
            room.failures += 1
            let later = now + backoff.wait(failures: room.failures, draw: draw).wholeMilliseconds
            if room.isUnsure(at: now) { room.isOwed = true }
            if isLost { (room.isJoined, room.joinAt) = (false, later) } else { room.heldUntil = later }
            rooms[challenge] = room
        }
        return code == "not_joined" ? nil : Self.refusal(challenge, code, words, isFinal: false)
    }

    private static func refusal(_ challenge: String, _ code: String, _ words: String, isFinal: Bool) -> PlayEvent {
        .refused(ChallengeRefusal(challenge: challenge, code: code, message: words, isFinal: isFinal))
    }

    private static func notJoined(_ challenge: String) -> PlayEvent {
        refusal(challenge, "not_joined", "The room is not joined at the moment.", isFinal: false)
    }
}
