/// The months of the ledger: makes them ahead, and drops old ones.
public protocol LedgerRetention: Sendable {
    /// Takes the lease under which one node does this, or keeps it. Returns false if another node holds it.
    func acquireLease() async throws(StoreError) -> Bool
    /// Makes the month of a time and the next ones, unless they are there.
    ///
    /// - Parameter now: in ms since 1970.
    func makeMonths(at now: Int64) async throws(StoreError)
    /// Drops the oldest month if all its events are older than the bound, and if nothing in it is still needed. The
    /// scores that it held are kept as openings. May be interrupted at any point, and repeated.
    ///
    /// - Parameter bound: in ms since 1970.
    func dropOldest(before bound: Int64) async throws(StoreError) -> MonthDrop
    /// The first moment of the oldest month, in ms since 1970; nil if the ledger has no months.
    func oldestMonth() async throws(StoreError) -> Int64?
}

/// What became of the oldest month of the ledger.
public enum MonthDrop: Hashable, Sendable {
    /// It is not old enough, or there is none.
    case none
    /// It is old enough, but has to stay.
    case kept(month: String, because: String)
    /// It is gone.
    case dropped(DroppedMonth)
}

/// A month of the ledger that was dropped.
public struct DroppedMonth: Hashable, Sendable {
    /// The month, such as `2026-10`.
    public var month: String
    /// The rows that it held.
    public var rows: Int64
    /// The bytes that it took, with its indexes.
    public var bytes: Int64
    /// The openings that were written for it.
    public var openings: Int64

    /// Creates one.
    public init(month: String, rows: Int64, bytes: Int64, openings: Int64) {
        self.month = month
        self.rows = rows
        self.bytes = bytes
        self.openings = openings
    }
}
