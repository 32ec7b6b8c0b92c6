import Basics
import HTTPKit
import NIOCore
import StrictJSON

/// The body of a refresh.
enum RefreshRequest {
    /// The text of the token, of any form.
    static func token(_ body: ByteBuffer) throws(APIError) -> String {
        var token: String?
        try body.readJSONObject { key, reader throws(JSONError) in
            if key == "refresh_token" { token = try reader.readString(maxBytes: 4 * RefreshToken.characters) }
        }
        guard let token else { throw .invalidInput([FieldProblem(field: "refresh_token", reason: "is required")]) }
        return token
    }
}
