import Basics
import HTTPKit
import Leaderboard
import StrictJSON

/// The members of an update as they are read, before it is known whether they make a request.
struct UpdateScoreFields {
    private var userID: String?
    private var actionID: String?
    private var newScore: Int64?
    /// The member that is being read; `body` between members.
    private(set) var field = "body"

    /// The longest action id that is looked at, in bytes: more than any valid one has.
    private static let actionIDBytesMax = 512

    /// Reads an object; members that an update does not have are skipped.
    mutating func read(from reader: inout JSONReader) throws(JSONError) {
        try reader.readObject { key, reader throws(JSONError) in
            switch key {
            case "user_id":
                field = "user_id"
                userID = try reader.readString(maxBytes: Names.userIDBytesMax)
            case "action_id":
                field = "action_id"
                actionID = try reader.readString(maxBytes: Self.actionIDBytesMax)
            case "new_score":
                field = "new_score"
                newScore = try reader.readIntegerOrNull(in: ScoreBounds.min...ScoreBounds.max)
            default:
                try reader.skipValue()
            }
            field = "body"
        }
    }

    /// The request, where all that it needs is there and of the right form.
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
