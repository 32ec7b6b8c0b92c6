import Gateway
import StrictJSON
import TestSupport
import Testing

/// Clients that come back and name the state that they have.
@Suite struct ResumeTests {
    @Test(arguments: ["full", "delta"]) func answersByWhatTheClientHas(mode: String) async throws {
        try await TestGateway.run { server in
            let first = try TestWebSocket(port: server.port)
            _ = try first.receiveStandings()
            for version in 2...5 as ClosedRange<Int64> {
                server.store.set(version: version)
                _ = try first.receiveStandings()
            }
            func open(_ resume: String) throws -> TestWebSocket {
                try TestWebSocket(port: server.port, "/ws/scoreboard?mode=\(mode)&resume=\(resume)")
            }
            let older = try open("e1:2").receiveJSON()
            #expect(older["type"]?.string == (mode == "full" ? "snapshot" : "leaderboard-delta"))
            #expect(older["version"]?.integer == 5)
            if mode == "delta" { #expect(older["from"]?.integer == 2) }
            for unknown in ["e1:0", "e0:5", "e1:6", "e1%3A99"] {
                let answer = try open(unknown).receiveStandings()
                #expect(answer.type == "snapshot" && answer.version == 5, "\(unknown)")
            }
            let current = try open("e1:5")
            #expect(try current.isSilent(milliseconds: 150))
            server.store.set(version: 6)
            let next = try current.receiveJSON()
            #expect(next["type"]?.string == (mode == "full" ? "leaderboard-update" : "leaderboard-delta"))
            #expect(next["version"]?.integer == 6)
        }
    }

    @Test func answersOnceTheTopIsKnown() async throws {
        try await TestGateway.run { server in
            server.store.setReadable(false)
            server.store.set("other", version: 4, tell: false)
            let current = try TestWebSocket(port: server.port, "/ws/scoreboard?board=other&resume=e1:4")
            let ahead = try TestWebSocket(port: server.port, "/ws/scoreboard?board=other&mode=delta&resume=e1:9")
            server.store.setReadable(true)
            #expect(try ahead.receiveStandings().type == "snapshot")
            #expect(try current.isSilent(milliseconds: 150))
            server.store.set("other", version: 5)
            #expect(try current.receiveStandings().type == "leaderboard-update")
        }
    }

    @Test func resumesInARoomThatWasLeftAlone() async throws {
        try await TestGateway.run { server in
            server.store.set("other", version: 1, tell: false)
            let target = "/ws/scoreboard?board=other&mode=delta"
            let socket = try TestWebSocket(port: server.port, target)
            _ = try socket.receiveStandings()
            socket.drop()
            try waitUntil("the connection is gone") { server.gateway.connections == 0 }
            server.store.set("other", version: 2)
            server.store.set("other", version: 3)
            let again = try TestWebSocket(port: server.port, target + "&resume=e1:1").receiveJSON()
            #expect(again["type"]?.string == "leaderboard-delta" && again["from"]?.integer == 1)
            #expect(server.store.calls.filter { $0 == "watch other" }.count == 1)
        }
    }

    @Test func joinsWithAState() async throws {
        try await TestGateway.run { server in
            server.store.set("other", version: 1, tell: false)
            // The node must have version 1 before there is another.
            let first = try TestWebSocket(port: server.port, "/ws/scoreboard?board=other")
            _ = try first.receiveStandings()
            let socket = try TestWebSocket(port: server.port)
            _ = try socket.receiveStandings()
            try socket.send(text: #"{"type":"join-room","board":"other","mode":"delta","resume":"e1:1"}"#)
            try socket.send(text: #"{"type":"join-room","board":"nope"}"#)
            #expect(try socket.receiveJSON()["code"]?.string == "unknown_board", "nothing came before it")
            server.store.set("other", version: 2)
            #expect(try socket.receiveJSON()["from"]?.integer == 1)
            // The client changes to another mode, and back.
            try socket.send(text: #"{"type":"join-room","board":"other","limit":2}"#)
            let changed = try socket.receiveStandings()
            #expect(changed.type == "snapshot" && changed.entries == 2)
            try socket.send(text: #"{"type":"join-room","board":"other","mode":"delta","resume":"e1:1"}"#)
            #expect(try socket.receiveJSON()["type"]?.string == "leaderboard-delta")
            try socket.send(text: #"{"type":"join-room","board":"other","mode":"delta"}"#)
            #expect(try socket.receiveStandings().type == "snapshot")
            try socket.send(text: #"{"type":"join-room","board":"other","resume":"1"}"#)
            #expect(try socket.receiveJSON()["code"]?.string == "invalid_input")
        }
    }

    @Test func takesSixtyFourRooms() async throws {
        try await TestGateway.run {
            $0.boards = TestBoards(isEndless: true)
        } _: { server in
            let socket = try TestWebSocket(port: server.port)
            _ = try socket.receiveStandings()
            for room in 1...63 {
                server.store.set("b\(room)", version: 1, tell: false)
                try socket.send(text: #"{"type":"join-room","board":"b\#(room)"}"#)
                #expect(try socket.receiveStandings().board == "b\(room)")
            }
            try socket.send(text: #"{"type":"join-room","board":"b64"}"#)
            #expect(try socket.receiveJSON()["code"]?.string == "too_many_rooms")
            try socket.send(text: #"{"type":"join-room","board":"b63","limit":1}"#)
            #expect(try socket.receiveStandings().entries == 1, "changing over needs no further room")
            server.store.set("b7", version: 2)
            #expect(try socket.receiveStandings().board == "b7")
        }
    }
}
