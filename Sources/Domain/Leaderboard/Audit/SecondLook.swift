/// Decides about a user whose entry in Redis differed from the row in `scores`, after both were read again. Pure; see
/// `docs/adr/0022`.
public enum SecondLook: Hashable, Sendable {
    /// The two do not differ: a change had reached one of them, and not yet the other.
    case agree
    /// They differ, although the ledger has all events.
    case differ
    /// The user has changed in between. The second look is the first one of another try.
    case again

    /// - Parameters:
    ///   - first: the entry in Redis in the first look; nil if there was none.
    ///   - seq: the last sequence number of the partition in the first look.
    ///   - row: the row in `scores`, read when the ledger had reached `seq` and before the second look; nil if there
    ///     was none.
    ///   - second: the entry in Redis in the second look.
    ///   - seal: the last `seal` of the ranking that the ledger had with the row. What was reached before is gone, or
    ///     about to go.
    public init(first: ReachedScore?, seq: Int64, row: ReachedScore?, second: ReachedScore?, seal: Int64) {
        func living(_ reached: ReachedScore?) -> ReachedScore? { reached.flatMap { $0.seq > seal ? $0 : nil } }
        let (first, row, second) = (living(first), living(row), living(second))
        if row == first || row == second {
            self = .agree
        } else if let row, row.seq <= seq {
            self = .differ
        } else if first == second, first != nil {
            self = .differ
        } else {
            self = .again
        }
    }
}
