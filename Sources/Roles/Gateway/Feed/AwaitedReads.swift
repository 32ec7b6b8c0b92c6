/// Reads that have to end before something can happen: for each window, the read with a certain ticket or a later one.
/// Pure.
package struct AwaitedReads {
    private var tickets: [UInt64: UInt64] = [:]

    /// No reads.
    package init() {}

    /// Whether all have ended.
    package var isEmpty: Bool { tickets.isEmpty }

    /// Waits for a read of a window with this ticket or a later one.
    package mutating func add(_ window: UInt64, ticket: UInt64) { tickets[window] = ticket }

    /// A read has succeeded.
    package mutating func recordEnd(_ window: UInt64, ticket: UInt64) {
        if let awaited = tickets[window], ticket >= awaited { tickets[window] = nil }
    }

    /// A window is gone.
    package mutating func forget(_ window: UInt64) { tickets[window] = nil }
}
