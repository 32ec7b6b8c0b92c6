import Leaderboard
import StrictJSON

/// A message of a client.
package enum ClientMessage: Equatable, Sendable {
    /// Follow a room. If the client follows it already, it gets the snapshot again.
    case join(RoomRequest)
    /// Stop following a room.
    case leave(RoomRequest)
}

extension ClientMessage {
    /// Nesting, members and length: more than the protocol needs.
    private static let limits = JSONLimits(
        maxDepth: 4, maxMembers: 16, maxElements: 16, maxDocumentBytes: GatewaySettings.messageBytesBounds.upperBound)
    /// The longest string of a member, in bytes.
    private static let stringBytesMax = 128

    /// Reads a text message. Unknown members are ignored, so that the server understands clients of later versions.
    package static func parse(_ bytes: UnsafeRawBufferPointer) throws(ClientMessageProblem) -> ClientMessage {
        var type: String?
        var request = RoomRequest()
        do throws(JSONError) {
            try JSONReader.object(bytes, limits: limits) { key, reader throws(JSONError) in
                switch key {
                case "type": type = try reader.readString(maxBytes: stringBytesMax)
                case "board": request.ranking.board = try reader.readString(maxBytes: stringBytesMax)
                case "window": request.ranking.window = try reader.readString(maxBytes: stringBytesMax)
                case "period": request.ranking.period = try reader.readString(maxBytes: stringBytesMax)
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
