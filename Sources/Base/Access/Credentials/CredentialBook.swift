import Signing

/// All that one node knows of ended sessions and API keys, and what its event loops have to be told. Pure.
package struct CredentialBook {
    /// What event loops have to be told.
    package struct News: Sendable {
        /// Sessions that have ended.
        package var ended: [SessionID] = []
        /// Sessions of which no token can be valid any more.
        package var forgotten: [SessionID] = []
        /// The API keys in place of those that were known; nil if they are the same.
        package var keys: [APIKeyRecord]?
        /// Until when the node knows, in ms of a steady clock; nil if the look proved nothing.
        package var knownUntil: Int64?

        /// Nothing to tell.
        package init() {}

        /// Whether there is nothing to tell.
        package var isEmpty: Bool { ended.isEmpty && forgotten.isEmpty && keys == nil && knownUntil == nil }
    }

    /// The sessions.
    package private(set) var sessions: EndedSessions
    /// The sessions that Redis has under the completion that is read.
    private var shared: Set<SessionID> = []
    private var knowledge: CredentialKnowledge
    /// What has been read in Redis.
    package private(set) var position = CredentialReading.Position()
    /// The number of API keys.
    package private(set) var keyCount = 0
    /// When the node last had the proof that it knows, in ms of a steady clock; nil if it never had.
    package private(set) var provedAt: Int64?

    /// - Parameters:
    ///   - readsPrimary: whether the node uses no Redis but the primary.
    ///   - sessionsMax: the largest number of sessions.
    package init(readsPrimary: Bool, sessionsMax: Int = EndedSessions.countMax) {
        sessions = EndedSessions(countMax: sessionsMax)
        knowledge = CredentialKnowledge(readsPrimary: readsPrimary)
    }

    /// Whether the node knows.
    package func knows(now: Int64) -> Bool {
        provedAt.map { now < $0 + CredentialKnowledge.holdsMilliseconds } ?? false
    }

    /// Takes in a look into Redis.
    ///
    /// - Parameters:
    ///   - reading: from ``position``.
    ///   - askedAt: when Redis was asked, in ms of a steady clock. The answer may be as old as that.
    ///   - now: the same clock.
    package mutating func take(_ reading: CredentialReading, askedAt: Int64, now: Int64) -> News {
        var news = News()
        news.forgotten = forgetExpired(now: now)
        if reading.completion != position.completion {
            shared = []
            (position.completion, position.time) = (reading.completion, 0)
        }
        var hasRoom = true
        for ended in reading.sessions {
            let addition = sessions.add(ended.session, now: now)
            // The rest is read again when there is room.
            guard addition != .full else {
                hasRoom = false
                break
            }
            if addition == .added { news.ended.append(ended.session) }
            shared.insert(ended.session)
            position.time = ended.time
        }
        if let keys = reading.keys, let tag = reading.keysTag {
            position.keysTag = tag
            news.keys = keys
            keyCount = min(keys.count, APIKeyRing.countMax)
        }
        // Each look is judged, also if another reason speaks against it. Keys that could not be read are not known.
        if knowledge.proves(reading), hasRoom, reading.keysTag != nil, reading.keysTag == position.keysTag {
            provedAt = askedAt
            news.knownUntil = askedAt + CredentialKnowledge.holdsMilliseconds
        }
        return news
    }

    /// Takes in sessions that Postgres, or a request of this node, says have ended. Redis may not have them yet.
    package mutating func note(_ ended: some Sequence<SessionID>, now: Int64) -> News {
        var news = News()
        news.ended = ended.filter { sessions.add($0, now: now) == .added }
        return news
    }

    /// Those of some sessions that Redis may not have.
    package func notShared(_ ended: [SessionID]) -> [SessionID] { ended.filter { !shared.contains($0) } }

    private mutating func forgetExpired(now: Int64) -> [SessionID] {
        let forgotten = sessions.forgetExpired(now: now)
        shared.subtract(forgotten)
        return forgotten
    }
}
