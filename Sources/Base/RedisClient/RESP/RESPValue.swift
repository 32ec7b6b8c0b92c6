/// One reply of Redis in RESP2 (https://redis.io/docs/latest/develop/reference/protocol-spec/).
///
/// Strings keep their bytes: Redis strings are binary safe, and most replies are either turned into a number or
/// compared, and neither needs a `String`.
public enum RESPValue: Sendable, Hashable {
    /// `+OK`: a short text without line breaks, a status for most commands.
    case simpleString([UInt8])
    /// `$3 abc`: any bytes.
    case bulkString([UInt8])
    /// `:1`: a signed 64-bit integer.
    case integer(Int64)
    /// `-ERR …`: the command failed. Kept out of line, so that the many other values stay small.
    indirect case error(RESPError)
    /// `$-1` or `*-1`: there is no value.
    case null
    /// `*2 …`: values in order, which may be of different kinds and nested.
    case array([RESPValue])
}

extension RESPValue {
    /// The bytes of a simple or bulk string, else `nil`. Does not copy.
    public var bytes: [UInt8]? {
        switch self {
        case .simpleString(let bytes), .bulkString(let bytes): bytes
        case .integer, .error, .null, .array: nil
        }
    }

    /// A string as text, with U+FFFD in place of what is not UTF-8; or an integer in decimal; else `nil`.
    public var string: String? {
        switch self {
        case .simpleString(let bytes), .bulkString(let bytes): String(decoding: bytes, as: UTF8.self)
        case .integer(let value): String(value)
        case .error, .null, .array: nil
        }
    }

    /// An integer, or a string which is exactly one decimal integer (`-?[0-9]+` within 64 bits); else `nil`.
    public var int64: Int64? {
        switch self {
        case .integer(let value): value
        case .simpleString(let bytes), .bulkString(let bytes): Int64(decimal: bytes[...])
        case .error, .null, .array: nil
        }
    }

    /// The elements of an array, else `nil`. Does not copy.
    public var array: [RESPValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    /// The error reply, if it is one.
    public var error: RESPError? {
        if case .error(let error) = self { error } else { nil }
    }

    /// Whether this is the null bulk string or the null array.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The value itself, unless it is an error reply.
    /// - Throws: `RedisError` with code `.server` for an error reply.
    public func checked(file: StaticString = #fileID, line: UInt = #line) throws(RedisError) -> RESPValue {
        if case .error(let error) = self { throw RedisError(reply: error, file: file, line: line) }
        return self
    }
}

extension RESPValue: CustomStringConvertible {
    /// The value in short, for messages and tests. Long strings and arrays are cut, since replies can hold megabytes.
    public var description: String {
        switch self {
        case .simpleString(let bytes): Self.excerpt(bytes)
        case .bulkString(let bytes): "\"\(Self.excerpt(bytes))\""
        case .integer(let value): "\(value)"
        case .error(let error): "(error) \(error)"
        case .null: "null"
        case .array(let values):
            "[\(values.prefix(16).map(\.description).joined(separator: ", "))\(values.count > 16 ? ", …" : "")]"
        }
    }

    private static func excerpt(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix(64), as: UTF8.self) + (bytes.count > 64 ? "…" : "")
    }
}

extension Int64 {
    /// Reads a whole decimal integer without making a `String` of it.
    package init?(decimal bytes: ArraySlice<UInt8>) {
        let negative = bytes.first == UInt8(ascii: "-")
        guard bytes.count > (negative ? 1 : 0), bytes.count <= 20 else { return nil }
        var value: Int64 = 0
        for byte in bytes.dropFirst(negative ? 1 : 0) {
            let digit = Int64(byte) - 48
            guard digit >= 0, digit <= 9 else { return nil }
            // Built downwards, since the least Int64 has no positive counterpart.
            let (tenfold, over) = value.multipliedReportingOverflow(by: 10)
            let (next, under) = tenfold.subtractingReportingOverflow(digit)
            guard !over, !under else { return nil }
            value = next
        }
        guard !negative else {
            self = value
            return
        }
        guard value != .min else { return nil }
        self = -value
    }
}
