import StrictJSON
import Testing

/// An answer to a request.
struct TestAnswer: Equatable {
    let status: Int
    /// The header fields, sorted.
    let fields: [String]
    let body: String

    /// The body.
    var json: JSONValue { get throws { try JSONValue(Array(body.utf8)) } }

    /// A member of the body that must be a string.
    func text(_ path: String...) throws -> String {
        try #require(path.reduce(Optional(try json)) { $0?[$1] }?.string, "\(path) in \(body)")
    }

    /// The status and, for an error, its code.
    var outcome: String {
        let code = (try? json)?["code"]?.string
        return "\(status)\(code.map { " \($0)" } ?? "")"
    }

    /// The seconds of `Retry-After`.
    var retryAfter: Int? {
        fields.first { $0.hasPrefix("retry-after: ") }.flatMap { Int($0.dropFirst("retry-after: ".count)) }
    }
}
