import Leaderboard

/// How changes are told to a client.
package enum PushMode: String, Hashable, Sendable {
    /// Each message holds the whole top.
    case full
    /// After the first one, each message holds what has changed.
    case delta
}

/// What a client follows: a ranking, how much of its top, and how it is told.
///
/// The board is named and not held: it can change while a client watches, so it is looked up whenever it matters.
package struct RoomKey: Hashable, Sendable {
    /// The ranking.
    package var ranking: Ranking
    /// Entries at the head, 1 to 100. No more than the board's `top` can be watched.
    package var limit: Int
    /// How changes are told.
    package var mode: PushMode
}

/// What a client said it wants to follow; nil is the default.
package struct RoomRequest: Equatable, Sendable {
    /// The board's id; `global` by default.
    package var board: String?
    /// The window's name; `all` by default.
    package var window: String?
    /// How many entries, 1 to 100; 10 by default. No more than the board's top are sent.
    package var limit: Int?
    /// `full` by default.
    package var mode: String?
    /// The state that the client has, `<epoch>:<version>`; none by default.
    package var resume: String?

    /// All defaults.
    package init() {}

    /// What `resume` says; nil where it is not there, or out of form.
    package var resumePoint: ResumePoint? { resume.flatMap { ResumePoint($0) } }
}

/// Why there is no such room.
package enum RoomProblem: Error, Equatable {
    /// The request is malformed.
    case invalid([FieldProblem])
    /// There is no such board.
    case unknownBoard
    /// The board has no such window.
    case unknownWindow
    /// Nothing is known of any board yet.
    case noCatalogue
}

/// Finds the room that a client means.
package struct RoomResolver: Sendable {
    package let boards: any BoardSource
    private static let defaultLimit = 10
    private static let limits = 1...100

    /// - Parameter boards: the boards of the moment.
    package init(boards: any BoardSource) {
        self.boards = boards
    }

    /// The room, or all that is wrong with the request.
    package func resolve(_ request: RoomRequest) throws(RoomProblem) -> RoomKey {
        guard boards.isKnown else { throw .noCatalogue }
        let id = request.board ?? Board.global.id
        let isID = Names.isID(id)
        let mode = PushMode(rawValue: request.mode ?? PushMode.full.rawValue)
        let limit = request.limit ?? Self.defaultLimit
        var problems: [FieldProblem] = []
        func check(_ holds: Bool, _ field: String, _ reason: String) {
            if !holds { problems.append(FieldProblem(field: field, reason: reason)) }
        }
        check(isID, "board", "must be 1 to 64 of A-Z a-z 0-9 _ -")
        check(
            Self.limits.contains(limit), "limit", "must be \(Self.limits.lowerBound) to \(Self.limits.upperBound)")
        check(mode != nil, "mode", "must be full or delta")
        check(request.resume == nil || request.resumePoint != nil, "resume", ResumePoint.form)
        guard problems.isEmpty, let mode else { throw .invalid(problems) }
        guard boards.board(id) != nil else { throw .unknownBoard }
        guard (request.window ?? Ranking.allWindow) == Ranking.allWindow else { throw .unknownWindow }
        return RoomKey(ranking: Ranking(board: id), limit: limit, mode: mode)
    }
}
