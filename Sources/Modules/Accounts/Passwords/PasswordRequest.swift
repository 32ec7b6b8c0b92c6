import Basics
import HTTPKit
import NIOCore
import StrictJSON

/// The body of a change of password.
struct PasswordRequest {
    let old: String
    let new: String

    /// Reads the body, and checks the form of the new password.
    init(_ body: ByteBuffer) throws(APIError) {
        var old: String?
        var new: String?
        try body.readJSONObject { key, reader throws(JSONError) in
            switch key {
            case "old": old = try reader.readString(maxBytes: PasswordForm.bytesMax)
            case "new": new = try reader.readString(maxBytes: PasswordForm.bytesMax)
            default: break
            }
        }
        var problems: [FieldProblem] = []
        if old == nil { problems.append(FieldProblem(field: "old", reason: "is required")) }
        if let new {
            if let reason = PasswordForm.problem(with: new) {
                problems.append(FieldProblem(field: "new", reason: reason))
            }
        } else {
            problems.append(FieldProblem(field: "new", reason: "is required"))
        }
        guard let old, let new, problems.isEmpty else { throw .invalidInput(problems) }
        self.old = old
        self.new = new
    }
}
