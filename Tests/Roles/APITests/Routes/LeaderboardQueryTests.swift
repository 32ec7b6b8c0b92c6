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
        #expect(choice.ranking == Ranking(board: "global") && choice.limit == 10 && query.cursor == nil)
    }

    @Test func takesACursor() throws {
        // "7 u1", in hexadecimal digits.
        let query = try LeaderboardQuery(uri: "/leaderboard?cursor=37207531&limit=1000&window=all&period=all")
        #expect(query.cursor == LeaderboardCursor(score: 7, member: "u1"))
        #expect(try query.resolve(in: Self.catalogue).limit == 1000)
    }

    @Test(arguments: [
        ("/leaderboard?mode=delta&resume=x", ""),
        ("/leaderboard?board=nope", "unknown_board"),
        ("/leaderboard?board=", "invalid_input board"),
        ("/leaderboard?board=a&board=b", "invalid_input board"),
        ("/leaderboard?limit=1001", "invalid_input limit"),
        ("/leaderboard?window=daily&board=nope", "invalid_input window"),
        ("/leaderboard?period=2026&period=2027", "invalid_input period"),
        ("/leaderboard?cursor=zz&limit=0&period=x&window=x&board=!", "invalid_input board window period limit cursor"),
        ("/leaderboard?cursor=", "invalid_input cursor"),
        ("/leaderboard?limit=%", "invalid_input query"),
    ])
    func refuses(_ uri: String, _ expected: String) { #expect(refusal(uri) == expected) }

    @Test func isUnavailableWithoutACatalogue() {
        #expect(refusal("/leaderboard", in: nil) == "unavailable")
        #expect(refusal("/leaderboard?limit=0", in: nil) == "invalid_input limit")
    }
}
