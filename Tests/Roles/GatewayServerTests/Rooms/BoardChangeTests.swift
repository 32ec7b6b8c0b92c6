import Dispatch
import Gateway
import Leaderboard
import StrictJSON
import TestSupport
import Testing

/// The effects of changes of the catalogue on watchers.
@Suite struct BoardChangeTests {
    private static let bearer = [("Authorization", "Bearer \(TestTokens.good)")]

    /// Runs a gateway whose boards a test can change.
    private static func run(
        _ boards: TestBoards = TestBoards(TestGateway.boards), tokens: TestTokens? = nil,
        _ body: @escaping @Sendable (TestGateway, TestBoards) throws -> Void
    ) async throws {
        try await TestGateway.run {
            $0.boards = boards
        } tokens: {
            tokens?.verifiers($0)
        } _: { server in
            server.store.set("other", version: 7, tell: false)
            try body(server, boards)
        }
    }

    private static func open(
        _ server: TestGateway, _ query: String = "", headers: [(String, String)] = []
    ) throws -> TestWebSocket {
        let socket = try TestWebSocket(port: server.port, "/ws/scoreboard" + query, headers: headers)
        _ = try socket.receiveStandings()
        return socket
    }

    @Test func nothingIsServedBeforeTheBoardsAreKnown() async throws {
        let boards = TestBoards(nil)
        try await Self.run(boards) { server, boards in
            #expect(server.gateway.readiness.whyNotReady() == "no catalogue yet")
            let error = #expect(throws: TestWebSocket.Refused.self) { try TestWebSocket(port: server.port) }
            #expect(error?.response.status == 503 && error?.response["retry-after"] == "1")
            #expect(error?.response.body.contains("unavailable") == true)
            let stream = try TestEvents(port: server.port)
            #expect(stream.response.status == 503 && stream.response["retry-after"] == "1")
            #expect(try server.count("upgrades_refused", [("reason", "catalogue")]) == 2)
            boards.change { $0 = TestGateway.boards }
            #expect(try Self.open(server).isSilent(milliseconds: 50))
            #expect(server.gateway.readiness.whyNotReady() == nil)
        }
    }

