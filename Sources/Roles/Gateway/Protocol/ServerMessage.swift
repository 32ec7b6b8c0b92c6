import HTTPKit
import Leaderboard
import NIOCore
import StrictJSON
import WebSocket

/// Makes the messages to clients, encoded and ready to be written.
enum ServerMessage {
    /// How a whole top is announced.
    enum Standings: Hashable, Sendable {
        /// The first message of a room, and a message after which a client starts again.
        case snapshot
        /// A later version.
        case update
    }

    /// The first `limit` entries of a top.
    static func standings(
        _ kind: Standings, of followed: BoardWindow, _ top: Top, limit: Int, as encoding: MessageEncoding
    ) -> ByteBuffer {
        let entries = top.entries.prefix(limit)
        return encoding.message(capacity: 192 + entries.count * 64, state: (top.epoch, top.version)) { json in
            json.beginObject()
            json.member("type", kind == .snapshot ? "snapshot" : "leaderboard-update")
            json.member("board", followed.board)
            json.member("window", followed.window)
            json.member("period", top.period)
            json.member("epoch", top.epoch)
            json.member("version", top.version)
            json.member("at", top.at)
            json.key("entries")
            json.beginArray()
            for entry in entries { write(entry, to: &json) }
            json.endArray()
            json.endObject()
        }
    }

    private static func write(_ entry: LeaderboardEntry, to json: inout JSONWriter<ByteBuffer>) {
        json.beginObject()
        json.member("rank", entry.rank)
        json.member("user_id", entry.userID)
        json.member("score", entry.score)
        json.endObject()
    }

    /// The changes between the version `from` and a later top of the same epoch and period.
    static func delta(
        _ changes: TopChanges, of followed: BoardWindow, from version: Int64, to top: Top, as encoding: MessageEncoding
    ) -> ByteBuffer {
        encoding.message(capacity: 192 + changes.count * 96, state: (top.epoch, top.version)) { json in
            json.beginObject()
            json.member("type", "leaderboard-delta")
            json.member("board", followed.board)
            json.member("window", followed.window)
            json.member("period", top.period)
            json.member("epoch", top.epoch)
            json.member("from", version)
            json.member("version", top.version)
            json.member("at", top.at)
            json.key("changes")
            json.beginArray()
            switch changes {
            case .steps(let steps): for step in steps { write(step, to: &json) }
            case .users(let users): for user in users { write(user, to: &json) }
            }
            json.endArray()
            json.endObject()
        }
    }

    private static func write(_ change: TopChange, to json: inout JSONWriter<ByteBuffer>) {
        json.beginObject()
        json.member("op", change.operation.rawValue)
        json.member("user_id", change.userID)
        json.member("rank", change.rank)
        json.member("score", change.score)
        json.endObject()
    }

    private static func write(_ change: UserChange, to json: inout JSONWriter<ByteBuffer>) {
        json.beginObject()
        json.member("op", change.operation.rawValue)
        json.member("user_id", change.userID)
        json.member("rank", change.rank)
        json.member("score", change.score)
        json.member("position", change.position)
        json.endObject()
    }

    /// Tells a client that the server stops, and after how many ms to come back. An event stream also has the field
    /// `retry`.
    static func reconnect(afterMilliseconds: Int, as encoding: MessageEncoding = .webSocket(.plain)) -> ByteBuffer {
        func body(_ json: inout JSONWriter<ByteBuffer>) {
            json.beginObject()
            json.member("type", "reconnect")
            json.member("after_ms", afterMilliseconds)
            json.endObject()
        }
        return switch encoding {
        case .webSocket: ServerFrame.text(capacity: 64, body)
        case .events: EventStreamMessage.message(capacity: 64, state: nil, retryMilliseconds: afterMilliseconds, body)
        }
    }

    /// Tells a client what is wrong with its message, or why its connection ends.
    static func error(_ problem: ClientMessageProblem, as encoding: MessageEncoding = .webSocket(.plain)) -> ByteBuffer
    {
        func body(_ json: inout JSONWriter<ByteBuffer>) {
            json.beginObject()
            json.member("type", "error")
            json.member("code", problem.code.rawValue)
            json.member("message", problem.message)
            json.endObject()
        }
        return switch encoding {
        case .webSocket: ServerFrame.text(capacity: 160, body)
        case .events: EventStreamMessage.message(capacity: 160, state: nil, body)
        }
    }
}
