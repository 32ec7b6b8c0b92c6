import Basics
import Leaderboard

/// Finds the room that a client asks for.
package struct RoomResolver: Sendable {
    package let boards: any BoardSource
    private static let terms = RankingTerms(limits: 1...100, boardForm: Names.idForm, isCurrentOnly: true)

    /// - Parameter boards: the current boards.
    package init(boards: any BoardSource) {
        self.boards = boards
    }

    /// The room, or everything that is wrong with the request.
    package func resolve(_ request: RoomRequest) throws(RankingProblem) -> RoomKey {
        guard boards.isKnown else { throw .noCatalogue }
        let mode = PushMode(rawValue: request.mode ?? PushMode.full.rawValue)
        var problems: [FieldProblem] = []
        if mode == nil { problems.append(FieldProblem(field: "mode", reason: "must be full or delta")) }
        if request.resume != nil, request.resumePoint == nil {
            problems.append(FieldProblem(field: "resume", reason: ResumePoint.form))
        }
        let choice = try request.ranking.resolve(by: Self.terms, others: problems) { boards.board($0) }
        return RoomKey(
            followed: BoardWindow(board: choice.board.id, window: choice.window.name), limit: choice.limit,
            mode: mode ?? .full)
    }

    /// The window that a request is about, also if there is none.
    func followed(_ request: RoomRequest) -> BoardWindow {
        let board = request.ranking.boardID
        let window = request.ranking.window ?? boards.board(board)?.windows.first?.name
        return BoardWindow(board: board, window: window ?? Window.all.name)
    }
}
