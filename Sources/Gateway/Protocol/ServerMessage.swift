import Leaderboard
import NIOCore
import StrictJSON

/// The messages to clients, as ready frames.
enum ServerMessage {
    /// How a whole top is announced.
    enum Standings: Hashable, Sendable {
        /// The first message of a room.
        case snapshot
        /// A later version.
        case update
    }

    /// The first `limit` entries of a top.
    static func standings(_ kind: Standings, of ranking: Ranking, _ top: Top, limit: Int) -> ByteBuffer {
        let entries = top.entries.prefix(limit)
        return ServerFrame.text(capacity: 192 + entries.count * 64) { json in
            json.beginObject()
            json.key("type")
            json.string(kind == .snapshot ? "snapshot" : "leaderboard-update")
            json.key("board")
            json.string(ranking.board)
            json.key("window")
            json.string(ranking.window)
            json.key("period")
            json.string(ranking.period)
            json.key("epoch")
            json.string(top.epoch)
            json.key("version")
            json.integer(top.version)
            json.key("at")
            json.integer(top.at)
            json.key("entries")
            json.beginArray()
            for entry in entries { write(entry, to: &json) }
            json.endArray()
            json.endObject()
        }
    }

    private static func write(_ entry: LeaderboardEntry, to json: inout JSONWriter<BufferSink>) {
        json.beginObject()
        json.key("rank")
        json.integer(entry.rank)
        json.key("user_id")
        json.string(entry.userID)
        json.key("score")
        json.integer(entry.score)
        json.endObject()
    }

    /// The server goes; come back after so many ms.
    static func reconnect(afterMilliseconds: Int) -> ByteBuffer {
        ServerFrame.text(capacity: 64) { json in
            json.beginObject()
            json.key("type")
            json.string("reconnect")
            json.key("after_ms")
            json.integer(afterMilliseconds)
            json.endObject()
        }
    }

    /// What was wrong with a client's message.
    static func error(_ problem: ClientMessageProblem) -> ByteBuffer {
        ServerFrame.text(capacity: 160) { json in
            json.beginObject()
            json.key("type")
            json.string("error")
            json.key("code")
            json.string(problem.code)
            json.key("message")
            json.string(problem.message)
            json.endObject()
        }
    }
}
