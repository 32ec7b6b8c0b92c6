import Basics
import HTTPKit
import Leaderboard
import NIOCore
import StrictJSON

/// The body of `POST /update-score`, checked in form.
struct UpdateScoreRequest: Sendable {
    var userID: String
    var actionID: String
    var newScore: Int64?

    private static let limits = JSONLimits(maxDepth: 4)
    /// The longest action id that is read, in bytes: more than any valid one has.
    private static let actionIDBytesMax = 512

    /// Reads the body strictly: an object without duplicate keys, and nothing after it. Unknown members are skipped.
    static func parse(_ body: ByteBuffer) throws(APIError) -> UpdateScoreRequest {
        var members = Members()
        try body.readJSONObject(limits: limits) { key, reader throws(JSONError) in
            try members.read(key, from: &reader)
        }
        return try members.request()
    }

    /// Reads the same, of bytes in memory.
    static func parse(_ bytes: UnsafeRawBufferPointer) throws(APIError) -> UpdateScoreRequest {
        var members = Members()
        try bytes.readJSONObject(limits: limits) { key, reader throws(JSONError) in
            try members.read(key, from: &reader)
        }
        return try members.request()
    }

    /// The members that were read so far.
    private struct Members {
        var userID: String?
        var actionID: String?
        var newScore: Int64?

        mutating func read(_ key: JSONText, from reader: inout JSONReader) throws(JSONError) {
            switch key {
            case "user_id": userID = try reader.readString(maxBytes: Names.userIDBytesMax)
            case "action_id": actionID = try reader.readString(maxBytes: actionIDBytesMax)
            case "new_score": newScore = try reader.readIntegerOrNull(in: ScoreBounds.min...ScoreBounds.max)
            default: break
            }
        }

        /// The request, if all that it needs is there and well-formed.
        func request() throws(APIError) -> UpdateScoreRequest {
            var missing: [FieldProblem] = []
            if userID == nil { missing.append(FieldProblem(field: "user_id", reason: "is required")) }
            if actionID == nil { missing.append(FieldProblem(field: "action_id", reason: "is required")) }
            guard let userID, let actionID else { throw .invalidInput(missing) }
            guard Names.isUserID(userID) else {
                throw .invalidInput([FieldProblem(field: "user_id", reason: Names.userIDForm)])
            }
            return UpdateScoreRequest(userID: userID, actionID: actionID, newScore: newScore)
        }
    }
}
