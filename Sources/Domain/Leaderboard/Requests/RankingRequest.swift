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
    public static let parameters: Set = ["board", "window", "period", "limit"]
    /// The word for the period that runs now. It is the default.
    public static let currentPeriod = "current"
    /// The word for the period before that.
    public static let previousPeriod = "previous"
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

    /// Everything that is wrong with the request before any board is looked at, in the order of the members.
    public func problems(by terms: RankingTerms) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        func check(_ holds: Bool, _ field: String, _ reason: String) {
            if !holds { problems.append(FieldProblem(field: field, reason: reason)) }
        }
        check(Names.isID(boardID), "board", terms.boardForm)
        if let period, terms.isCurrentOnly {
            check(period == Self.currentPeriod, "period", "must be \(Self.currentPeriod)")
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
        guard let window = window.map(board.window) ?? board.windows.first else { throw .unknownWindow }
        return RankingChoice(
            board: board, window: window, period: period ?? Self.currentPeriod, limit: limit ?? Self.limitDefault)
    }
}
