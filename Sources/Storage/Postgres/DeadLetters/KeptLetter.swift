import Leaderboard
import PostgresClient

/// A row of the table `dead_letters`.
public struct KeptLetter: Sendable {
    /// The number of the row.
    public let id: Int64
    /// When the table refused the row, as RFC 3339 in UTC.
    public let at: String
    /// The epoch in which the event was read.
    public let epoch: String
    /// The event's place, the table that refused its row, and the reason.
    public let letter: DeadLetter
    /// The event as JSON, in ASCII.
    public let json: String
    /// The event; nil if the JSON is not that of an event.
    public let event: LedgerEvent?
    /// The ranking of the refused row; nil if there is no event.
    public let ranking: Ranking?

    /// The columns that `init` reads.
    static let columns = """
        id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at_text, partition, seq, epoch,
        refused_by, sqlstate, reason, event::text AS event_text
        """

    init(_ row: PostgresRow) throws {
        id = try row.int("id")
        at = try row.string("at_text")
        epoch = try row.string("epoch")
        json = try row.string("event_text")
        let seq = try row.int("seq")
        guard let table = DeadLetter.Table(rawValue: try row.string("refused_by")) else {
            throw StoreError(.corrupt, "the dead letter \(id) is of an unknown table")
        }
        letter = DeadLetter(
            partition: Int(try row.int("partition")), seq: seq, table: table, code: try row.string("sqlstate"),
            reason: try row.string("reason"))
        let read = LetterText.decode(json, seq: seq)
        event = read?.event
        ranking = read?.ranking
    }
}
