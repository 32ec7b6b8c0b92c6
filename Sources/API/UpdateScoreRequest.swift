import Leaderboard
import NIOCore
import StrictJSON

/// The body of `POST /update-score`, checked in form.
struct UpdateScoreRequest: Sendable {
    var userID: String
    var actionID: String
    var newScore: Int64?

    /// The longest action id that is looked at, in bytes: more than any valid one has.
    private static let actionIDBytesMax = 512
    private static let limits = JSONLimits(maxDepth: 4)

    /// Reads the body strictly: an object without duplicate keys, and nothing behind it. Unknown members are skipped.
    static func parse(_ body: ByteBuffer) throws(APIError) -> UpdateScoreRequest {
        let outcome: Result<UpdateScoreRequest, APIError> = body.withUnsafeReadableBytes { bytes in
            Result { () throws(APIError) in try parse(bytes) }
        }
        return try outcome.get()
    }

    private static func parse(_ bytes: UnsafeRawBufferPointer) throws(APIError) -> UpdateScoreRequest {
        var userID: String?
        var actionID: String?
        var newScore: Int64?
        var field = "body"
        do {
            try JSONReader.document(bytes, limits: limits) { reader throws(JSONError) in
                try reader.readObject { key, reader throws(JSONError) in
                    switch key {
                    case "user_id":
                        field = "user_id"
                        userID = try reader.readString(maxBytes: Names.userIDBytesMax)
                    case "action_id":
                        field = "action_id"
                        actionID = try reader.readString(maxBytes: actionIDBytesMax)
                    case "new_score":
                        field = "new_score"
                        newScore = try reader.readInteger(in: ScoreBounds.min...ScoreBounds.max)
                    default:
                        try reader.skipValue()
                    }
                    field = "body"
                }
            }
        } catch {
            throw .invalidInput([FieldProblem(field: field, reason: error.message)])
        }
        var missing: [FieldProblem] = []
        if userID == nil { missing.append(FieldProblem(field: "user_id", reason: "is required")) }
        if actionID == nil { missing.append(FieldProblem(field: "action_id", reason: "is required")) }
        guard let userID, let actionID else { throw .invalidInput(missing) }
        guard Names.isUserID(userID) else {
            throw .invalidInput([FieldProblem(field: "user_id", reason: "must be 1 to 64 bytes of printable UTF-8")])
        }
        return UpdateScoreRequest(userID: userID, actionID: actionID, newScore: newScore)
    }
}
