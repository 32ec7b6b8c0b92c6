import Foundation
import LocalServers
import Synchronization
import TestSupport

/// A client of `/ws` that sends messages and records all that come. It runs on its own thread.
final class RoomSocket: Sendable {
    private struct State: Sendable {
        var outgoing: [String] = []
        var messages: [JSON] = []
        var closeCode: Int?
        var ended = false
    }

    private let held = Mutex(State())
    private let stopped = StopFlag()

    /// All messages so far, in order.
    var messages: [JSON] { held.withLock { $0.messages } }
    /// Whether the connection is gone.
    var hasEnded: Bool { held.withLock { $0.ended } }

    /// The messages of a type, in order.
    func messages(_ type: String) -> [JSON] { messages.filter { $0["type"]?.string == type } }

    /// Opens a socket.
    static func open(port: Int, _ query: String = "", token: String) async throws -> RoomSocket {
        let socket = RoomSocket()
        let connection = try await onThread {
            try WebSocketConnection(port: port, "/ws" + query, token: token, patience: .milliseconds(20))
        }
        Thread { socket.run(connection) }.start()
        return socket
    }

    /// Sends a message of at most 125 bytes.
    func send(_ message: String) { held.withLock { $0.outgoing.append(message) } }

    /// Releases the connection.
    func stop() { stopped.set() }

    private func run(_ connection: WebSocketConnection) {
        var connection = connection
        while !stopped.isSet {
            do {
                let outgoing = held.withLock { state in
                    defer { state.outgoing = [] }
                    return state.outgoing
                }
                for message in outgoing { try connection.send(opcode: 1, Array(message.utf8)) }
                switch try connection.next() {
                case nil: continue
                case .text(let text):
                    if let message = try? JSON(text.utf8) { held.withLock { $0.messages.append(message) } }
                case .ping(let payload): try connection.send(opcode: 10, payload)
                case .close(let code): held.withLock { $0.closeCode = code }
                }
            } catch {
                break
            }
        }
        held.withLock { $0.ended = true }
    }
}
