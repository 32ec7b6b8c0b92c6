import API
import Leaderboard
import NIOHTTP1
import Signing
import TestSupport
import Testing

/// What tokens may do that carry fewer scopes than their role gives, on the fast lanes as on all other routes.
@Suite(.timeLimit(.minutes(1))) struct ScopeTests {
    private static func api() async throws -> TestAPI {
        let stores = FakeStores(
            boards: [Board(id: "b", generation: 1), Board(id: "secret", visibility: .private, generation: 2)],
            actions: [Action(id: "kill", points: 5, boards: ["b"])], now: TestAPI.now)
        stores.change { $0.scores[Ranking(board: "secret")] = ["u1": 5] }
        return try await TestAPI(stores)
    }

    @Test(
        "A route lets in tokens with its scope, and refuses those with all others",
        arguments: [
            (.POST, "/update-score", "{}", .player, .scoresWrite),
            (.POST, "/update-scores", #"{"updates":[]}"#, .service, .scoresWrite),
            (.GET, "/leaderboard?board=secret", "", .player, .scoresRead),
            (.GET, "/leaderboard/users/u1?board=secret", "", .player, .scoresRead),
            (.GET, "/leaderboard/around?board=secret&user_id=u1", "", .service, .scoresRead),
            (.GET, "/leaderboard/rank?board=secret&score=1", "", .player, .scoresRead),
            (.GET, "/leaderboard/score?board=secret&rank=1", "", .player, .scoresRead),
            (.GET, "/leaderboard/top?board=secret&percent=10", "", .player, .scoresRead),
            (.POST, "/leaderboard/users?board=secret", #"{"user_ids":["u1"]}"#, .player, .scoresRead),
            (.GET, "/boards", "", .player, .boardsRead), (.GET, "/boards/secret", "", .player, .boardsRead),
            (.GET, "/boards/secret/periods", "", .player, .boardsRead),
            (.PUT, "/boards/new", "{}", .admin, .boardsWrite), (.PATCH, "/boards/b", "{}", .admin, .boardsWrite),
            (.DELETE, "/boards/secret", "", .admin, .boardsWrite),
            (.POST, "/boards/b/reset", "", .admin, .moderation),
            (.DELETE, "/boards/secret/users/u1", "", .admin, .moderation),
            (.GET, "/actions", "", .admin, .actionsRead), (.GET, "/actions/kill", "", .admin, .actionsRead),
            (.PUT, "/actions/new", #"{"points":1,"boards":["b"]}"#, .admin, .actionsWrite),
            (.DELETE, "/actions/kill", "", .admin, .actionsWrite),
            (.POST, "/actions/kill/grants", #"{"user_id":"u1"}"#, .service, .actionsGrant),
        ] as [(HTTPMethod, String, String, Role, Scopes)])
    func scopes(_ method: HTTPMethod, _ uri: String, _ body: String, _ role: Role, _ scope: Scopes) async throws {
        let api = try await Self.api()
        let others = role.scopes.subtracting(scope)
        let refused = try await api.send(method, uri, body, as: role, scopes: others)
        #expect(refused.outcome == "403 forbidden")
        #expect(api.stores.value { $0.log }.isEmpty)
        for scopes in [scope, nil] {
            let answer = try await api.send(method, uri, body, as: role, scopes: scopes)
            #expect(![401, 403, 503].contains(answer.status), "\(answer)")
        }
    }

    @Test func noScopeIsNeededForWhatIsPublic() async throws {
        let api = try await Self.api()
        for uri in ["/leaderboard?board=b", "/leaderboard/users/u9?board=b", "/boards/b"] {
            let status = try await api.send(.GET, uri, as: .player, scopes: .usersRead).status
            #expect(status == 200 || status == 404, "\(uri)")
        }
    }
}
