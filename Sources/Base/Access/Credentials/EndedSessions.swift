import Signing

/// The ended sessions whose access tokens may still be valid, as one node knows them. Pure.
///
/// A session is forgotten only when no token of it can be valid any more, by a clock that never steps. When the set is
/// full, it takes no more until others are forgotten. The node then does not know all sessions, and has to refuse
/// tokens with a session altogether (``CredentialBook``); it never forgets one early.
package struct EndedSessions {
    /// The largest number of sessions, about 2 MB, and as much for each event loop. They suffice for 80 logouts a
    /// second.
    package static let countMax = 100_000
    /// How long a session is kept: an access token lives 15 min, clocks may differ by 30 s, and the rest is to spare.
    package static let keptMilliseconds: Int64 = 20 * 60_000

    private let countMax: Int
    private var held: Set<SessionID> = []
    /// The sessions in the order in which they came. Those before `first` are forgotten.
    private var queue: [(session: SessionID, learnedAt: Int64)] = []
    private var first = 0

    /// - Parameter countMax: the largest number of sessions.
    package init(countMax: Int = Self.countMax) { self.countMax = countMax }

    /// The result of adding a session.
    package enum Addition: Equatable {
        case added
        /// It was there already.
        case known
        /// There is no room.
        case full
    }

    /// The number of sessions.
    package var count: Int { held.count }

    /// Whether a session is known to have ended.
    package func contains(_ session: SessionID) -> Bool { held.contains(session) }

    /// Adds a session that has ended.
    ///
    /// - Parameter now: ms of a steady clock.
    package mutating func add(_ session: SessionID, now: Int64) -> Addition {
        guard !held.contains(session) else { return .known }
        guard held.count < countMax else { return .full }
        held.insert(session)
        queue.append((session, now))
        return .added
    }

    /// Forgets the sessions of which no token can be valid any more, and returns them.
    ///
    /// - Parameter now: ms of a steady clock.
    package mutating func forgetExpired(now: Int64) -> [SessionID] {
        var forgotten: [SessionID] = []
        while first < queue.count, now - queue[first].learnedAt >= Self.keptMilliseconds {
            forgotten.append(queue[first].session)
            held.remove(queue[first].session)
            first += 1
        }
        if first > queue.count / 2 {
            queue.removeFirst(first)
            first = 0
        }
        return forgotten
    }
}
