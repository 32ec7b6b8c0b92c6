import Basics

/// Which ranking a client asks for, and how many of its entries. Pure.
///
/// The query of `GET /leaderboard`, that of a WebSocket or an event stream, and a watcher's message all ask in this
/// way. ``RankingTerms`` says in what they differ. Nil is the default.
public struct RankingRequest: Equatable, Sendable {
    /// The board's id.
    public var board: String?
    /// The window's name.
    public var window: String?
    /// The period of the window.
    public var period: String?
    /// The number of entries.
    public var limit: Int?

    /// The parameters of a query that every way of asking has.
    public static let parameters: Set = ["board", "window", "limit"]
    /// The number of entries if the request names none.
    public static let limitDefault = 10

    /// All defaults.
    public init() {}

    /// Reads the parameters of a query.
    ///
    /// - Parameter value: the value of a parameter; nil if it is not there.
    public init(query value: (String) -> String?) {
        board = value("board")
        window = value("window")
        period = value("period")
        // Anything but digits, also a sign, becomes a number that no terms allow.
        limit = value("limit").map { text in
            text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) ? Int(text) ?? -1 : -1
        }
    }

    /// The board's id, with the default in its place.
    public var boardID: String { board ?? Board.global.id }
    /// The window's name, with the default in its place.
    public var windowName: String { window ?? Ranking.allWindow }

    /// Everything that is wrong with the request before any board is looked at, in the order of the members.
    public func problems(by terms: RankingTerms) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        func check(_ holds: Bool, _ field: String, _ reason: String) {
            if !holds { problems.append(FieldProblem(field: field, reason: reason)) }
        }
        check(Names.isID(boardID), "board", terms.boardForm)
        if terms.windowsAreForm {
            check(windowName == Ranking.allWindow, "window", "must be a window of the board")
            check(period ?? Ranking.allWindow == Ranking.allWindow, "period", "must be a period of the window")
        }
        check(
            terms.limits.contains(limit ?? Self.limitDefault), "limit",
            "must be \(terms.limits.lowerBound) to \(terms.limits.upperBound)")
        return problems
    }

    /// Finds the ranking.
    ///
    /// - Parameters:
    ///   - terms: what may be asked for.
    ///   - others: what is wrong with other members of the same request; told after the problems of this one.
    ///   - board: the board of an id; nil if there is none. Called only if the request is well-formed.
    public func resolve(
        by terms: RankingTerms, others: [FieldProblem] = [],
        board: (String) throws(RankingProblem) -> Board?
    ) throws(RankingProblem) -> RankingChoice {
        let problems = problems(by: terms) + others
        guard problems.isEmpty else { throw .invalid(problems) }
        guard let board = try board(boardID) else { throw .unknownBoard }
        guard windowName == Ranking.allWindow else { throw .unknownWindow }
        return RankingChoice(
            board: board, ranking: Ranking(board: board.id, window: windowName), limit: limit ?? Self.limitDefault)
    }
}
