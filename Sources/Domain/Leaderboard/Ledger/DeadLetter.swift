/// A row of a ledger event that a table refused because of its content. It is kept in the table `dead_letters`.
public struct DeadLetter: Hashable, Sendable {
    /// The tables that can refuse a row.
    public enum Table: String, Sendable {
        /// The ledger.
        case ledger = "score_events"
        /// The scores.
        case scores
    }

    /// The event's partition.
    public var partition: Int
    /// The event's sequence number.
    public var seq: Int64
    /// The table that refused its row.
    public var table: Table
    /// The database's code for the reason (SQLSTATE), such as `23505`.
    public var code: String
    /// The database's reason, in printable ASCII.
    public var reason: String

    /// Creates a dead letter.
    public init(partition: Int, seq: Int64, table: Table, code: String, reason: String) {
        self.partition = partition
        self.seq = seq
        self.table = table
        self.code = code
        self.reason = reason
    }
}
