import Basics
import HTTPKit
import NIOCore
import Players
import StrictJSON

/// The body of a registration, checked in form.
struct RegistrationRequest {
    let username: Username
    let password: String
    let email: EmailAddress?
    let name: ProfileName?

    /// Reads the body. All that is wrong with it is told at once.
    init(_ body: ByteBuffer) throws(APIError) {
        var members = Members()
        try body.readJSONObject { key, reader throws(JSONError) in
            try members.read(key, from: &reader)
        }
        var problems: [FieldProblem] = []
        func value<Value>(_ field: String, _ text: String?, _ form: String, _ make: (String) -> Value?) -> Value? {
            guard let text else { return nil }
            let value = make(text)
            if value == nil { problems.append(FieldProblem(field: field, reason: form)) }
            return value
        }
        for (field, text) in [("username", members.username), ("password", members.password)] where text == nil {
            problems.append(FieldProblem(field: field, reason: "is required"))
        }
        let username = value("username", members.username, Username.form) { Username($0) }
        if let reason = members.password.flatMap(PasswordForm.problem) {
            problems.append(FieldProblem(field: "password", reason: reason))
        }
        email = value("email", members.email, EmailAddress.form) { EmailAddress($0) }
        name = value("name", members.name, ProfileName.form) { ProfileName($0) }
        guard let username, let password = members.password, problems.isEmpty else { throw .invalidInput(problems) }
        self.username = username
        self.password = password
    }

    /// The members that were read.
    private struct Members {
        var username: String?
        var password: String?
        var email: String?
        var name: String?

        /// Anything longer is refused as it is read.
        private static let textBytesMax = 1024

        mutating func read(_ key: JSONText, from reader: inout JSONReader) throws(JSONError) {
            switch key {
            case "username": username = try reader.readString(maxBytes: Self.textBytesMax)
            case "password": password = try reader.readString(maxBytes: Self.textBytesMax)
            case "email": email = try Self.textOrNull(&reader)
            case "name": name = try Self.textOrNull(&reader)
            default: break
            }
        }

        private static func textOrNull(_ reader: inout JSONReader) throws(JSONError) -> String? {
            try reader.readNullIfPresent() ? nil : reader.readString(maxBytes: textBytesMax)
        }
    }
}
