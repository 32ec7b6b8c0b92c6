import Basics
import HTTPKit
import Leaderboard

/// The query of `GET /leaderboard`.
package struct LeaderboardQuery: Sendable {
    private let query: RankingQuery
    private let cursor: (ranking: Ranking, cursor: LeaderboardCursor)?
    private let offset: Int?

    /// The farthest place at which a page can begin.
    private static let offsetMax: Int64 = 10_000_000

    /// Reads the query of a URI.
    ///
    /// - Throws: `invalid_input` if it is not a query. `resolve` checks the values.
    package init(uri: String) throws(APIError) {
        var query = try RankingQuery(uri: uri, more: ["cursor", "offset"])
        let text = query["cursor"]
        cursor = text.flatMap { CursorText.decode($0) }
        if text != nil, cursor == nil { query.refuse(Self.cursorProblem) }
        offset = query.integer("offset", in: 0...Self.offsetMax).map { Int($0) }
        if text != nil, query["offset"] != nil {
            query.refuse(FieldProblem(field: "offset", reason: "cannot be given together with cursor"))
        }
        self.query = query
    }

    /// The further members of entries.
    package var fields: EntryFields { query.fields }

    /// Finds the board and the window, or throws all problems of the query.
    ///
    /// - Parameter catalogue: the current catalogue; nil if it was not read yet.
    package func resolve(in catalogue: Catalogue?) throws(APIError) -> RankingChoice {
        let choice = try query.resolve(in: catalogue)
        if let cursor, cursor.ranking.board != choice.board.id || cursor.ranking.window != choice.window.name {
            throw .invalidInput([Self.cursorProblem])
        }
        return choice
    }

    /// Whether this asks for the head of the current ranking.
    package func isHead(_ choice: RankingChoice) -> Bool {
        cursor == nil && (offset ?? 0) == 0 && choice.period == RankingRequest.currentPeriod
            && choice.limit <= HeadCache.entriesMax
    }

    /// The question for the store.
    package func question(_ choice: RankingChoice) -> RankingQuestion {
        if let offset, offset > 0 { return .pageFrom(offset: offset, limit: choice.limit) }
        return .page(limit: choice.limit, after: cursor?.cursor)
    }

    /// Checks that the cursor is of the period that was read. The current period may have changed since the last page.
    package func check(_ answer: RankingAnswer) throws(APIError) {
        if let cursor, cursor.ranking.period != answer.period.name { throw .invalidInput([Self.cursorProblem]) }
    }

    private static let cursorProblem = FieldProblem(
        field: "cursor", reason: "must be a cursor of an earlier page of the same ranking")
}
