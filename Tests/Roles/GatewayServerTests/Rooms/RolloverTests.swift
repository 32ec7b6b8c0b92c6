import Dispatch
import Gateway
import Leaderboard
import StrictJSON
import TestSupport
import Testing

/// Watchers of windows, from one period to the next.
@Suite struct RolloverTests {
    /// 2026-11-20T15:00:00Z, the end of an hour and of nothing else.
    private static let hour: Int64 = 1_795_186_800_000
    private static let (before, after) = ("2026-11-20T14", "2026-11-20T15")

    /// Runs a gateway with a board whose hour ends soon by the store's clock.
    ///
    /// - Parameters:
    ///   - milliseconds: how long the hour still runs.
    ///   - version: the version of the hour's top; 0 if nobody has scored.
    private static func run(
        endsIn milliseconds: Int64 = 300, version: Int64 = 7, top: Int = 10,
        _ configure: @escaping (inout GatewayConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (TestGateway, TestBoards) throws -> Void
    ) async throws {
        let windows = ["hourly", "all"].compactMap(Window.fixed)
        let boards = TestBoards(["race": Board(id: "race", windows: windows, top: top)])
        try await TestGateway.run {
            $0.boards = boards
            configure(&$0)
        } _: { server in
            let start = DispatchTime.now().uptimeNanoseconds
            server.store.setClock {
                hour - milliseconds + Int64((DispatchTime.now().uptimeNanoseconds - start) / 1_000_000)
            }
            server.store.set(
                "race", window: "hourly", period: before, version: version, users: version == 0 ? 0 : 3, tell: false)
            server.store.set("race", version: 40, tell: false)
            try body(server, boards)
        }
    }

    private static func open(_ server: TestGateway, _ query: String = "") throws -> TestWebSocket {
        try TestWebSocket(port: server.port, "/ws/scoreboard?board=race" + query)
    }

    /// A whole top as `snapshot 2026-11-20T14 v7 3`.
    private static func words(_ message: JSONValue) -> String {
        let type = message["type"]?.string ?? ""
        let (version, entries) = (message["version"]?.integer ?? -1, message["entries"]?.array?.count ?? -1)
        return "\(type) \(message["period"]?.string ?? "-") v\(version) \(entries)"
    }

    @Test("Watchers get the snapshot of the new period without an update", arguments: ["full", "delta"])
    func rollover(mode: String) async throws {
        try await Self.run { server, _ in
            let socket = try Self.open(server, "&mode=\(mode)")
            let stream = try TestEvents(port: server.port, "?board=race&window=hourly&mode=\(mode)")
            let forever = try Self.open(server, "&window=all&mode=\(mode)")
            #expect(Self.words(try socket.receiveJSON()) == "snapshot \(Self.before) v7 3")
            #expect(Self.words(try stream.receiveJSON().json) == "snapshot \(Self.before) v7 3")
            #expect(Self.words(try forever.receiveJSON()) == "snapshot all v40 3")
            let next = try socket.receiveJSON()
            #expect(Self.words(next) == "snapshot \(Self.after) v8 0")
            let late = (next["at"]?.integer ?? 0) - Self.hour
            #expect((0..<2_000).contains(late), "\(late) ms after the begin")
            #expect(next["window"]?.string == "hourly")
            let event = try stream.receiveJSON()
            #expect(Self.words(event.json) == "snapshot \(Self.after) v8 0" && event.id == "e1:8")
            // The version goes on growing.
            server.store.set("race", window: "hourly", period: Self.after, version: 9)
            let change = try socket.receiveJSON()
            #expect(change["period"]?.string == Self.after && change["version"]?.integer == 9)
            #expect(change["board"]?.string == "race" && change["window"]?.string == "hourly")
            #expect(change["type"]?.string == (mode == "full" ? "leaderboard-update" : "leaderboard-delta"))
            #expect(try forever.isSilent(milliseconds: 20))
        }
    }

    @Test("A version of the period before is resumed with a snapshot", arguments: ["full", "delta"])
    func resuming(mode: String) async throws {
        try await Self.run { server, _ in
            let socket = try Self.open(server)
            while try socket.receiveJSON()["period"]?.string != Self.after {}
            let again = try Self.open(server, "&mode=\(mode)&resume=e1:7")
            #expect(Self.words(try again.receiveJSON()) == "snapshot \(Self.after) v8 0")
            let current = try Self.open(server, "&mode=\(mode)&resume=e1:8")
            #expect(try current.isSilent(milliseconds: 50))
        }
    }

    @Test("A window that nobody has scored in rolls over, too, and its version grows")
    func withoutScores() async throws {
        try await Self.run(version: 0) { server, _ in
            let socket = try Self.open(server)
            #expect(Self.words(try socket.receiveJSON()) == "snapshot \(Self.before) v0 0")
            #expect(Self.words(try socket.receiveJSON()) == "snapshot \(Self.after) v1 0")
        }
    }

    @Test("A rollover that the store cannot make at once is made as soon as it can")
    func retries() async throws {
        try await Self.run { server, _ in
            let socket = try Self.open(server)
            #expect(Self.words(try socket.receiveJSON()) == "snapshot \(Self.before) v7 3")
            server.store.setReadable(false)
            let reads = server.store.calls.count
            try waitUntil("it was tried twice") { server.store.calls.count >= reads + 2 }
            server.store.setReadable(true)
            #expect(Self.words(try socket.receiveJSON()) == "snapshot \(Self.after) v8 0")
        }
    }

    @Test("Another node makes the rollover: the snapshot comes from the feed, and only once")
    func byTheFeed() async throws {
        try await Self.run(endsIn: 60_000) { server, _ in
            let socket = try Self.open(server, "&mode=delta")
            _ = try socket.receiveJSON()
            server.store.set("race", window: "hourly", period: Self.after, version: 8, users: 1)
            #expect(Self.words(try socket.receiveJSON()) == "snapshot \(Self.after) v8 1")
            #expect(try socket.isSilent(milliseconds: 50))
        }
    }

    @Test("A season whose end moves is read again, and stays the current period after its end")
    func season() async throws {
        @Sendable func season(until end: Int64) -> Window {
            Window(name: "s1", kind: .season(startsAt: 0, endsAt: end))
        }
        try await Self.run(endsIn: 60_000) { server, boards in
            server.store.set("race", window: "s1", period: "s1", version: 3, tell: false)
            boards.change("race") { $0.windows = [season(until: Self.hour)] }
            let socket = try Self.open(server)
            #expect(Self.words(try socket.receiveJSON()) == "snapshot s1 v3 3")
            let reads = server.store.calls.count
            boards.change("race") { $0.windows = [season(until: Self.hour - 59_900)] }
            try waitUntil("it was read at once, and at its end") { server.store.calls.count >= reads + 2 }
            server.store.set("race", window: "s1", period: "s1", version: 4)
            #expect(Self.words(try socket.receiveJSON()) == "leaderboard-update s1 v4 3", "graced actions count")
        }
    }

    @Test("Rooms are of a board and a window")
    func rooms() async throws {
        try await Self.run(endsIn: 60_000) { server, _ in
            let socket = try Self.open(server)
            #expect(try socket.receiveJSON()["window"]?.string == "hourly", "the first window is the default")
            try socket.send(text: #"{"type":"join-room","board":"race","window":"all","period":"current"}"#)
            #expect(Self.words(try socket.receiveJSON()) == "snapshot all v40 3")
            try socket.send(text: #"{"type":"leave-room","board":"race"}"#)
            // It is not answered, but the next message is, and so it was taken.
            try socket.send(text: #"{"type":"leave-room","board":"race","window":"hourly"}"#)
            #expect(try socket.receiveJSON()["code"]?.string == "not_joined")
            server.store.set("race", window: "hourly", period: Self.before, version: 8)
            server.store.set("race", version: 41)
            #expect(Self.words(try socket.receiveJSON()) == "leaderboard-update all v41 3")
        }
    }
}