    @Test func aBoardThatBecomesPrivateEndsThoseWithoutAToken() async throws {
        let tokens = try await TestTokens()
        try await Self.run(tokens: tokens) { server, boards in
            let guests = try (0..<200).map { _ in try Self.open(server, "?board=other") }
            let joined = try Self.open(server)
            try joined.send(text: #"{"type":"join-room","board":"other","limit":1}"#)
            #expect(try joined.receiveStandings().board == "other")
            let known = try Self.open(server, "?board=other", headers: Self.bearer)
            let bad = try Self.open(server, "?board=other", headers: [("Authorization", "Bearer \(TestTokens.bad)")])
            let elsewhere = try Self.open(server)
            let stream = try TestEvents(port: server.port, "?board=other")
            let knownStream = try TestEvents(port: server.port, "?board=other", headers: Self.bearer)
            for stream in [stream, knownStream] { _ = try stream.receive() }

            let start = DispatchTime.now()
            boards.change("other") { $0.visibility = .private }
            for socket in guests + [joined, bad] {
                #expect(try socket.receiveJSON()["code"]?.string == "unauthorized")
                #expect(try socket.receiveClose() == 4401)
            }
            let last = try stream.receiveJSON()
            #expect(last.id == nil && last.json["code"]?.string == "unauthorized")
            #expect(try stream.receive() == nil)
            let milliseconds = (DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1_000_000
            #expect(milliseconds < 2_000 + machineSlackMilliseconds)
            let count = Int64(guests.count + 3)
            #expect(try server.count("connections_ended", [("reason", "token")]) == count)

            #expect(try TestWebSocket(port: server.port, "/ws/scoreboard?board=other").receiveClose() == 4401)
            #expect(try TestEvents(port: server.port, "?board=other").response.status == 401)
            server.store.set("other", version: 8)
            server.store.set(version: 2)
            #expect(try known.receiveStandings().version == 8)
            #expect(try knownStream.receive()?.id == "e1:8")
            #expect(try elsewhere.receiveStandings().board == "global")
            // The token was checked when the board became private, and is checked again.
            tokens.advanceClock(milliseconds: 60_000)
            #expect(try known.receiveClose() == 4401)
            // It becomes public again.
            boards.change("other") { $0.visibility = .public }
            #expect(try Self.open(server, "?board=other").isSilent(milliseconds: 50))
        }
    }

    @Test func aBoardThatIsGoneClosesItsRooms() async throws {
        try await Self.run { server, boards in
            let alone = try Self.open(server, "?board=other")
            let both = try Self.open(server)
            try both.send(text: #"{"type":"join-room","board":"other"}"#)
            _ = try both.receiveStandings()
            let stream = try TestEvents(port: server.port, "?board=other")
            _ = try stream.receive()
            boards.change { $0["other"] = nil }
            #expect(try alone.receiveJSON()["code"]?.string == "unknown_board")
            #expect(try alone.receiveClose() == 4404)
            #expect(alone.closeReason == "There is no such board.")
            let error = try both.receiveJSON()
            #expect(error["code"]?.string == "unknown_board" && error["board"]?.string == "other")
            #expect(try stream.receiveJSON().json["code"]?.string == "unknown_board")
            #expect(try stream.receive() == nil)
            #expect(try server.count("connections_ended", [("reason", "board")]) == 2)
            try waitUntil("it is not followed any more") { !server.store.isWatched("other") }
            server.store.set(version: 2)
            #expect(try both.receiveStandings().board == "global", "the other room goes on")
            #expect(try TestWebSocket(port: server.port, "/ws/scoreboard?board=other").receiveClose() == 4404)
            // It comes back.
            boards.change("other") { _ in }
            server.store.set("other", version: 9, tell: false)
            try both.send(text: #"{"type":"join-room","board":"other"}"#)
            #expect(try both.receiveStandings().version == 9)
            server.store.set("other", version: 10)
            #expect(try both.receiveStandings().version == 10)
        }
    }

    @Test func aWindowThatIsGoneClosesItsRooms() async throws {
        let windows = ["all", "daily"].compactMap(Window.fixed)
        try await Self.run(TestBoards(["global": .global, "cup": Board(id: "cup", windows: windows)])) {
            server, boards in
            server.store.set("cup", version: 4, tell: false)
            server.store.set("cup", window: "daily", period: "2026-09-21", version: 7, tell: false)
            let alone = try Self.open(server, "?board=cup&window=daily")
            let other = try Self.open(server, "?board=cup")
            let both = try Self.open(server)
            try both.send(text: #"{"type":"join-room","board":"cup","window":"daily"}"#)
            #expect(try both.receiveStandings().version == 7)
            let stream = try TestEvents(port: server.port, "?board=cup&window=daily")
            _ = try stream.receive()
            boards.change("cup") { $0.windows = [.all] }
            #expect(try alone.receiveJSON()["code"]?.string == "unknown_window")
            #expect(try alone.receiveClose() == 4404)
            let error = try both.receiveJSON()
            #expect(error["code"]?.string == "unknown_window" && error["board"]?.string == "cup")
            #expect(error["window"]?.string == "daily")
            #expect(try stream.receiveJSON().json["code"]?.string == "unknown_window")
            #expect(try stream.receive() == nil)
            try waitUntil("it is not followed any more") { !server.store.isWatched("cup", window: "daily") }
            server.store.set("cup", version: 5)
            // The other window goes on. Its top may have been read again first, since the form of the board changed.
            let next = try other.receiveStandings()
            #expect(try next.version == 5 || next.version == 4 && other.receiveStandings().version == 5)
            #expect(
                try TestWebSocket(port: server.port, "/ws/scoreboard?board=cup&window=daily").receiveClose() == 4404)
            // It comes back.
            boards.change("cup") { $0.windows = windows }
            #expect(try Self.open(server, "?board=cup&window=daily").isSilent(milliseconds: 50))
        }
    }

    /// The tops that the node knows were ranked by other rules. The reset that goes with it has made a new version.
    @Test(arguments: ["full", "delta"])
    func aBoardWithAnotherFormIsReadAgain(mode: String) async throws {
        try await Self.run { server, boards in
            let socket = try Self.open(server, "?board=other&mode=\(mode)")
            server.store.set("other", version: 8, users: 0, tell: false)
            boards.change("other") { $0.rules.order = .ascending }
            let next = try socket.receiveStandings()
            #expect(next.type == "snapshot" && next.version == 8 && next.entries == 0)
            #expect(server.store.calls.filter { $0 == "watch other" }.count == 2)
            server.store.set("other", version: 9)
            #expect(try socket.receiveJSON()["version"]?.integer == 9)
        }
    }

    /// The read began when the board had its old form, so its answer is ranked by the old rules.
    @Test func aReadOfTheOldFormIsNotShown() async throws {
        try await Self.run { server, boards in
            let socket = try Self.open(server, "?board=other")
            server.store.inNextRead {
                server.store.set("other", version: 8, users: 0, tell: false)
                boards.change("other") { $0.rules.order = .ascending }
            }
            server.store.tell(.live, board: "other")
            let next = try socket.receiveStandings()
            #expect(next.type == "snapshot" && next.version == 8 && next.entries == 0)
        }
    }

    @Test func aBoardThatIsGoneIsNotFollowedForLaterClients() async throws {
        let boards = TestBoards(TestGateway.boards)
        try await TestGateway.run {
            $0.boards = boards
            $0.settings.linger = .seconds(600)
        } _: { server in
            server.store.set("other", version: 7, tell: false)
            let socket = try Self.open(server, "?board=other")
            try socket.send(text: #"{"type":"join-room"}"#)
            _ = try socket.receiveStandings()
            try socket.send(text: #"{"type":"leave-room","board":"other"}"#)
            try socket.send(text: #"{"type":"leave-room","board":"other"}"#)
            #expect(try socket.receiveJSON()["code"]?.string == "not_joined")
            #expect(server.store.isWatched("other"), "a client may come back")
            boards.change { $0["other"] = nil }
            try waitUntil("it is not followed any more") { !server.store.isWatched("other") }
        }
    }

    @Test func aNewBoardIsThereAtOnce() async throws {
        try await Self.run { server, boards in
            server.store.set("cup", version: 3, tell: false)
            #expect(try TestWebSocket(port: server.port, "/ws/scoreboard?board=cup").receiveClose() == 4404)
            boards.change("cup") { $0.top = 2 }
            let socket = try TestWebSocket(port: server.port, "/ws/scoreboard?board=cup")
            #expect(try socket.receiveStandings().version == 3)
        }
    }

    /// The top of a board that moves to another partition is another history.
    @Test func aBoardThatMovesIsFollowedThere() async throws {
        try await Self.run { server, boards in
            let socket = try Self.open(server, "?board=other")
            server.store.set("other", epoch: "e2", version: 1, tell: false)
            boards.change("other") { $0.group = "elsewhere" }
            let moved = try socket.receiveStandings()
            #expect(moved.epoch == "e2" && moved.version == 1)
            #expect(server.store.calls.filter { $0 == "unwatch other of other" }.count == 1)
            #expect(server.store.calls.filter { $0 == "watch other" }.count == 2)
            server.store.set("other", epoch: "e2", version: 2)
            #expect(try socket.receiveStandings().version == 2)
        }
    }

    /// The gateway reads no more entries than the board shows now.
    @Test func readsAsManyEntriesAsTheBoardShows() async throws {
        try await Self.run { server, boards in
            let socket = try Self.open(server, "?board=other&limit=50")
            #expect(server.store.limits("other") == [10])
            boards.change("other") { $0.top = 40 }
            server.store.tell(.live, board: "other")
            try waitUntil("it is read again") { server.store.limits("other") == [10, 40] }
            server.store.set("other", version: 8, users: 40)
            #expect(try socket.receiveStandings().entries == 40)
        }
    }
}
