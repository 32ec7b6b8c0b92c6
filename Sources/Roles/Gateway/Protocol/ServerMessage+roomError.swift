import HTTPKit
import Leaderboard
import NIOCore
import StrictJSON
import WebSocket

extension ServerMessage {
    /// Tells a client what is wrong with its message, and which room the message was about. So a client of several
    /// rooms knows for which one no snapshot will come.
    static func error(_ problem: ClientMessageProblem, about followed: BoardWindow?) -> ByteBuffer {
        guard let followed else { return error(problem) }
        return ServerFrame.text(capacity: 256) { json in
            json.beginObject()
            json.member("type", "error")
            json.member("code", problem.code.rawValue)
            json.member("message", problem.message)
            json.member("board", followed.board)
            json.member("window", followed.window)
            json.endObject()
        }
    }
}

extension ClientMessage {
    /// The board's room that the message is about; nil if it is about another one.
    var room: RoomRequest? {
        switch self {
        case .join(let room), .leave(let room): room
        case .challenge: nil
        }
    }
}
