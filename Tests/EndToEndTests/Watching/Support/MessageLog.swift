import Foundation
import LocalServers
import Synchronization
import TestSupport

/// A watcher that records all messages, over a WebSocket or an event stream.
final class MessageLog: Sendable {
    /// The record.
    struct State: Sendable {
        /// All messages, in order, each with the `id` of its event.
        var messages: [(message: JSON, id: String?)] = []
        /// The code of the close frame.
        var closeCode: Int?
        /// The status of the response, if it did not open a stream.
        var refused: Int?
        var ended = false
    }

    enum Way: Sendable { case webSocket, events }

    private let held = Mutex(State())
    private let stopped = StopFlag()

    var state: State { held.withLock { $0 } }
    /// The types of all messages, in order.
    var types: [String] { state.messages.map { $0.message["type"]?.string ?? "?" } }
    /// The last top.
    var last: JSON? { state.messages.last { $0.message["entries"] != nil }?.message }
    /// The code of the last error.
    var error: String? { state.messages.last { $0.message["type"] == "error" }?.message["code"]?.string }

    /// Opens a WebSocket or an event stream, and starts to read.
    ///
    /// - Parameter query: the query, including its question mark.
    static func open(
        port: Int, _ query: String = "", token: String? = nil, by way: Way = .webSocket
    ) async -> MessageLog {
        let log = MessageLog()
        Thread {
            switch way {
            case .webSocket: log.readWebSocket(port: port, query, token)
            case .events: log.readEvents(port: port, query, token)
            }
            log.held.withLock { $0.ended = true }
        }.start()
        return log
    }

    /// Releases the connection.
    func stop() { stopped.set() }

    private func take(_ text: some StringProtocol, id: String? = nil) {
        guard let message = try? JSON(text.utf8) else { return }
        held.withLock { $0.messages.append((message, id)) }
    }

    private func readWebSocket(port: Int, _ query: String, _ token: String?) {
        do {
            var connection = try WebSocketConnection(
                port: port, "/ws/scoreboard" + query, token: token, patience: .milliseconds(200))
            while !stopped.isSet {
                switch try connection.next() {
                case nil: continue
                case .text(let text): take(text)
                case .ping(let payload): try connection.send(opcode: 10, payload)
                case .close(let code):
                    held.withLock { $0.closeCode = code }
                    return
                }
            }
        } catch WebSocketConnection.Failure.refused(let status, _) {
            held.withLock { $0.refused = status }
        } catch {
            // The connection has ended, and there is nothing else to record.
        }
    }

    private func readEvents(port: Int, _ query: String, _ token: String?) {
        guard let socket = try? LoopbackSocket(port: port, timeout: .milliseconds(200)) else { return }
        let credentials = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        let head = "GET /sse/scoreboard\(query) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(credentials)\r\n"
        guard (try? socket.send(Array(head.utf8))) != nil else { return }
        var unread = ""
        var isOpen = false
        while !stopped.isSet {
            let bytes: [UInt8]?
            do {
                bytes = try socket.receive()
            } catch LocalServerError.system(call: "recv", subject: _, code: EAGAIN) {
                continue
            } catch {
                return
            }
            guard let bytes else { return }
            // Names and scores are ASCII here, so no character can be split.
            unread += String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
            while let end = unread.firstRange(of: "\n\n") {
                let block = unread[..<end.lowerBound]
                if isOpen {
                    takeEvent(block)
                } else if block.hasPrefix("HTTP/1.1 200") {
                    isOpen = true
                } else {
                    let status = Int(block.split(separator: " ").dropFirst().first ?? "")
                    return held.withLock { $0.refused = status }
                }
                unread.removeSubrange(..<end.upperBound)
            }
        }
    }

    private func takeEvent(_ block: Substring) {
        var (id, data): (String?, Substring?)
        for line in block.split(separator: "\n") {
            if line.hasPrefix("id: ") { id = String(line.dropFirst(4)) }
            if line.hasPrefix("data: ") { data = line.dropFirst(6) }
        }
        if let data { take(data, id: id) }
    }
}
