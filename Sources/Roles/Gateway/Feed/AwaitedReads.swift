/// Reads that somebody waits for: of each source one with a certain ticket, or a later one. Pure.
package struct AwaitedReads {
    private var tickets: [UInt64: UInt64] = [:]

    /// Nobody waits for anything.
    package init() {}

    /// Whether all have ended.
    package var isEmpty: Bool { tickets.isEmpty }

    /// Waits for a read of a source that has this ticket at least.
    package mutating func add(_ source: UInt64, ticket: UInt64) { tickets[source] = ticket }

    /// A read has ended well.
    package mutating func ended(_ source: UInt64, ticket: UInt64) {
        if let awaited = tickets[source], ticket >= awaited { tickets[source] = nil }
    }

    /// A source is gone.
    package mutating func forget(_ source: UInt64) { tickets[source] = nil }
}
