import Players
import Storage
import StrictJSON
import TestSupport
import Testing

/// Challenge rooms over two gateways, with a real Redis in between.
@Suite(.timeLimit(.minutes(2))) struct ChallengeRoomTests {
    @Test("Progress reaches all members on both gateways, and nobody else")
    func progress() async throws {
        try await LiveWorld.run { world in
            let (alice, bob) = (try world.socket(world.first, "alice"), try world.socket(world.second, "bob"))
            let other = try world.socket(world.first, "carol")
            let joined = try alice.join(TestCalls.open)
            #expect(joined["challenge"]?.string == TestCalls.open && joined["present"]?.integer == 1)
            #expect(joined["progress"]?.array?.first?["user_id"]?.string == "early")
            #expect(joined["progress"]?.array?.first?["state"]?["step"]?.integer == 1)
            try bob.join(TestCalls.open)
            try other.join(TestCalls.other)
            try alice.send(
                text: #"{"type":"challenge-update","challenge":"\#(TestCalls.open)","progress":30,"state":{"a":[1]}}"#)
            for socket in [alice, bob] {
                let last = try socket.receive("alice", at: 30).last
                let update = last?["updates"]?.array?.first { $0["user_id"]?.string == "alice" }
                #expect(update?["state"]?["a"]?.array?.first?.integer == 1)
            }
            try bob.send(text: #"{"type":"hint-request","challenge":"\#(TestCalls.open)"}"#)
            #expect(try bob.receive(type: "hint")["text"]?.string == "Try")
            try alice.send(text: #"{"type":"leave-room","challenge":"\#(TestCalls.open)"}"#)
            try alice.update(TestCalls.open, 40)
            let error = try alice.receive(type: "error")
            #expect(error["code"]?.string == "not_joined" && error["challenge"]?.string == TestCalls.open)
            try bob.update(TestCalls.open, 50)
            try bob.receive("bob", at: 50)
            other.patienceMilliseconds = 300
            #expect(throws: TestWebSocket.Silence.self) { try other.receive("bob", at: 50) }
        }
    }

    @Test("A hundred updates are few messages, with the latest last")
    func conflation() async throws {
        try await LiveWorld.run { world in
            let (alice, bob) = (try world.socket(world.first, "alice"), try world.socket(world.second, "bob"))
            try alice.join(TestCalls.open)
            try bob.join(TestCalls.open)
            let start = ContinuousClock.now
            for progress in 1...99 { try alice.update(TestCalls.open, progress) }
            let messages = try bob.receive("alice", at: 99)
            let seconds = Double((ContinuousClock.now - start).components.seconds) + 1
            #expect(Double(messages.count) <= 10 * seconds + 2, "\(messages.count) messages in \(seconds) s")
        }
    }

    @Test("A slow member gets fewer messages, and the latest at the end")
    func slow() async throws {
        try await LiveWorld.run { world in
            let fast = try world.socket(world.first, "alice")
            let headers = [("Authorization", "Bearer \(TestTokens.token("k1", user: "bob"))")]
            let slow = try TestWebSocket(port: world.first.port, "/ws", headers: headers, receiveBytes: 4096)
            for socket in [fast, slow] { try socket.join(TestCalls.open) }
            let state = "\"\(String(repeating: "x", count: 1000))\""
            var received = 0
            for round in 1...20 {
                try world.wait {
                    for user in 0..<500 {
                        let progress = RoomProgress(
                            userID: "u\(user)", progress: round, state: state, stamp: Int64(round))
                        try await world.sender.send(progress, to: TestCalls.open)
                    }
                    let last = RoomProgress(userID: "last", progress: round, state: nil, stamp: Int64(round))
                    try await world.sender.send(last, to: TestCalls.open)
                }
                received += try fast.receive("last", at: Int64(round)).count
            }
            let messages = try slow.receive("last", at: 20)
            #expect(messages.count < received, "\(messages.count) of \(received)")
            let updates = messages.flatMap { $0["updates"]?.array ?? [] }
            #expect(updates.contains { $0["user_id"]?.string == "u499" && $0["progress"]?.integer == 20 })
        }
    }

    @Test("Members are counted on both gateways, also after one of them has left")
    func presence() async throws {
        try await LiveWorld.run { world in
            let alice = try world.socket(world.first, "alice")
            try alice.join(TestCalls.open)
            let bob = try world.socket(world.second, "bob")
            try bob.join(TestCalls.open)
            for socket in [alice, bob] {
                while try socket.receive(type: "progress-update")["present"]?.integer != 2 {}
            }
            let again = try bob.join(TestCalls.open)
            #expect(again["present"]?.integer == 2, "joining again tells the state again")
            alice.drop()
            while try bob.receive(type: "progress-update")["present"]?.integer != 1 {}
        }
    }

    @Test("What a client may not, and what is malformed, gets an error")
    func errors() async throws {
        try await LiveWorld.run { world in
            let open = TestCalls.open
            let (alice, nobody) = (try world.socket(world.first, "alice"), try world.socket(world.first, nil))
            let rows: [(TestWebSocket, String, String)] = [
                (nobody, #"{"type":"join-room","challenge":"\#(open)"}"#, "unauthorized"),
                (nobody, #"{"type":"hint-request","challenge":"\#(open)"}"#, "unauthorized"),
                (nobody, #"{"type":"join-room","board":"global","me":true}"#, "unauthorized"),
                (alice, #"{"type":"hint-request","challenge":"\#(open)"}"#, "not_joined"),
                (alice, #"{"type":"leave-room","challenge":"\#(open)"}"#, "not_joined"),
                (alice, #"{"type":"challenge-update","challenge":"\#(open)","progress":1}"#, "not_joined"),
                (alice, #"{"type":"join-room","challenge":"\#(TestCalls.closed)"}"#, "unknown_challenge"),
                (alice, #"{"type":"join-room","challenge":"x"}"#, "invalid_input"),
            ]
            for (socket, message, code) in rows {
                try socket.send(text: message)
                #expect(try socket.receive(type: "error")["code"]?.string == code, "\(message)")
            }
        }
    }

    @Test("A token for reading scores is not let into rooms, and gets no messages")
    func scope() async throws {
        try await LiveWorld.run { world in
            let token = TestTokens.token("k1", scope: "scores:read", user: "alice")
            let reader = try TestWebSocket(
                port: world.first.port, "/ws", headers: [("Authorization", "Bearer \(token)")])
            try reader.send(text: #"{"type":"join-room","challenge":"\#(TestCalls.open)"}"#)
            #expect(try reader.receive(type: "error")["code"]?.string == "forbidden")
            let player = try world.socket(world.first, "alice")
            player.patienceMilliseconds = 100
            // Whether the subscription is there shows when a message arrives.
            try waitUntil("a message arrives") {
                let text = #"{"type":"challenge-generated"}"#
                try world.wait { try await world.sender.send(text, to: "alice", isNotification: false) }
                return (try? player.receive(type: "challenge-generated")) != nil
            }
            reader.patienceMilliseconds = 300
            #expect(throws: TestWebSocket.Silence.self) { try reader.receive(type: "challenge-generated") }
        }
    }

    @Test("Without a play node, a call is unavailable after 2 s")
    func noPlay() async throws {
        try await LiveWorld.run(hasPlay: false) { world in
            let alice = try world.socket(world.first, "alice")
            let start = ContinuousClock.now
            try alice.send(text: #"{"type":"join-room","challenge":"\#(TestCalls.open)"}"#)
            let error = try alice.receive(type: "error")
            #expect(error["code"]?.string == "unavailable" && error["challenge"]?.string == TestCalls.open)
            let took = ContinuousClock.now - start
            #expect(took >= .seconds(2) && took < .seconds(5), "\(took)")
        }
    }

    @Test("Rooms of challenges and of boards have one limit")
    func limit() async throws {
        try await LiveWorld.run { world in
            let alice = try world.socket(world.first, "alice")
            for number in 1...63 {
                let id = String(repeating: "r", count: 20) + String(number + 10)
                try alice.join(id)
            }
            try alice.send(text: #"{"type":"join-room","challenge":"\#(TestCalls.open)"}"#)
            #expect(try alice.receive(type: "error")["code"]?.string == "too_many_rooms")
        }
    }
}
