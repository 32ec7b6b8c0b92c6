import Leaderboard
import PostgresClient
import StrictJSON

/// A row of the ledger, read back.
struct LedgerLine {
    /// The event, with the outcomes of the row's board only.
    let event: LedgerEvent

    /// The columns that `init` reads.
    static let columns = """
        seq, board, user_id, action_id, nonce, signature, points, submitted_score, score, rank, changed,
        (extract(epoch FROM issued_at) * 1000)::bigint AS issued_ms,
        (extract(epoch FROM applied_at) * 1000)::bigint AS applied_ms, outcomes::text AS outcomes
        """

    /// Reads the row of an update.
    init(_ row: PostgresRow) throws {
        let board = try row.string("board")
        let outcomes: [RankingOutcome]
        if let text = try row.stringOrNil("outcomes") {
            outcomes = try LedgerJSON.outcomes(LedgerJSON.value(text), board: board)
        } else {
            let place = RankingOutcome.Place(
                score: try row.int("score"), rank: try row.int("rank"), isChanged: try row.bool("changed"))
            outcomes = [RankingOutcome(ranking: Ranking(board: board), place: place)]
        }
        event = LedgerEvent(
            seq: try row.int("seq"), userID: try row.string("user_id"), action: try row.string("action_id"),
            nonce: try row.string("nonce"), signature: try row.string("signature"), points: try row.int("points"),
            submittedScore: try row.intOrNil("submitted_score"), issuedAt: try row.int("issued_ms"),
            appliedAt: try row.int("applied_ms"), outcomes: outcomes)
    }
}

/// Puts the rows of an event together, one for each of its boards. Pure.
struct LedgerLines {
    private var last: LedgerEvent?
    private let actions: [String: Action]

    /// - Parameter actions: they give the order of an event's boards, which the ledger does not keep.
    init(actions: [String: Action]) {
        self.actions = actions
    }

    /// Takes rows in the order of their sequence numbers. Returns the events that are complete.
    mutating func take(_ lines: [LedgerLine]) -> [LedgerEvent] {
        var whole: [LedgerEvent] = []
        for line in lines {
            if last?.seq == line.event.seq {
                last?.outcomes += line.event.outcomes
            } else {
                if let last { whole.append(ordered(last)) }
                last = line.event
            }
        }
        return whole
    }

    /// Returns the last event.
    mutating func end() -> [LedgerEvent] {
        defer { last = nil }
        return last.map { [ordered($0)] } ?? []
    }

    private func ordered(_ event: LedgerEvent) -> LedgerEvent {
        guard let boards = actions[event.action]?.boards, boards.count > 1 else { return event }
        var event = event
        let places = Dictionary(boards.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let sorted = event.outcomes.enumerated().sorted { one, other in
            let (left, right) = (places[one.element.ranking.board], places[other.element.ranking.board])
            return (left ?? .max, one.offset) < (right ?? .max, other.offset)
        }
        event.outcomes = sorted.map(\.element)
        return event
    }
}
