import StrictJSON

/// A JSON object that the server keeps for clients and never looks into: preferences, metadata.
public struct KeptObject: Sendable, Equatable {
    /// The text that was sent. If it were encoded again, numbers such as 1e300 would change.
    public let text: String

    /// The longest object, in bytes of JSON.
    public static let bytesMax = 4096
    /// The limits of an object that has one of these as a member. It has as many members as fit into it.
    public static let limits = JSONLimits(maxDepth: 16, maxMembers: 1024)
    /// The rule, as a clause that can follow a field's name.
    public static let form = "must be an object of at most \(bytesMax) bytes without NUL characters"

    /// Reads one.
    ///
    /// - Returns: nil for an object that is too long, or holds a NUL character: operators who look into JSON with
    ///   Postgres' own functions would get an error for it.
    /// - Throws: a ``JSONError`` for everything that is not an object.
    public static func read(from reader: inout JSONReader) throws(JSONError) -> KeptObject? {
        guard try reader.peek() == .object else { throw reader.fail(.typeMismatch) }
        let bytes = try reader.readRawValue()
        guard bytes.count <= bytesMax, !holdsNUL(try JSONValue(bytes, limits: limits)) else { return nil }
        return KeptObject(text: String(decoding: bytes, as: UTF8.self))
    }

    private static func holdsNUL(_ value: JSONValue) -> Bool {
        switch value {
        case .string(let text): text.utf8.contains(0)
        case .array(let elements): elements.contains(where: holdsNUL)
        case .object(let object): object.members.contains { $0.key.utf8.contains(0) || holdsNUL($0.value) }
        case .null, .bool, .integer, .double: false
        }
    }
}
