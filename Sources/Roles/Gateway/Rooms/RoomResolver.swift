import Basics
import Leaderboard

/// Finds the room that a client asks for.
package struct RoomResolver: Sendable {
    package let boards: any BoardSource
    private static let defaultLimit = 10
    private static let limits = 1...100

    /// - Parameter boards: the current boards.
    package init(boards: any BoardSource) {
        self.boards = boards
    }

    /// The room that is asked for.
    ///
    /// - Throws: all faults of the request at once, or why there is no such room.
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
