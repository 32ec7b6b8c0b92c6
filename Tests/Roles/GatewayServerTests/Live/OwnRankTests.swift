import Leaderboard
import StrictJSON
import TestSupport
import Testing

/// The rank of one's own, with real updates.
@Suite(.timeLimit(.minutes(2))) struct OwnRankTests {
    /// A socket of a user that follows its own rank, after the first read.
    private static func follow(_ world: LiveWorld, _ gateway: TestGateway, _ user: String) throws -> TestWebSocket {
        let socket = try world.socket(gateway, user)
        try socket.send(text: #"{"type":"join-room","board":"\#(world.board.id)","me":true}"#)
        try socket.receive(type: "snapshot")
        return socket
    }

    /// Gives a user points until its socket is told, so that moves are published and arrive from then on.
    ///
    /// - Returns: the score then.
    private static func begin(_ world: LiveWorld, _ socket: TestWebSocket, _ user: String) throws -> Int64 {
        let sets = world.board.rules.operator == .set
        socket.patienceMilliseconds = 500
        defer { socket.patienceMilliseconds = 30_000 }
        for number: Int64 in 1...40 {
            try world.add(user, sets ? number : 1, id: "begin-\(user)-\(number)")
            while let message = try? socket.receive(type: "rank-update") {
                if message["score"]?.integer == number { return number }
            }
        }
        throw TestWebSocket.Silence()
    }

    @Test("An own change is told at once, others' within 5 s, and who passes at most once a second")
    func told() async throws {
        try await LiveWorld.run { world in
            let socket = try Self.follow(world, world.first, "alice")
            let score = try Self.begin(world, socket, "alice")
            let start = ContinuousClock.now
            try world.add("alice", 10, id: "own")
            let own = try socket.receive(type: "rank-update")
            #expect(ContinuousClock.now - start < .seconds(2))
            #expect(own["score"]?.integer == score + 10 && own["rank"]?.integer == 1)
            #expect(own["total"]?.integer == 1 && own["board"]?.string == world.board.id)
            #expect(own["window"]?.string == "all" && own["period"]?.string == "all")
            for rival in 1...5 { try world.add("rival-\(rival)", 1000 + Int64(rival), id: "rival-\(rival)") }
            var passers: [String] = []
            var rank: Int64?
            while passers.last != "rival-5" || rank != 6 {
                let json = try socket.receiveJSON()
                switch json["type"]?.string {
                case "passed": passers.append(json["by"]?.string ?? "")
                case "rank-update": rank = json["rank"]?.integer
                default: break
                }
            }
            #expect(ContinuousClock.now - start < .seconds(9))
            #expect(passers.count <= 3, "\(passers)")
        }
    }

    @Test("A low score is better on an ascending board, and equal scores share a rank")
    func ascending() async throws {
        let rules = BoardRules(operator: .set, order: .ascending, ties: .shared, allowDecrease: true)
        try await LiveWorld.run(rules: rules) { world in
            let socket = try Self.follow(world, world.second, "alice")
            _ = try Self.begin(world, socket, "alice")
            try world.add("alice", 50, id: "own")
            while try socket.receive(type: "rank-update")["score"]?.integer != 50 {}
            try world.add("equal", 50, id: "equal")
            try world.add("worse", 51, id: "worse")
            try world.add("better", 49, id: "better")
            #expect(try socket.receive(type: "passed")["by"]?.string == "better")
        }
    }

    @Test("A socket that stops following is told nothing more")
    func leaves() async throws {
        try await LiveWorld.run { world in
            let socket = try Self.follow(world, world.first, "alice")
            _ = try Self.begin(world, socket, "alice")
            try socket.send(text: #"{"type":"join-room","board":"\#(world.board.id)"}"#)
            try socket.receive(type: "snapshot")
            try world.add("alice", 10, id: "later")
            socket.patienceMilliseconds = 500
            #expect(throws: TestWebSocket.Silence.self) { try socket.receive(type: "rank-update") }
        }
    }
}
