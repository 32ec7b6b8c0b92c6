import Leaderboard
import StrictJSON

/// What a client says.
package enum ClientMessage: Equatable, Sendable {
    /// Follow a room; one that is followed already sends its snapshot again.
    case join(RoomRequest)
    /// Follow it no longer.
    case leave(RoomRequest)
}

extension ClientMessage {
    /// Objects within objects, members and length: more than the protocol has use for.
    private static let limits = JSONLimits(
        maxDepth: 4, maxMembers: 16, maxElements: 16, maxDocumentBytes: GatewayConfiguration.messageBytesMax)
    /// The longest string of a member, in bytes.
    private static let stringBytesMax = 128

    /// Reads a text message. Members that are not known are ignored, so that clients of later versions are understood.
    package static func parse(_ bytes: UnsafeRawBufferPointer) throws(ClientMessageProblem) -> ClientMessage {
        var type: String?
        var request = RoomRequest()
        do throws(JSONError) {
            try JSONReader.object(bytes, limits: limits) { key, reader throws(JSONError) in
                switch key {
                case "type": type = try reader.readString(maxBytes: stringBytesMax)
                case "board": request.ranking.board = try reader.readString(maxBytes: stringBytesMax)
                case "window": request.ranking.window = try reader.readString(maxBytes: stringBytesMax)
                case "limit": request.ranking.limit = Int(try reader.readInteger() as Int64)
                case "mode": request.mode = try reader.readString(maxBytes: stringBytesMax)
                case "resume": request.resume = try reader.readString(maxBytes: stringBytesMax)
                default: break
                }
            }
        } catch {
            throw .malformed
        }
        switch type {
        case nil: throw .malformed
        case "join-room": return .join(request)
        case "leave-room": return .leave(request)
        default: throw .unknownType
        }
    }
}
