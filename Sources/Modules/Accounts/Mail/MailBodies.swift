import Basics
import HTTPKit
import NIOCore
import StrictJSON

/// The bodies of the routes for mail.
enum MailBodies {
    /// Longer texts are not tokens.
    private static let tokenBytesMax = 256
    private static let passwordBytesMax = 1024

    /// `{"token"}`
    static func token(_ body: ByteBuffer) throws(APIError) -> String {
        var token: String?
        try body.readJSONObject { key, reader throws(JSONError) in
            if key == "token" { token = try reader.readString(maxBytes: tokenBytesMax) }
        }
        guard let token else { throw .invalidInput([required("token")]) }
        return token
    }

    /// `{"email"}`
    static func email(_ body: ByteBuffer) throws(APIError) -> EmailAddress {
        var text: String?
        try body.readJSONObject { key, reader throws(JSONError) in
            if key == "email" { text = try reader.readString(maxBytes: 4 * EmailAddress.charactersMax) }
        }
        guard let text else { throw .invalidInput([required("email")]) }
        guard let email = EmailAddress(text) else {
            throw .invalidInput([FieldProblem(field: "email", reason: EmailAddress.form)])
        }
        return email
    }

    /// `{"token","password"}`
    struct Reset {
        let token: String
        let password: String

        /// Reads the body, and checks the form of the password first: it is not the token's fault.
        init(_ body: ByteBuffer, _ passwordProblem: (String) -> String?) throws(APIError) {
            var token: String?
            var password: String?
            try body.readJSONObject { key, reader throws(JSONError) in
                switch key {
                case "token": token = try reader.readString(maxBytes: tokenBytesMax)
                case "password": password = try reader.readString(maxBytes: passwordBytesMax)
                default: break
                }
            }
            var problems: [FieldProblem] = []
            if token == nil { problems.append(required("token")) }
            if let password {
                if let reason = passwordProblem(password) {
                    problems.append(FieldProblem(field: "password", reason: reason))
                }
            } else {
                problems.append(required("password"))
            }
            guard let token, let password, problems.isEmpty else { throw .invalidInput(problems) }
            self.token = token
            self.password = password
        }
    }

    /// `{"status":"success"}`
    static func writeSuccess(_ json: inout JSONWriter<ByteBuffer>) {
        json.beginObject()
        json.member("status", "success")
        json.endObject()
    }

    private static func required(_ field: String) -> FieldProblem { FieldProblem(field: field, reason: "is required") }
}
