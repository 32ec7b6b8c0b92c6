import Leaderboard

/// Decides when to tell the watchers that the node does not receive changes, and when it does again. Pure; times are ms
/// of any one clock that does not go back.
///
///     receiving ──nothing proved for the patience──▶ stale ──proved again──▶ reading ──all tops were read──▶ receiving
///                                                      ▲                       │
///                                                      └──not proved any more──┘
///
/// Watchers are not told of a short interruption, and an outage with gaps is one outage: `current` comes only after all
/// tops were read, and the next `stale` only after the patience.
package struct Reception {
    private enum Phase {
        /// Watchers believe that they see the current tops. Then `stale`.
        case receiving
        /// Watchers were told that what they see may be old. Then `reading`.
        case stale
        /// Changes arrive again, and all tops are being read. Then `receiving`, or `stale` if they stop to arrive.
        case reading
    }

    /// What to do.
    package enum Action: Equatable {
        case nothing
        /// Tell the watchers that what they see may be old. The node received changes until this time.
        case tellStale(receivedUntil: Int64)
        /// Read all tops again, and call `recordTopsRead` after that.
        case readAgain
    }

    private let patience: Int64
    private var phase = Phase.receiving
    /// The last time at which the node was known to receive changes. At first, the start.
    private var receivedUntil: Int64

    /// - Parameters:
    ///   - patienceMilliseconds: how long there may be no proof before the watchers are told.
    ///   - now: the start.
    package init(patienceMilliseconds: Int64, now: Int64) {
        patience = patienceMilliseconds
        receivedUntil = now
    }

    /// Whether the watchers were told that what they see may be old.
    package var isStale: Bool { phase != .receiving }

    /// Decides from the state of the feed.
    ///
    /// - Parameters:
    ///   - isLive: whether the feed has its subscriptions.
    ///   - proof: whether messages arrive; nil if nothing checks that.
    ///   - now: the time.
    package mutating func look(isLive: Bool, proof: FeedProof?, now: Int64) -> Action {
        let isWell = isLive && proof?.whyLate == nil
        // If messages are checked, only they prove that changes arrive. A live subscription does not.
        let proved = proof.map { proof in proof.ageMilliseconds.map { now - $0 } } ?? (isLive ? now : nil)
        if let proved { receivedUntil = max(receivedUntil, proved) }
        let isRecent = now - receivedUntil < patience
        switch phase {
        case .receiving:
            guard !isWell, !isRecent else { return .nothing }
            phase = .stale
            return .tellStale(receivedUntil: receivedUntil)
        case .stale:
            guard isWell, isRecent else { return .nothing }
            phase = .reading
            return .readAgain
        case .reading:
            if !isWell { phase = .stale }
            return .nothing
        }
    }

    /// All tops were read, after `readAgain`.
    ///
    /// - Returns: whether to tell the watchers that what they see is current.
    package mutating func recordTopsRead() -> Bool {
        guard phase == .reading else { return false }
        phase = .receiving
        return true
    }
}
