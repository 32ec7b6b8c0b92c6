import Gateway
import StrictJSON
import TestSupport
import Testing

/// Frames and close codes (RFC 6455), on real sockets.
@Suite struct ProtocolTests {
    @Test func answersPings() async throws {
        try await TestGateway.run { server in
            let socket = try TestWebSocket(port: server.port)
            _ = try socket.receiveStandings()
            for payload in [[], Array("hello".utf8), [UInt8](repeating: 7, count: 125)] {
                try socket.send(opcode: 9, payload)
                #expect(try socket.receive() == .pong(payload))
            }
            try socket.send(opcode: 10, [1])
            // The ping comes between the fragments of a message.
            try socket.send(opcode: 1, Array("{\"type\":".utf8), fin: false)
            try socket.send(opcode: 9, [5])
            #expect(try socket.receive() == .pong([5]))
            try socket.send(opcode: 0, Array("\"leave-room\",\"board\":\"other\"}".utf8))
            #expect(try socket.receiveJSON()["code"]?.string == "not_joined")
        }
    }

    @Test func answersMessagesThatItDoesNotKnow() async throws {
        try await TestGateway.run { server in
            let socket = try TestWebSocket(port: server.port)
            _ = try socket.receiveStandings()
            let cases = [
                ("hello", "invalid_message"), ("[]", "invalid_message"), ("{}", "invalid_message"),
                (#"{"type":7}"#, "invalid_message"), (#"{"type":"shout"}"#, "unknown_type"),
                (#"{"type":"join-room","mode":"loud"}"#, "invalid_input"),
                (#"{"type":"join-room","limit":99999999999}"#, "invalid_input"),
            ]
            for (text, code) in cases {
                try socket.send(text: text)
                let error = try socket.receiveJSON()
                #expect(error["type"]?.string == "error")
                #expect(error["code"]?.string == code, "\(text)")
                #expect(error["message"]?.string?.isEmpty == false)
            }
            try socket.send(opcode: 2, [1, 2, 3])
            #expect(try socket.receiveJSON()["code"]?.string == "invalid_message")
        }
    }

    @Test func answersClose() async throws {
        try await TestGateway.run { server in
            let cases: [(payload: [UInt8], answer: UInt16?)] = [
                ([], nil), ([0x03, 0xE8], 1000), ([0x03, 0xE9] + Array("bye".utf8), 1001), ([0x0B, 0xB8], 3000),
                ([0x03], 1002), ([0x03, 0xED], 1002), ([0x00, 0x00], 1002), ([0x03, 0xE8, 0xFF], 1007),
            ]
            for (payload, answer) in cases {
                let socket = try TestWebSocket(port: server.port)
                _ = try socket.receiveStandings()
                try socket.send(opcode: 8, payload)
                #expect(try socket.receiveClose() == answer, "\(payload)")
                #expect(try socket.receive() == .end)
            }
            try waitUntil("no connections") { server.gateway.connections == 0 }
        }
    }

    struct Frame: Sendable {
        var opcode: UInt8
        var payload: [UInt8] = []
        var fin = true
        var reserved: UInt8 = 0
        var masked = true
    }

    static let violations: [(name: String, frames: [Frame], code: UInt16)] = [
        ("unmasked", [Frame(opcode: 1, payload: [0x61], masked: false)], 1002),
        ("unmasked ping", [Frame(opcode: 9, masked: false)], 1002),
        ("RSV1", [Frame(opcode: 1, reserved: 4)], 1002),
        ("RSV3 of a ping", [Frame(opcode: 9, reserved: 1)], 1002),
        ("opcode 3", [Frame(opcode: 3)], 1002),
        ("opcode 11", [Frame(opcode: 11)], 1002),
        ("ping in fragments", [Frame(opcode: 9, fin: false)], 1002),
        ("long ping", [Frame(opcode: 9, payload: [UInt8](repeating: 0, count: 126))], 1002),
        ("continuation of nothing", [Frame(opcode: 0)], 1002),
        ("text within a message", [Frame(opcode: 1, fin: false), Frame(opcode: 1)], 1002),
        ("long frame", [Frame(opcode: 1, payload: [UInt8](repeating: 0x61, count: 16385))], 1009),
        (
            "long message",
            [
                Frame(opcode: 1, payload: [UInt8](repeating: 0x61, count: 16000), fin: false),
                Frame(opcode: 0, payload: [UInt8](repeating: 0x61, count: 385), fin: false),
            ], 1009
        ),
        ("not UTF-8", [Frame(opcode: 1, payload: [0x61, 0xC0, 0xAF])], 1007),
        ("surrogate", [Frame(opcode: 1, payload: [0xED, 0xA0, 0x80])], 1007),
        (
            "not UTF-8, across fragments",
            [Frame(opcode: 1, payload: [0xF0, 0x9F], fin: false), Frame(opcode: 0, payload: [0x41, 0x41])], 1007
        ),
        ("UTF-8 that ends early", [Frame(opcode: 1, payload: [0xE2, 0x82])], 1007),
    ]

    @Test func closesOnViolations() async throws {
        try await TestGateway.run { server in
            for (name, frames, code) in Self.violations {
                let socket = try TestWebSocket(port: server.port)
                _ = try socket.receiveStandings()
                for frame in frames {
                    try socket.send(
                        opcode: frame.opcode, frame.payload, fin: frame.fin, reserved: frame.reserved,
                        masked: frame.masked)
                }
                #expect(try socket.receiveClose() == code, "\(name)")
                #expect(try socket.receive() == .end, "\(name)")
            }
        }
    }

    @Test func takesCharactersSplitAcrossFragments() async throws {
        try await TestGateway.run { server in
            let socket = try TestWebSocket(port: server.port)
            _ = try socket.receiveStandings()
            try socket.send(
                opcode: 1, Array(#"{"type":"leave-room","board":"other","x":""#.utf8) + [0xF0, 0x9F], fin: false)
            try socket.send(opcode: 0, [0x8F], fin: false)
            try socket.send(opcode: 0, [], fin: false)
            try socket.send(opcode: 0, [0x86] + Array(#""}"#.utf8))
            #expect(try socket.receiveJSON()["code"]?.string == "not_joined")
            let longest =
                #"{"type":"leave-room","board":"other","x":""# + String(repeating: "a", count: 16_340) + #""}"#
            try socket.send(text: longest)
            #expect(try socket.receiveJSON()["code"]?.string == "not_joined")
        }
    }

    @Test func sendsCompressedSnapshotsToThoseWhoAgreed() async throws {
        try await TestGateway.run { server in
            server.store.set("wide", version: 1, users: 100, tell: false)
            let target = "/ws/scoreboard?board=wide&limit=100"
            let offer = [("Sec-WebSocket-Extensions", "permessage-deflate")]
            let socket = try TestWebSocket(port: server.port, target, headers: offer)
            #expect(socket.response["sec-websocket-extensions"]?.hasPrefix("permessage-deflate;") == true)
            #expect(throws: TestConnection.Failure(call: "frame with first byte 193", code: 0)) {
                try socket.receive()
            }
            let plain = try TestWebSocket(port: server.port, target)
            #expect(try plain.receiveStandings().entries == 100)
        }
    }

    @Test func endsAFlood() async throws {
        try await TestGateway.run {
            $0.settings.connectionMessagesMax = 20
        } _: { server in
            let socket = try TestWebSocket(port: server.port)
            _ = try socket.receiveStandings()
            let flood = (0..<60).flatMap { _ in ClientFrame.bytes(opcode: 9, []) }
            try socket.send(raw: flood)
            #expect(try socket.receiveClose() == 1008)
        }
    }

    @Test func pingsAndGivesUpSilentPeers() async throws {
        try await TestGateway.run {
            $0.settings.ping = .milliseconds(300)
            $0.settings.silence = .milliseconds(4_000)
        } _: { server in
            let talker = try TestWebSocket(port: server.port)
            let silent = try TestWebSocket(port: server.port)
            _ = try talker.receiveStandings()
            // This goes on until the silent one has been given up, and a little longer.
            var left = 3
            let deadline = ContinuousClock.now + .seconds(30)
            while left > 0 {
                try #require(ContinuousClock.now < deadline, "the silent one is still there")
                if server.gateway.connections < 2 { left -= 1 }
                #expect(try talker.receive() == .ping([]))
                try talker.send(opcode: 10)
            }
            _ = try silent.receiveStandings()
            var last = TestWebSocket.Incoming.ping([])
            while last == .ping([]) { last = try silent.receive() }
            #expect(last == .end)
            #expect(server.gateway.connections == 1)
        }
    }

    @Test func cutsAPeerThatDoesNotAnswerClose() async throws {
        try await TestGateway.run {
            $0.settings.closeWait = .milliseconds(200)
        } _: { server in
            let socket = try TestWebSocket(port: server.port)
            _ = try socket.receiveStandings()
            try socket.send(opcode: 1, masked: false)
            #expect(try socket.receiveClose() == 1002)
            try waitUntil("the connection is cut") { server.gateway.connections == 0 }
        }
    }

    @Test func endsWithTheClientsOutput() async throws {
        try await TestGateway.run { server in
            let socket = try TestWebSocket(port: server.port)
            _ = try socket.receiveStandings()
            socket.drop()
            try waitUntil("the connection is gone") { server.gateway.connections == 0 }
        }
    }
}
