/// Tracks the canaries that were sent, and whether they take too long. Pure. Times are nanoseconds of any clock that
/// does not go back.
package struct CanaryWatch {
    private let patience: Int64
    private var lastSequence: Int64 = 0
    /// The canaries that were sent and have not arrived, oldest first.
    private var outstanding: [(sequence: Int64, sentAt: Int64)] = []
    /// When the newest canary that arrived was sent, as far as is known.
    private var provenAt: Int64?
    private var hasArrived = false

    /// The most canaries to track. Only the oldest ones matter, so a longer list would show nothing more.
    private static let outstandingMax = 16

    /// - Parameter patienceNanoseconds: how long a canary may take before it is late.
    package init(patienceNanoseconds: Int64) {
        patience = patienceNanoseconds
    }

    /// Whether a canary has ever arrived.
    package var isProven: Bool { hasArrived }

    /// Records that a canary is about to be sent, whether or not sending succeeds. Returns its number.
    package mutating func send(now: Int64) -> Int64 {
        lastSequence += 1
        if outstanding.count < Self.outstandingMax { outstanding.append((lastSequence, now)) }
        return lastSequence
    }

    /// The facts that the arrival of a canary shows.
    package struct Arrival: Equatable {
        /// How long the canary took, in nanoseconds; nil if that is not known any more.
        package var took: Int64?
        /// The number of earlier canaries that are lost, since messages arrive in order.
        package var lost: Int

        /// Creates the facts.
        package init(took: Int64?, lost: Int) {
            self.took = took
            self.lost = lost
        }
    }

    /// Records an arrival. Returns nil if the canary was not expected.
    package mutating func arrived(_ sequence: Int64, now: Int64) -> Arrival? {
        guard sequence <= lastSequence, outstanding.first.map({ $0.sequence <= sequence }) ?? false else { return nil }
        let settled = outstanding.prefix { $0.sequence <= sequence }
        let sentAt = settled.last.flatMap { $0.sequence == sequence ? $0.sentAt : nil }
        outstanding.removeFirst(settled.count)
        hasArrived = true
        // An untracked canary was sent after every tracked one, so it proves at least the newest of those.
        provenAt = sentAt ?? settled.last?.sentAt ?? provenAt
        return Arrival(took: sentAt.map { now - $0 }, lost: settled.count - (sentAt == nil ? 0 : 1))
    }

    /// Returns the age of the last proof of delivery: the time since the newest canary that arrived was sent. nil
    /// before the first arrival.
    package func age(now: Int64) -> Int64? { provenAt.map { now - $0 } }

    /// Returns whether the oldest canary that has not arrived takes too long.
    package func isLate(now: Int64) -> Bool { outstanding.first.map { now - $0.sentAt > patience } ?? false }
}
