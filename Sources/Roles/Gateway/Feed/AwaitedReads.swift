/// Reads that have to end before something can happen: for each ranking, the read with a certain ticket or a later one.
/// Pure.
package struct AwaitedReads {
    private var tickets: [UInt64: UInt64] = [:]

    /// No reads.
    package init() {}

    /// Whether all have ended.
    package var isEmpty: Bool { tickets.isEmpty }

    /// Waits for a read of a ranking with this ticket or a later one.
    package mutating func add(_ ranking: UInt64, ticket: UInt64) { tickets[ranking] = ticket }

    /// A read has succeeded.
    package mutating func recordEnd(_ ranking: UInt64, ticket: UInt64) {
        if let awaited = tickets[ranking], ticket >= awaited { tickets[ranking] = nil }
    }

    /// A ranking is gone.
    package mutating func forget(_ ranking: UInt64) { tickets[ranking] = nil }
}
