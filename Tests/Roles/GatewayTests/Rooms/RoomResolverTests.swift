import Basics
import Gateway
import Leaderboard
import Testing

/// Which room a client means, or all that is wrong with its request.
@Suite struct RoomResolverTests {
    private struct Boards: BoardSource {
        let ids: Set<String>?
        var isKnown: Bool { ids != nil }
        func board(_ id: String) -> Board? {
            guard ids?.contains(id) == true else { return nil }
            return id == "cup" ? Board(id: id, windows: ["daily", "all"].compactMap(Window.fixed)) : Board(id: id)
        }
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
        // The first window is the default, whatever it is.
        let cups = RoomResolver(boards: Boards(ids: ["cup"]))
        var cup = RoomRequest()
        cup.ranking.board = "cup"
        #expect(try cups.resolve(cup).followed == BoardWindow(board: "cup", window: "daily"))
        cup.ranking.period = "current"
        cup.ranking.window = "all"
        #expect(try cups.resolve(cup).followed == BoardWindow(board: "cup", window: "all"))
        for period in ["previous", "2026-11-20", "all", ""] {
            cup.ranking.period = period
            #expect(throws: RankingProblem.invalid([FieldProblem(field: "period", reason: "must be current")])) {
                try cups.resolve(cup)
            }
        }
        // Not even `global` is taken for granted.
        #expect(throws: RankingProblem.noCatalogue) {
            try RoomResolver(boards: Boards(ids: nil)).resolve(RoomRequest())
        }
    }
}
