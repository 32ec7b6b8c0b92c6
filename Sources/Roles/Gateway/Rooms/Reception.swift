import Basics
import Leaderboard

/// Whether the node receives changes, as its watchers are to know it. Pure; times are ms of any one clock that does not
/// go back.
///
///     receiving ──nothing proved for the patience──▶ stale ──proved again──▶ reading ──all tops were read──▶ receiving
///                                                      ▲                       │
///                                                      └──not proved any more──┘
///
/// A short interruption is none, and an outage with gaps is one: `current` is told only after all tops were read, and
/// the next `stale` only after the patience.
package struct Reception {
    private enum Phase { case receiving, stale, reading }

    /// What to do.
    package enum Action: Equatable {
        case nothing
        /// Tell the watchers that what they see may be old: the node received until this time.
        case tellStale(receivedUntil: Int64)
        /// Read all tops again, and call `wereRead`.
        case readAgain
    }

    private let patience: Int64
    private var phase = Phase.receiving
    /// The last time at which it was known to receive; the start, before it was.
    private var receivedUntil: Int64

    /// - Parameters:
    ///   - patience: for how long nothing need be proved.
    ///   - now: the start.
    package init(patience: Duration, now: Int64) {
        self.patience = patience.wholeMilliseconds
        receivedUntil = now
    }

    /// Whether the watchers were told that what they see may be old.
    package var isStale: Bool { phase != .receiving }

    /// Looks at the feed.
    ///
    /// - Parameters:
    ///   - isLive: whether the feed has its subscriptions.
    ///   - proof: what is known of messages; nil if nobody looks after them.
    package mutating func look(isLive: Bool, proof: FeedProof?, now: Int64) -> Action {
        let isWell = isLive && proof?.whyLate == nil
        // A subscription that lives proves nothing, if messages are looked after: then they alone do.
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

    /// All tops were read, as was asked for.
    ///
    /// - Returns: whether to tell the watchers that what they see is current.
    package mutating func wereRead() -> Bool {
        guard phase == .reading else { return false }
        phase = .receiving
        return true
    }
}
