import Basics
import HTTPKit
import Leaderboard
import NIOCore
import NIOHTTP1
import Signing
import StrictJSON

/// `POST /actions/{id}/grants`: makes an action id for a user, for services that do not hold the keys themselves.
struct GrantRoute: Sendable {
    let catalogue: any CatalogueSource
    let now: @Sendable () -> Int64

    /// Longer bodies are refused.
    static let bodyBytesMax = 4 * 1024

    /// The request.
    struct Body: Equatable {
        @ByteExact var userID: String
        var score: Int64?
    }

    /// Makes the action id. The action must be in the catalogue, and the score within its bounds.
    func grant(action id: String, body: ByteBuffer, keys: ActionIDVerifier?) throws(APIError) -> Reply {
        guard let catalogue = catalogue.current, let keys else { throw .unavailable }
        guard let action = catalogue.actions[id] else { throw .unknownAction }
        let body = try Self.parse(body)
        if let score = body.score, action.submitsScore, !action.accepts(score: score) {
            throw .invalidInput([FieldProblem(field: "score", reason: "must lie within the action's bounds")])
        }
        let issuedAt = now()
        do {
            let actionID = try keys.signer.sign(action: id, issuedAt: issuedAt, score: body.score, userID: body.userID)
            return .json { json in
                json.beginObject()
                json.member("action_id", actionID)
                json.member("expires_at", Timestamp.text(milliseconds: issuedAt + keys.maxAge))
                json.endObject()
            }
        } catch {
            throw .invalidInput([FieldProblem(field: error.rawValue, reason: "is not of the form that action ids have")]
            )
        }
    }

    static func parse(_ body: ByteBuffer) throws(APIError) -> Body {
        var userID: String?
        var score: Int64?
        try body.readJSONObject { key, reader throws(JSONError) in
            switch key {
            case "user_id": userID = try reader.readString(maxBytes: Names.userIDBytesMax)
            case "score": score = try reader.readIntegerOrNull(in: ScoreBounds.min...ScoreBounds.max)
            default: break
            }
        }
        guard let userID else { throw .invalidInput([FieldProblem(field: "user_id", reason: "is required")]) }
        guard Names.isUserID(userID) else {
            throw .invalidInput([FieldProblem(field: "user_id", reason: Names.userIDForm)])
        }
        return Body(userID: userID, score: score)
    }
}
