import API
import Access
import Leaderboard
import NIOHTTP1
import Signing
import TestSupport
import Testing

/// What the audit log says of boards and actions.
@Suite(.timeLimit(.minutes(1))) struct AuditTests {
    private static func api() async throws -> TestAPI {
        try await TestAPI(
            FakeStores(
                boards: [Board(id: "b", rules: BoardRules(allowDecrease: true), generation: 1), Board(id: "c")],
                actions: [Action(id: "kill", points: 5, boards: ["b"])], now: TestAPI.now))
    }

    private static func words(_ entry: AuditEntry) -> String {
        let detail = entry.detail.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return ([entry.actor, entry.act, entry.subject ?? "-", entry.outcome.rawValue] + detail).joined(separator: " ")
    }

    @Test func actsAreRecorded() async throws {
        let api = try await Self.api()
        api.stores.change { $0.scores[Ranking(board: "b")] = ["u1": 5] }
        _ = try await api.send(.PUT, "/boards/new?reset=true", "{}", as: .admin)
        _ = try await api.send(.PATCH, "/boards/b", #"{"top":5}"#, as: .admin)
        _ = try await api.send(.DELETE, "/boards/b/users/u1", as: .admin)
        _ = try await api.send(.POST, "/boards/b/reset", #"{"window":"all"}"#, as: .admin)
        _ = try await api.send(.POST, "/boards/b/reset", as: .admin)
        _ = try await api.send(.DELETE, "/boards/c", as: .admin)
        _ = try await api.send(.PUT, "/actions/new", #"{"points":1,"boards":["b"]}"#, as: .admin)
        _ = try await api.send(.DELETE, "/actions/kill", as: .admin)
        #expect(
            api.audit.entries.map(Self.words) == [
                "u1 board.put new done method=PUT reset=true", "u1 board.put b done method=PATCH reset=false",
                "u1 board.delete_user u1 done board=b", "u1 board.reset b done window=all",
                "u1 board.reset b done window=*", "u1 board.delete c done", "u1 action.put new done",
                "u1 action.delete kill done",
            ])
    }

    /// Clients cannot use the actions of the game services.
    @Test func reservedActionsAreRefused() async throws {
        let api = try await Self.api()
        let reply = try await api.send(.PUT, "/actions/sys-task", #"{"points":1,"boards":["b"]}"#, as: .admin)
        #expect(reply.status == 400)
        #expect(api.audit.entries.isEmpty)
        #expect(try await api.send(.GET, "/actions/sys-task", as: .admin).status == 404)
    }

    @Test func refusalsAndFailuresAreRecorded() async throws {
        let api = try await Self.api()
        _ = try await api.send(.POST, "/boards/b/reset", as: .player)
        _ = try await api.send(.POST, "/update-scores", "{}", as: .player)
        // Nothing happens: the request is at fault, nobody is known, or the route is not for administrators.
        _ = try await api.send(.POST, "/boards/no/reset", as: .admin)
        _ = try await api.send(.PUT, "/actions/new", "{}", as: .admin)
        _ = try await api.send(.POST, "/boards/b/reset")
        _ = try await api.send(.GET, "/boards/b", as: .player)
        api.stores.change { $0.isAway = true }
        _ = try await api.send(.POST, "/boards/b/reset", as: .admin)
        #expect(
            api.audit.entries.map(Self.words) == [
                "u1 POST /boards/{id}/reset /boards/b/reset refused role=player",
                "u1 POST /update-scores /update-scores refused role=player", "u1 board.reset b failed window=*",
            ])
    }
}
