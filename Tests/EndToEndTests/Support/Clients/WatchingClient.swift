import Foundation
import LocalServers
import Synchronization
import TestSupport

/// A correct client of `/ws/scoreboard`: it reads everything, answers pings, keeps the latest state, and records
/// everything that the protocol does not allow. It runs on its own thread until the server closes the connection or it
/// is stopped.
final class WatchingClient: Sendable {
    /// The client's state.
    struct State: Sendable {
        /// The types of all messages but `stale` and `current`, in order.
        var types: [String] = []
        /// Whether the server says that the state may be old.
        var isStale = false
        /// The latest ranking, best first.
        var entries: [Standing] = []
        var epoch = ""
        var version: Int64 = -1
        /// Things that the server must not do.
        var violations: [String] = []
        /// `after_ms` of a `reconnect`.
        var reconnectAfter: Int64?
        /// The code of the close frame.
        var closeCode: Int?
        /// Whether the connection is gone.
        var ended = false
    }

    private let held = Mutex(State())
    private let stopped = StopFlag()
    /// The number of entries that the client asked for.
    let limit: Int

    /// The current state.
    var state: State { held.withLock { $0 } }

    private init(limit: Int) { self.limit = limit }

    /// Opens a WebSocket and starts reading.
    static func open(port: Int, limit: Int = 10) async throws -> WatchingClient {
        let client = WatchingClient(limit: limit)
        let connection = try await onThread {
            try WebSocketConnection(port: port, "/ws/scoreboard?limit=\(limit)", patience: .milliseconds(200))
        }
        Thread { client.read(connection) }.start()
        return client
    }

    /// Releases the connection.
    func stop() { stopped.set() }

    private func read(_ connection: WebSocketConnection) {
        var connection = connection
        while !stopped.isSet {
            do {
                switch try connection.next() {
                case nil: continue
                case .text(let text): take(text)
                case .ping(let payload): try connection.send(opcode: 10, payload)
                case .close(let code):
                    held.withLock { $0.closeCode = code }
                    try? connection.send(opcode: 8, [UInt8(code >> 8), UInt8(code & 0xFF)])
                }
            } catch WebSocketConnection.Failure.ended {
                break
            } catch {
                held.withLock { $0.violations.append("\(error)") }
                break
            }
        }
        held.withLock { $0.ended = true }
    }

    private func take(_ text: String) {
        held.withLock { state in
            guard let message = try? JSON(text.utf8), let type = message["type"]?.string else {
                return state.violations.append("no message: \(text)")
            }
            if type == "stale" || type == "current" { return takeNotice(message, into: &state) }
            state.types.append(type)
            switch type {
            case "snapshot" where state.types.count == 1, "leaderboard-update" where state.types.first == "snapshot":
                take(message, into: &state)
            case "reconnect":
                state.reconnectAfter = message["after_ms"]?.integer
                if message.names != ["type", "after_ms"] { state.violations.append("another form: \(text)") }
            default: state.violations.append("out of place: \(text)")
            }
        }
    }

    /// Checks that `stale` and `current` alternate and are well-formed.
    private func takeNotice(_ message: JSON, into state: inout State) {
        let isStale = message["type"] == "stale"
        if isStale == state.isStale { state.violations.append("twice: \(message.text)") }
        if message.names != (isStale ? ["type", "since"] : ["type"]) {
            state.violations.append("another form: \(message.text)")
        }
        state.isStale = isStale
    }

    private static let members: Set = ["type", "board", "window", "period", "epoch", "version", "at", "entries"]

    private func take(_ message: JSON, into state: inout State) {
        func check(_ holds: Bool, _ rule: String) {
            if !holds { state.violations.append("\(rule): \(message.text)") }
        }
        check(message.names == Self.members, "other members than the protocol's")
        check(message["board"] == "global" && message["window"] == "all", "another room")
        check(abs((message["at"]?.integer ?? 0) - Credentials.milliseconds) < 600_000, "no commit time in ms")
        let epoch = message["epoch"]?.string ?? ""
        let version = message["version"]?.integer ?? -1
        if epoch == state.epoch { check(version > state.version, "the version does not grow from \(state.version)") }
        state.epoch = epoch
        state.version = version
        let entries = message["entries"]?.array ?? []
        check(entries.count <= limit, "more entries than were asked for")
        check(entries.allSatisfy { $0.names == ["rank", "user_id", "score"] }, "other members in an entry")
        check(
            entries.compactMap { $0["rank"]?.integer }.elementsEqual(1...Int64(max(1, entries.count)))
                || entries.isEmpty, "ranks")
        state.entries = entries.map { Standing(user: $0["user_id"]?.string ?? "", score: $0["score"]?.integer ?? .min) }
        check(zip(state.entries, state.entries.dropFirst()).allSatisfy { $0.score >= $1.score }, "not in order")
    }
}
