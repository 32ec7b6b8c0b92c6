import API
import Basics
import HTTPKit
import Leaderboard
import Testing

/// The query of `GET /leaderboard`, as far as it is decided without a store.
@Suite struct LeaderboardQueryTests {
    private static let catalogue = Catalogue()

    /// The code of the refusal and the fields at fault; empty if there is none.
    private func refusal(_ uri: String, in catalogue: Catalogue? = catalogue) -> String {
        do {
            _ = try LeaderboardQuery(uri: uri).resolve(in: catalogue)
            return ""
        } catch {
            return ([error.code.rawValue] + error.details.map(\.field)).joined(separator: " ")
        }
    }

    @Test func hasDefaults() throws {
        let query = try LeaderboardQuery(uri: "/leaderboard")
        let choice = try query.resolve(in: Self.catalogue)
        #expect(choice.board.id == "global" && choice.window == .all && choice.period == "current")
        #expect(query.isHead(choice) && query.fields.isEmpty)
        #expect(query.question(choice) == .page(limit: 10, after: nil))
    }

    private static func cursor(board: String = "global", window: String = "all", period: String = "all") -> String {
        CursorText.encode(
            LeaderboardCursor(score: 7, member: "u1"), of: Ranking(board: board, window: window, period: period))
    }

    @Test func takesACursor() throws {
        let query = try LeaderboardQuery(
            uri: "/leaderboard?cursor=\(Self.cursor())&limit=1000&window=all&period=all&fields=updated_at,name")
        let choice = try query.resolve(in: Self.catalogue)
        #expect(query.question(choice) == .page(limit: 1000, after: LeaderboardCursor(score: 7, member: "u1")))
        #expect(!query.isHead(choice) && query.fields == .updatedAt)
        #expect(try LeaderboardQuery(uri: "/leaderboard?fields=name,metadata").fields.isEmpty)
    }

    @Test("A cursor of another board or window is refused, and one of another period once it was read")
    func refusesOtherCursors() throws {
        #expect(refusal("/leaderboard?cursor=\(Self.cursor(board: "cup"))") == "invalid_input cursor")
        #expect(refusal("/leaderboard?cursor=\(Self.cursor(window: "daily"))") == "invalid_input cursor")
        let query = try LeaderboardQuery(uri: "/leaderboard?cursor=\(Self.cursor(period: "2026"))")
        _ = try query.resolve(in: Self.catalogue)
        let answer = RankingAnswer(epoch: "e", version: 1, at: 0, period: .all, total: 0)
        #expect(throws: APIError.self) { try query.check(answer) }
        try LeaderboardQuery(uri: "/leaderboard?cursor=\(Self.cursor())").check(answer)
    }

    @Test func takesAnOffset() throws {
        for (uri, offset) in [("/leaderboard?offset=10000000", 10_000_000), ("/leaderboard?offset=7&limit=5", 7)] {
            let query = try LeaderboardQuery(uri: uri)
            let choice = try query.resolve(in: Self.catalogue)
            #expect(query.question(choice) == .pageFrom(offset: offset, limit: choice.limit) && !query.isHead(choice))
        }
        let query = try LeaderboardQuery(uri: "/leaderboard?offset=0")
        #expect(query.isHead(try query.resolve(in: Self.catalogue)))
    }

    @Test(arguments: [
        ("/leaderboard?mode=delta&resume=x", ""),
        ("/leaderboard?board=nope", "unknown_board"),
        ("/leaderboard?board=", "invalid_input board"),
        ("/leaderboard?board=a&board=b", "invalid_input board"),
        ("/leaderboard?limit=1001", "invalid_input limit"),
        ("/leaderboard?window=daily&board=nope", "unknown_board"),
        ("/leaderboard?window=daily", "unknown_window"),
        ("/leaderboard?offset=10000001", "invalid_input offset"),
        ("/leaderboard?offset=-1", "invalid_input offset"),
        ("/leaderboard?offset=+1", "invalid_input offset"),
        ("/leaderboard?offset=%2B1", "invalid_input offset"),
        ("/leaderboard?offset=0&cursor=zz", "invalid_input cursor offset"),
        ("/leaderboard?fields=rank", "invalid_input fields"),
        ("/leaderboard?fields=name,", "invalid_input fields"),
        ("/leaderboard?period=2026&period=2027", "invalid_input period"),
        ("/leaderboard?cursor=zz&limit=0&period=x&window=x&board=!", "invalid_input board limit cursor"),
        ("/leaderboard?cursor=", "invalid_input cursor"),
        ("/leaderboard?limit=%", "invalid_input query"),
    ])
    func refuses(_ uri: String, _ expected: String) { #expect(refusal(uri) == expected) }

    @Test func isUnavailableWithoutACatalogue() {
        #expect(refusal("/leaderboard", in: nil) == "unavailable")
        #expect(refusal("/leaderboard?limit=0", in: nil) == "invalid_input limit")
    }
}
