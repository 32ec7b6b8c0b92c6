import HTTPKit
import Leaderboard
import NIOCore
import StrictJSON

extension ServerMessage {
    /// What was wrong with a client's message, and the room that it was about, so that a client of several rooms knows
    /// which one there is no point in waiting for.
    static func error(_ problem: ClientMessageProblem, about room: RoomRequest?) -> ByteBuffer {
        guard let room else { return error(problem) }
        return ServerFrame.text(capacity: 256) { json in
            json.beginObject()
            json.member("type", "error")
            json.member("code", problem.code.rawValue)
            json.member("message", problem.message)
            json.member("board", room.ranking.boardID)
            json.member("window", room.ranking.windowName)
            json.endObject()
        }
    }
}

extension ClientMessage {
    /// The room that the message is about.
    var room: RoomRequest {
        switch self {
        case .join(let room), .leave(let room): room
        }
    }
}
