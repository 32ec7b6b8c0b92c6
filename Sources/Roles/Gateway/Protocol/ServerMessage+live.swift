import HTTPKit
import Leaderboard
import NIOCore
import Players
import StrictJSON
import WebSocket

/// Messages beside those of boards. Only WebSockets get them.
extension ServerMessage {
    /// A message that a play node made: one JSON object.
    static func ready(_ text: String, as encoding: MessageEncoding) -> ByteBuffer {
        encoding.message(capacity: text.utf8.count) { $0.encode(text) }
    }

    /// Tells a client that it is in a challenge's room, who else is, and how far they are.
    static func joined(
        _ challenge: String, present: Int, progress: [RoomProgress], as encoding: MessageEncoding
    ) -> ByteBuffer {
        room("joined", "progress", progress, present: present, challenge: challenge, as: encoding)
    }

    /// Tells a client how far members of a room have come, and how many members there are.
    static func progress(
        _ progress: [RoomProgress], present: Int, challenge: String, as encoding: MessageEncoding
    ) -> ByteBuffer {
        room("progress-update", "updates", progress, present: present, challenge: challenge, as: encoding)
    }

    private static func room(
        _ type: String, _ list: StaticString, _ progress: [RoomProgress], present: Int, challenge: String,
        as encoding: MessageEncoding
    ) -> ByteBuffer {
        encoding.message(capacity: 128 + progress.count * 96) { json in
            json.beginObject()
            json.member("type", type)
            json.member("challenge", challenge)
            json.member("present", present)
            json.key(list)
            json.beginArray()
            for each in progress {
                json.beginObject()
                json.member("user_id", each.userID)
                json.member("progress", each.progress)
                if let state = each.state {
                    json.key("state")
                    json.encode(state)
                }
                json.endObject()
            }
            json.endArray()
            json.endObject()
        }
    }

    /// Tells a client its own rank in a window, or who passed it.
    static func rank(
        _ message: RankWatch.Message, of followed: BoardWindow, as encoding: MessageEncoding
    ) -> ByteBuffer {
        encoding.message(capacity: 192) { json in
            json.beginObject()
            switch message {
            case .rank(let standing):
                json.member("type", "rank-update")
                json.member("board", followed.board)
                json.member("window", followed.window)
                json.member("period", standing.period)
                json.member("rank", standing.rank)
                json.member("score", standing.score)
                json.member("total", standing.total)
            case .passed(let by, let rank):
                json.member("type", "passed")
                json.member("by", by.wrappedValue)
                json.member("rank", rank)
                json.member("board", followed.board)
                json.member("window", followed.window)
            }
            json.endObject()
        }
    }

    /// Tells a client what is wrong with its message about a challenge.
    ///
    /// - Parameter challenge: well-formed; nil if the client's is not.
    static func error(_ problem: ClientMessageProblem, challenge: String?) -> ByteBuffer {
        guard let challenge else { return error(problem) }
        return ServerFrame.text(capacity: 256) { json in
            json.beginObject()
            json.member("type", "error")
            json.member("code", problem.code.rawValue)
            json.member("message", problem.message)
            json.member("challenge", challenge)
            json.endObject()
        }
    }
}

extension JSONWriter {
    /// Writes a value that is JSON already.
    fileprivate mutating func encode(_ json: String) {
        var json = json
        json.withUTF8 { encoded(UnsafeRawBufferPointer($0)) }
    }
}
