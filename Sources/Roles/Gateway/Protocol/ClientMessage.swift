import Leaderboard
import Players
import StrictJSON

/// A message of a client.
package enum ClientMessage: Equatable, Sendable {
    /// Follow a room. If the client follows it already, it gets the snapshot again.
    case join(RoomRequest)
    /// Stop following a room.
    case leave(RoomRequest)
    /// A message about the room of a challenge.
    case challenge(String, ChallengeAct)
}

/// What a client wants of the room of a challenge.
package enum ChallengeAct: Equatable, Sendable {
    /// Be in it. If the client is already, it is told the state again.
    case join
    /// Leave it.
    case leave
    /// Tell how far the client has come.
    ///
    /// - Parameters:
    ///   - progress: 0 to 100.
    ///   - state: a JSON value; nil for none.
    case update(progress: Int, state: String?)
    /// Take the next hint.
    case hint
}

extension ClientMessage {
    /// Nesting, members and length: more than the protocol needs, also for the state of a challenge.
    private static let limits = JSONLimits(
        maxDepth: 16, maxMembers: 64, maxElements: 512, maxDocumentBytes: GatewaySettings.messageBytesBounds.upperBound)
    /// The longest string of a member, in bytes.
    private static let stringBytesMax = 128

    /// The members that messages have.
    private struct Members {
        var type: String?
        var request = RoomRequest()
        var challenge: String?
        var progress: Int64?
        var state: String?
    }

    /// Reads a text message. Unknown members are ignored, so that the server understands clients of later versions.
    package static func parse(_ bytes: UnsafeRawBufferPointer) throws(ClientMessageProblem) -> ClientMessage {
        let members: Members
        do throws(JSONError) {
            members = try read(bytes)
        } catch {
            throw .malformed
        }
        guard let type = members.type else { throw .malformed }
        switch type {
        case "join-room":
            guard members.challenge != nil else { return .join(members.request) }
            return .challenge(try challengeID(of: members), .join)
        case "leave-room":
            guard members.challenge != nil else { return .leave(members.request) }
            return .challenge(try challengeID(of: members), .leave)
        case "hint-request": return .challenge(try challengeID(of: members), .hint)
        case "challenge-update":
            let challenge = try challengeID(of: members)
            guard let progress = members.progress, (0...100).contains(progress) else { throw .progress }
            guard members.state.map(RoomProgress.isState) ?? true else { throw .state }
            return .challenge(challenge, .update(progress: Int(progress), state: members.state))
        default: throw .unknownType
        }
    }

    private static func challengeID(of members: Members) throws(ClientMessageProblem) -> String {
        guard let challenge = members.challenge, RoomCall.isChallengeID(challenge) else { throw .challengeID }
        return challenge
    }

    private static func read(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> Members {
        var members = Members()
        try JSONReader.object(bytes, limits: limits) { key, reader throws(JSONError) in
            switch key {
            case "type": members.type = try reader.readString(maxBytes: stringBytesMax)
            case "board": members.request.ranking.board = try reader.readString(maxBytes: stringBytesMax)
            case "window": members.request.ranking.window = try reader.readString(maxBytes: stringBytesMax)
            case "period": members.request.ranking.period = try reader.readString(maxBytes: stringBytesMax)
            case "limit": members.request.ranking.limit = Int(try reader.readInteger() as Int64)
            case "mode": members.request.mode = try reader.readString(maxBytes: stringBytesMax)
            case "resume": members.request.resume = try reader.readString(maxBytes: stringBytesMax)
            case "me": members.request.wantsOwnRank = try reader.readBool()
            case "challenge": members.challenge = try reader.readString(maxBytes: stringBytesMax)
            case "progress": members.progress = try reader.readInteger()
            case "state":
                guard try reader.peek() != .null else { return }
                members.state = String(decoding: try reader.readRawValue(), as: UTF8.self)
            default: break
            }
        }
        return members
    }
}
