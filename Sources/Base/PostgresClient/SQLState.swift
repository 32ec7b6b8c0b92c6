/// The SQLSTATEs that this library acts on (PostgreSQL appendix A).
public enum SQLState {
    /// A duplicate key in a unique index.
    public static let uniqueViolation = "23505"
    /// A table that does not exist.
    public static let undefinedTable = "42P01"
    /// Cancelled, by `statement_timeout` or by an operator.
    public static let queryCanceled = "57014"
    /// A lock that could not be taken within `lock_timeout`.
    public static let lockNotAvailable = "55P03"
    /// Refused since the transaction only reads: on a standby, or with `default_transaction_read_only`.
    public static let readOnly = "25006"
    /// Refused since an earlier statement of the transaction failed.
    public static let inFailedTransaction = "25P02"

    /// Whether a session is of no further use after this error: the server only reads (25006), or ends the session
    /// (57P01 to 57P05: shutdown, crash, start, a dropped database, idleness). The statement had no effect.
    package static func endsSession(_ code: String) -> Bool {
        ["25006", "57P01", "57P02", "57P03", "57P04", "57P05"].contains(code)
    }

    /// Failures of the moment: connections (08), rollbacks by conflict (40), resources (53), the server's shutdown or
    /// start (57P01 to 57P03), a server that only reads (25006), and a lock that could not be taken in time (55P03).
    static func isTransient(_ code: String) -> Bool {
        ["08", "40", "53"].contains(String(code.prefix(2)))
            || ["57P01", "57P02", "57P03", "55P03", "25006"].contains(code)
    }
}
