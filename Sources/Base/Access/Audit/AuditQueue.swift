/// The entries that wait to be written to the audit log, in their order. Pure.
///
/// The queue is bounded. Refusals may take half of it, so that a client that is refused as fast as it can ask never
/// displaces what administrators did.
package struct AuditQueue {
    /// The most entries at once, including those that are being written.
    private let entriesMax: Int
    private var waiting: [AuditEntry] = []
    private var refusals = 0
    /// How many of the first ones are being written.
    private var taken = 0

    /// - Parameter entriesMax: the most entries at once; at least 2.
    package init(entriesMax: Int) {
        self.entriesMax = entriesMax
    }

    /// The number of entries, including those that are being written.
    package var count: Int { waiting.count }

    /// Adds an entry. Returns false if there is no room for it.
    package mutating func add(_ entry: AuditEntry) -> Bool {
        let isRefusal = entry.outcome == .refused
        guard waiting.count < entriesMax, !isRefusal || refusals < entriesMax / 2 else { return false }
        if isRefusal { refusals += 1 }
        waiting.append(entry)
        return true
    }

    /// Returns the first entries, to write them now. A call of `written` or `putBack` must follow.
    package mutating func take(upTo limit: Int) -> [AuditEntry] {
        taken = min(limit, waiting.count)
        return Array(waiting.prefix(taken))
    }

    /// Removes the entries that were taken, after they were written. Returns their number.
    package mutating func written() -> Int {
        defer { taken = 0 }
        refusals -= waiting.prefix(taken).count { $0.outcome == .refused }
        waiting.removeFirst(taken)
        return taken
    }

    /// The entries that were taken could not be written: they wait again.
    package mutating func putBack() { taken = 0 }
}
