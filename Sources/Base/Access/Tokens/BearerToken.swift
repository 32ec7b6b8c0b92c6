import Basics
import HTTPKit
import NIOHTTP1
import Signing

/// Reads bearer tokens (RFC 6750, 2.1).
package enum BearerToken {
    /// The longest token that is copied, in bytes: no verifier takes a longer one.
    private static let bytesMax = 8192

    /// Returns the token in a value of `Authorization`. It follows the word `Bearer`, in upper or lower case, and one
    /// or more spaces (RFC 9110, 11.4). Returns nil for other schemes, such as the one of a proxy.
    package static func token(in value: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        let scheme: StaticString = "bearer"
        let length = scheme.utf8CodeUnitCount
        guard value.count > length, value[length] == UInt8(ascii: " "),
            scheme.withUTF8Buffer({ zip(value, $0).allSatisfy { $0 | 0x20 == $1 } })
        else { return nil }
        var token = value[length...]
        while token.first == UInt8(ascii: " ") { token.removeFirst() }
        return UnsafeBufferPointer(rebasing: token.withoutTrailingFieldSpace)
    }

    /// A copy of the token in `Authorization`, or of the API key in `X-API-Key`, to be kept; nil if the request has
    /// neither.
    ///
    /// - Throws: `invalidInput` if it has both.
    package static func ofFields(_ headers: HTTPHeaders) throws(APIError) -> [UInt8]? {
        switch ShownCredential(in: headers) {
        case .none: return nil
        case .both: throw .twoCredentials
        case .authorization(var field): return field.withUTF8 { token(in: $0).map { copy($0) } }
        case .apiKey(var field):
            return field.withUTF8 { field in
                let key = UnsafeBufferPointer(rebasing: field[...].withoutTrailingFieldSpace)
                // Anything else must not pass as a token.
                return APIKeyHash.isKey(UnsafeRawBufferPointer(key)) ? copy(key) : []
            }
        }
    }

    /// A copy of a token. One that is too long cannot be valid, and becomes an empty one.
    package static func copy(_ token: some Collection<UInt8>) -> [UInt8] {
        token.count <= bytesMax ? Array(token) : []
    }
}

extension APIError {
    /// A request has both `Authorization` and `X-API-Key`. A proxy might have checked the other one.
    static var twoCredentials: APIError {
        .invalidInput([FieldProblem(field: "X-API-Key", reason: "must not come together with Authorization")])
    }
}
