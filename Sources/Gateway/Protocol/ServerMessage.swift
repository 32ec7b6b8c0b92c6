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
            json.member("type", kind == .snapshot ? "snapshot" : "leaderboard-update")
            json.member("board", ranking.board)
            json.member("window", ranking.window)
            json.member("period", ranking.period)
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

    /// The server goes; come back after so many ms.
    static func reconnect(afterMilliseconds: Int) -> ByteBuffer {
        ServerFrame.text(capacity: 64) { json in
            json.beginObject()
            json.member("type", "reconnect")
            json.member("after_ms", afterMilliseconds)
            json.endObject()
        }
    }

    /// What was wrong with a client's message.
    static func error(_ problem: ClientMessageProblem) -> ByteBuffer {
        ServerFrame.text(capacity: 160) { json in
            json.beginObject()
            json.member("type", "error")
            json.member("code", problem.code)
            json.member("message", problem.message)
            json.endObject()
        }
    }
}
