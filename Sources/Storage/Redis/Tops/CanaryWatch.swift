/// Which canaries are on their way, and whether they take too long. Pure; times are nanoseconds of any one clock that
/// does not go back.
package struct CanaryWatch {
    private let patience: Int64
    private var lastSequence: Int64 = 0
    /// Those that were sent and not seen, oldest first.
    private var outstanding: [(sequence: Int64, sentAt: Int64)] = []
    /// When the newest one that has come through was sent, as far as is known.
    private var provenAt: Int64?
    private var hasArrived = false

    /// The oldest are those that count, so a longer list would say nothing more.
    private static let outstandingMax = 16

    /// - Parameter patienceNanoseconds: how long a canary may take.
    package init(patienceNanoseconds: Int64) {
        patience = patienceNanoseconds
    }

    /// Whether one has ever come through.
    package var isProven: Bool { hasArrived }

    /// One is about to be sent, whether or not that will succeed. Its number.
    package mutating func send(now: Int64) -> Int64 {
        lastSequence += 1
        if outstanding.count < Self.outstandingMax { outstanding.append((lastSequence, now)) }
        return lastSequence
    }

    /// What an arrival tells.
    package struct Arrival: Equatable {
        /// How long the canary took, in nanoseconds; nil where that is not known any more.
        package var took: Int64?
        /// Those before it which did not come, as messages come in order.
        package var lost: Int

        /// What an arrival told.
        package init(took: Int64?, lost: Int) {
            self.took = took
            self.lost = lost
        }
    }

    /// One has come through. nil for one that was not awaited.
    package mutating func arrived(_ sequence: Int64, now: Int64) -> Arrival? {
        guard sequence <= lastSequence, outstanding.first.map({ $0.sequence <= sequence }) ?? false else { return nil }
        let settled = outstanding.prefix { $0.sequence <= sequence }
        let sentAt = settled.last.flatMap { $0.sequence == sequence ? $0.sentAt : nil }
        outstanding.removeFirst(settled.count)
        hasArrived = true
        // One that is not remembered is newer than all that are.
        provenAt = sentAt ?? settled.last?.sentAt ?? provenAt
        return Arrival(took: sentAt.map { now - $0 }, lost: settled.count - (sentAt == nil ? 0 : 1))
    }

    /// Since when it is not known that messages arrive: the time since the newest canary that came through was sent.
    /// nil before the first.
    package func age(now: Int64) -> Int64? { provenAt.map { now - $0 } }

    /// Whether the oldest one that is awaited takes too long.
    package func isLate(now: Int64) -> Bool { outstanding.first.map { now - $0.sentAt > patience } ?? false }
}
