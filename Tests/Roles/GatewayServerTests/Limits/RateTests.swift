import Access
import Basics
import Gateway
import Leaderboard
import Listener
import StrictJSON
import TestSupport
import Testing

/// The rates at which clients may join and send messages: one connection, all those of one address, and all those of
/// a node.
@Suite struct RateTests {
    private static let thrice = RateLimit(count: 3, periodMilliseconds: 3_600_000)

    // MARK: Addresses

    private static func address(_ number: UInt8) throws -> ClientAddress {
        try #require(ClientAddress(bytes: [192, 0, 2, number]))
    }

    @Test func remembersAddressesWithinBounds() throws {
        let book = ClientQuotas(.init(addressConnectionsMax: 2, addressJoinRate: Self.thrice), idleMax: 4)
        let busy = book.quota(of: try Self.address(1))
        // This time is so late that the clock does not reach it during the test.
        for _ in 0..<3 { #expect(busy.joins?.admits(at: .max / 2) == true) }
        #expect(busy.joins?.admits(at: .max / 2) == false)
        book.addConnection(busy)
        #expect(!book.isFull(busy))
        book.addConnection(busy)
        #expect(book.isFull(busy))
        // Other addresses come, use a part of their rate, and go.
        for number in UInt8(2)...5 { _ = book.quota(of: try Self.address(number)).joins?.admits(at: .max / 2) }
        #expect(book.count == 5)
        let last = book.quota(of: try Self.address(6))
        #expect(book.count == 2, "all that had no connection are forgotten")
        #expect(book.quota(of: try Self.address(1)) === busy && book.isFull(busy))
        // One removal too many changes nothing.
        book.removeConnection(busy)
        book.removeConnection(busy)
        book.removeConnection(busy)
        #expect(!book.isFull(busy) && book.count == 2)
        #expect(book.quota(of: try Self.address(6)) === last)
        for number in UInt8(7)...8 { _ = book.quota(of: try Self.address(number)) }
        _ = book.quota(of: try Self.address(9))
        #expect(book.count == 2, "those whose rates have nothing to remember go first")
        #expect(book.quota(of: try Self.address(1)) === busy)
        book.addConnection(busy)
        book.addConnection(busy)
        #expect(book.isFull(busy))
    }

    @Test func remembersNothingWithoutRates() throws {
        let book = ClientQuotas(.init(addressConnectionsMax: 1))
        let quota = book.quota(of: try Self.address(1))
        book.addConnection(quota)
        #expect(book.isFull(quota))
        book.removeConnection(quota)
        #expect(!book.isFull(quota) && book.count == 0)
    }

    // MARK: Joins

    @Test func limitsTheHandshakesOfAnAddress() async throws {
        try await TestGateway.run {
            $0.settings.addressJoinRate = Self.thrice
            $0.isTrustedProxy = { $0 == [127, 0, 0, 1] }
        } _: { server in
            func open(_ address: String) throws -> TestWebSocket {
                try TestWebSocket(port: server.port, headers: [("X-Forwarded-For", address)])
            }
            let first = [("X-Forwarded-For", "192.0.2.1")]
            // A connection counts after it has gone too, and event streams count as WebSockets do.
            for _ in 0..<2 {
                let socket = try open("192.0.2.1")
                _ = try socket.receiveStandings()
                socket.drop()
                try waitUntil("it is gone") { server.gateway.connections == 0 }
            }
            _ = try TestEvents(port: server.port, headers: first).receive()
            let error = #expect(throws: TestWebSocket.Refused.self) { try open("192.0.2.1") }
            #expect(error?.response.status == 429 && error?.response["retry-after"] == "10")
            #expect(error?.response.body.contains("rate_limited") == true)
            #expect(try TestEvents(port: server.port, headers: first).response.status == 429)
            #expect(try server.count("upgrades_refused", [("reason", "address_rate")]) == 2)
            _ = try open("192.0.2.2").receiveStandings()
        }
    }

    @Test func countsRoomsAsJoins() async throws {
        try await TestGateway.run {
            $0.settings.addressJoinRate = Self.thrice
        } _: { server in
            let (first, second) = (try TestWebSocket(port: server.port), try TestWebSocket(port: server.port))
            for socket in [first, second] { _ = try socket.receiveStandings() }
            try first.send(text: #"{"type":"join-room","board":"global"}"#)
            _ = try first.receiveStandings()
            try second.send(text: #"{"type":"leave-room","board":"other"}"#)
            #expect(try second.receiveJSON()["code"]?.string == "not_joined", "to leave is not to join")
            try second.send(text: #"{"type":"join-room","board":"global"}"#)
            #expect(try second.receiveClose() == 1008)
            #expect(try server.count("connections_ended", [("reason", "join_rate")]) == 1)
            #expect(try first.isSilent(milliseconds: 50), "it did nothing wrong")
        }
    }

    // MARK: Messages

    @Test func countsWhatAConnectionSends() async throws {
        try await TestGateway.run {
            $0.settings.connectionMessagesMax = 5
        } _: { server in
            let socket = try TestWebSocket(port: server.port)
            _ = try socket.receiveStandings()
            // The frames go in one write: one second may end between them, but not two.
            try socket.send(raw: (0..<11).flatMap { _ in ClientFrame.bytes(opcode: 10, []) })
            #expect(try socket.receiveClose() == 1008)
            #expect(try server.count("connections_ended", [("reason", "frame_rate")]) == 1)
        }
    }

    @Test func countsWhatAnAddressSends() async throws {
        try await TestGateway.run {
            $0.settings.addressMessageRate = Self.thrice
            $0.isTrustedProxy = { $0 == [127, 0, 0, 1] }
        } _: { server in
            func open(_ address: String) throws -> TestWebSocket {
                let socket = try TestWebSocket(port: server.port, headers: [("X-Forwarded-For", address)])
                _ = try socket.receiveStandings()
                return socket
            }
            let (first, second, other) = (try open("192.0.2.1"), try open("192.0.2.1"), try open("192.0.2.2"))
            for socket in [first, second, first, other, other] { try Self.ping(socket) }
            try second.send(opcode: 9)
            #expect(try second.receiveClose() == 1008)
            #expect(try server.count("connections_ended", [("reason", "address_message_rate")]) == 1)
            try Self.ping(other)
        }
    }

    @Test func countsWhatAllSend() async throws {
        try await TestGateway.run {
            $0.settings.messageRate = Self.thrice
        } _: { server in
            let sockets = try (0..<4).map { _ in try TestWebSocket(port: server.port) }
            for socket in sockets { _ = try socket.receiveStandings() }
            for socket in sockets.prefix(3) { try Self.ping(socket) }
            try sockets[3].send(opcode: 9)
            #expect(try sockets[3].receiveClose() == 1013)
            #expect(try server.count("connections_ended", [("reason", "node_message_rate")]) == 1)
            // A client that only answers is not sent away, even now.
            for socket in sockets.prefix(3) { try socket.send(opcode: 10) }
            server.store.set(version: 2)
            for socket in sockets.prefix(3) { #expect(try socket.receiveStandings().version == 2) }
        }
    }

    private static func ping(_ socket: TestWebSocket) throws {
        try socket.send(opcode: 9)
        #expect(try socket.receive() == .pong([]))
    }
}
