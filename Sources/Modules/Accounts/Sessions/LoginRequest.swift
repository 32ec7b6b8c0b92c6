import Basics
import HTTPKit
import NIOCore
import StrictJSON

/// The body of a login.
struct LoginRequest {
    let name: LoginName
    let password: String

    /// Reads the body. A name of any form is taken: one that cannot exist is answered like one that does not.
    init(_ body: ByteBuffer) throws(APIError) {
        var username: String?
        var email: String?
        var password: String?
        try body.readJSONObject { key, reader throws(JSONError) in
            switch key {
            case "username": username = try reader.readString(maxBytes: EmailAddress.charactersMax)
            case "email": email = try reader.readString(maxBytes: EmailAddress.charactersMax)
            case "password": password = try reader.readString(maxBytes: PasswordForm.bytesMax)
            default: break
            }
        }
        var problems: [FieldProblem] = []
        switch (username, email) {
        case (nil, nil): problems.append(FieldProblem(field: "username", reason: "is required, or email"))
        case (.some, .some):
            problems.append(FieldProblem(field: "username", reason: "must not be given together with email"))
        default: break
        }
        if password == nil { problems.append(FieldProblem(field: "password", reason: "is required")) }
        guard let name = username.map({ LoginName.username($0) }) ?? email.map({ LoginName.email($0) }),
            let password, problems.isEmpty
        else { throw .invalidInput(problems) }
        self.name = name
        self.password = password
    }
}
