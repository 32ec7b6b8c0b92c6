import Basics
import Gateway
import Leaderboard
import StrictJSON
import TestSupport
import Testing

/// Mode `delta`, and clients that come back with a state.
@Suite struct DeltaTests {
    /// A client that keeps the entries as a list.
    struct Board: Equatable {
        var epoch = ""
        var version: Int64 = -1
        var users: [String] = []
        var scores: [Int64] = []
        /// The types of the messages that came.
        var types: [String] = []

        mutating func take(_ message: JSONValue) throws {
            let type = try #require(message["type"]?.string)
            types.append(type)
            let next = try #require(message["version"]?.integer)
            let nextEpoch = try #require(message["epoch"]?.string)
            // A room that is joined again may send a known version.
            if nextEpoch == epoch { #expect(next > version || (next == version && type == "snapshot")) }
            if type == "leaderboard-delta" {
                #expect(message["from"]?.integer == version && nextEpoch == epoch)
                for change in try #require(message["changes"]?.array) { try apply(change) }
            } else {
                let entries = try #require(message["entries"]?.array)
                users = entries.compactMap { $0["user_id"]?.string }
                scores = entries.compactMap { $0["score"]?.integer }
            }
            (epoch, version) = (nextEpoch, next)
        }

        private mutating func apply(_ change: JSONValue) throws {
            let user = try #require(change["user_id"]?.string)
            let rank = Int(try #require(change["rank"]?.integer)) - 1
            let score = try #require(change["score"]?.integer)
            let operation = change["op"]?.string
            if operation == "leave" || operation == "move" {
                let place = try #require(users.firstIndex(of: user))
                users.remove(at: place)
                scores.remove(at: place)
            }
            if operation == "enter" || operation == "move" {
                users.insert(user, at: rank)
                scores.insert(score, at: rank)
            }
            if operation == "score" { scores[try #require(users.firstIndex(of: user))] = score }
        }
    }

    /// The top of a version: ten of twelve users, in an order that differs from version to version.
    static func top(_ version: Int64, epoch: String = "e1") -> Top {
        var dice = SplitMix64(seed: UInt64(version))
        let users = (0..<12).map { "user-\($0)" }.shuffled(using: &dice).prefix(10)
        return Top(
            epoch: epoch, version: version, at: version,
            entries: users.enumerated().map {
                LeaderboardEntry(rank: Int64($0.offset) + 1, userID: $0.element, score: version * 10 - Int64($0.offset))
            })
    }

    static func expect(_ board: Board, _ top: Top, limit: Int = 10) {
        #expect(board.epoch == top.epoch && board.version == top.version)
        #expect(board.users == top.entries.prefix(limit).map(\.userID))
        #expect(board.scores == top.entries.prefix(limit).map(\.score))
    }

    @Test func sendsWhatHasChanged() async throws {
        try await TestGateway.run { server in
            let socket = try TestWebSocket(port: server.port, "/ws/scoreboard?mode=delta")
            _ = try socket.receiveText()
            let entries = [
                LeaderboardEntry(rank: 1, userID: "user-1", score: 2000),
                LeaderboardEntry(rank: 2, userID: "user-0", score: 1000),
                LeaderboardEntry(rank: 3, userID: "new", score: 999),
            ]
            server.store.tell(.changed(Top(epoch: "e1", version: 2, at: 5, entries: entries)))
            #expect(
                try socket.receiveText() == """
                    {"type":"leaderboard-delta","board":"global","window":"all","period":"all","epoch":"e1","from":1,\
                    "version":2,"at":5,"changes":[{"op":"leave","user_id":"user-2","rank":3,"score":998},\
                    {"op":"move","user_id":"user-1","rank":1,"score":2000},\
                    {"op":"enter","user_id":"new","rank":3,"score":999}]}
                    """)
            // A change below the limit: nothing changes but the version.
            server.store.tell(.changed(Top(epoch: "e1", version: 3, at: 6, entries: entries)))
            let last = try socket.receiveJSON()
            #expect(last["from"]?.integer == 2 && last["version"]?.integer == 3)
            #expect(last["changes"]?.array?.isEmpty == true)
        }
    }

    @Test func keepsManyClientsInStep() async throws {
        try await TestGateway.run { server in
            let limits = [1, 3, 10, 100, 10, 3]
            var clients = try limits.map {
                (try TestWebSocket(port: server.port, "/ws/scoreboard?mode=delta&limit=\($0)"), Board(), $0)
            }
            for index in clients.indices { try clients[index].1.take(clients[index].0.receiveJSON()) }
            for version in 2...40 as ClosedRange<Int64> {
                server.store.tell(.changed(Self.top(version)))
                for index in clients.indices {
                    try clients[index].1.take(clients[index].0.receiveJSON())
                    Self.expect(clients[index].1, Self.top(version), limit: clients[index].2)
                }
            }
            server.store.tell(.changed(Self.top(1, epoch: "e2")))
            for index in clients.indices {
                try clients[index].1.take(clients[index].0.receiveJSON())
                Self.expect(clients[index].1, Self.top(1, epoch: "e2"), limit: clients[index].2)
                #expect(clients[index].1.types.first == "snapshot" && clients[index].1.types.last == "snapshot")
                #expect(clients[index].1.types.dropFirst().dropLast().allSatisfy { $0 == "leaderboard-delta" })
            }
        }
    }

    @Test func bringsOneThatSkippedVersionsUpToDate() async throws {
        try await TestGateway.run {
            $0.settings.fanoutInterval = .milliseconds(100)
        } _: { server in
            let socket = try TestWebSocket(port: server.port, "/ws/scoreboard?mode=delta")
            var board = Board()
            try board.take(socket.receiveJSON())
            let start = ContinuousClock.now
            for version in 2...30 as ClosedRange<Int64> { server.store.tell(.changed(Self.top(version))) }
            let intervals = Int((ContinuousClock.now - start) / .milliseconds(100))
            while board.version < 30 { try board.take(socket.receiveJSON()) }
            Self.expect(board, Self.top(30))
            #expect(board.types.count <= 4 + intervals && !board.types.dropFirst().contains("snapshot"))
            // Another node pushed a version that this one skipped.
            let moved = try TestWebSocket(port: server.port, "/ws/scoreboard?mode=delta&resume=e1:17")
            var other = Board(
                epoch: "e1", version: 17, users: Self.top(17).entries.map(\.userID),
                scores: Self.top(17).entries.map(\.score))
            try other.take(moved.receiveJSON())
            Self.expect(other, Self.top(30))
            #expect(other.types == ["leaderboard-delta"])
        }
    }

    @Test func givesASlowReaderOneDeltaOrASnapshot() async throws {
        try await TestGateway.run { server in
            func wide(_ version: Int64) -> Top {
                var dice = SplitMix64(seed: UInt64(version))
                let long = String(repeating: "x", count: 50)
                let users = (0..<110).map { "\(long)\($0)" }.shuffled(using: &dice).prefix(100)
                return Top(
                    epoch: "e1", version: version, at: version,
                    entries: users.enumerated().map {
                        LeaderboardEntry(rank: Int64($0.offset) + 1, userID: $0.element, score: 1000 - Int64($0.offset))
                    })
            }
            server.store.set("wide", version: 1, users: 100, tell: false)
            let target = "/ws/scoreboard?board=wide&limit=100&mode=delta"
            let slow = try TestWebSocket(port: server.port, target, receiveBytes: 4096)
            let fast = try TestWebSocket(port: server.port, target)
            var board = Board()
            try board.take(fast.receiveJSON())
            let last: Int64 = 1_000
            for version in 2...last {
                server.store.tell(.changed(wide(version)), board: "wide")
                try board.take(fast.receiveJSON())
            }
            Self.expect(board, wide(last), limit: 100)
            #expect(board.types.filter { $0 == "snapshot" }.count == 1)
            var late = Board()
            while late.version < last { try late.take(slow.receiveJSON()) }
            Self.expect(late, wide(last), limit: 100)
            #expect(late.types.count < 100, "\(late.types.count) messages for a reader that did not read")
        }
    }

    /// Joins, leaves, changes of mode and a new epoch, all while versions come faster than they are pushed.
    @Test func neverGoesBack() async throws {
        try await TestGateway.run {
            $0.settings.fanoutInterval = .milliseconds(3)
            $0.settings.connectionMessagesMax = 10_000
        } _: { server in
            server.store.tell(.changed(Self.top(2)))
            let sockets = try (0..<4).map { _ in try TestWebSocket(port: server.port, "/ws/scoreboard?mode=delta") }
            var dice = SplitMix64(seed: 11)
            let messages = [
                #"{"type":"join-room"}"#, #"{"type":"join-room","mode":"delta"}"#, #"{"type":"leave-room"}"#,
                #"{"type":"join-room","mode":"delta","resume":"e0:1"}"#,
            ]
            for step in 3...400 as ClosedRange<Int64> {
                server.store.tell(.changed(step < 300 ? Self.top(step) : Self.top(step, epoch: "e2")))
                for socket in sockets where Int.random(in: 0..<3, using: &dice) == 0 {
                    try socket.send(text: messages.randomElement(using: &dice) ?? "")
                }
            }
            for socket in sockets {
                try socket.send(text: #"{"type":"join-room","mode":"delta"}"#)
                var board = Board()
                while board.version < 400 {
                    let message = try socket.receiveJSON()
                    if message["type"]?.string == "error" { continue }  // left twice
                    try board.take(message)
                    if board.version > 1 {
                        Self.expect(board, Self.top(board.version, epoch: board.version < 300 ? "e1" : "e2"))
                    }
                }
            }
        }
    }

    /// Two users share a rank, although the board does not share ranks.
    @Test func sendsTheWholeTopWhereStepsCannotTellTheDifference() async throws {
        try await TestGateway.run { server in
            let socket = try TestWebSocket(port: server.port, "/ws/scoreboard?mode=delta")
            _ = try socket.receiveText()
            let entries = ["a", "b"].map { LeaderboardEntry(rank: 1, userID: $0, score: 7) }
            server.store.tell(.changed(Top(epoch: "e1", version: 2, at: 5, entries: entries)))
            let message = try socket.receiveJSON()
            #expect(message["type"]?.string == "snapshot" && message["version"]?.integer == 2)
            #expect(message["entries"]?.array?.map { $0["rank"]?.integer } == [1, 1])
        }
    }

    @Test(
        "On a board with shared ranks, each user that differs is told once, with its position",
        arguments: [BoardRules.Ties.shared, .dense])
    func changesByUser(ties: BoardRules.Ties) async throws {
        @Sendable func top(_ version: Int64, _ users: [(String, Int64)]) -> Top {
            var ranks = RankCounter(ties: ties)
            return Top(
                epoch: "e1", version: version, at: version,
                entries: users.map {
                    LeaderboardEntry(rank: ranks.next(score: $0.1), userID: $0.0, score: $0.1)
                })
        }
        try await TestGateway.run {
            $0.boards = TestBoards(["race": Leaderboard.Board(id: "race", rules: BoardRules(ties: ties))])
        } _: { server in
            server.store.set("race", version: 1, users: 0, tell: false)
            let socket = try TestWebSocket(port: server.port, "/ws/scoreboard?board=race&mode=delta&limit=4")
            _ = try socket.receiveText()
            func next(_ top: Top) throws -> [String] {
                server.store.tell(.changed(top), board: "race")
                let message = try socket.receiveJSON()
                #expect(message["type"]?.string == "leaderboard-delta" && message["period"]?.string == "all")
                return (message["changes"]?.array ?? []).map { change in
                    let text = ["op", "user_id"].compactMap { change[$0]?.string }
                    let numbers = ["rank", "score", "position"].compactMap { change[$0]?.integer.map(String.init) }
                    return (text + numbers).joined(separator: " ")
                }
            }
            let fourth = ties == .shared ? 4 : 3
            #expect(
                try next(top(2, [("a", 9), ("b", 5), ("c", 5), ("d", 1), ("below", 0)])) == [
                    "enter a 1 9 1", "enter b 2 5 2", "enter c 2 5 3", "enter d \(fourth) 1 4",
                ])
            #expect(
                try next(top(3, [("a", 9), ("c", 9), ("b", 5), ("below", 2)])) == [
                    "leave d \(fourth) 1 4", "move c 1 9 2",
                    ties == .shared ? "move b 3 5 3" : "move b 2 5 3",
                    "enter below \(fourth) 2 4",
                ])
            #expect(try next(top(4, [("a", 10), ("c", 9), ("b", 5), ("below", 2)])).first == "score a 1 10 1")
        }
    }
}
