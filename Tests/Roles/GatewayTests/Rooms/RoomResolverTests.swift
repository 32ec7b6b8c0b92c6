import Basics
import Gateway
import Leaderboard
import Testing

/// Which room a client means, or all that is wrong with its request.
@Suite struct RoomResolverTests {
    private struct Boards: BoardSource {
        let ids: Set<String>?
        var isKnown: Bool { ids != nil }
        func board(_ id: String) -> Board? { ids?.contains(id) == true ? Board(id: id) : nil }
        func follow(_ changed: @escaping @Sendable () -> Void) {}
    }

    @Test("Limits, modes and windows are checked, then the board is looked up")
    func resolves() throws {
        let rooms = RoomResolver(boards: Boards(ids: ["global", "wide"]))
        var request = RoomRequest()
        #expect(try rooms.resolve(request).limit == 10)
        request.ranking.board = "wide"
        #expect(try rooms.resolve(request).limit == 10)
        request.ranking.limit = 100
        #expect(try rooms.resolve(request).limit == 100)
        request.ranking.limit = 101
        #expect(throws: RankingProblem.invalid([FieldProblem(field: "limit", reason: "must be 1 to 100")])) {
            try rooms.resolve(request)
        }
        request.ranking.limit = 100
        request.ranking.window = "day"
        #expect(throws: RankingProblem.unknownWindow) { try rooms.resolve(request) }
        request.ranking.board = "gone"
        #expect(throws: RankingProblem.unknownBoard) { try rooms.resolve(request) }
        request.mode = "x"
        #expect(throws: RankingProblem.invalid([FieldProblem(field: "mode", reason: "must be full or delta")])) {
            try rooms.resolve(request)
        }
        // Not even `global` is taken for granted.
        #expect(throws: RankingProblem.noCatalogue) {
            try RoomResolver(boards: Boards(ids: nil)).resolve(RoomRequest())
        }
    }
}
