import Basics

/// A value bound to a parameter of a statement (`$1`, `$2`, …) or sent as a field of COPY.
///
/// Values are sent apart from the SQL, in Postgres' text format, and with no declared type: the server infers the type
/// from the place of the parameter. If it cannot (`SELECT $1`), write a cast (`$1::bigint`).
public enum PostgresValue: Sendable, Hashable {
    /// SQL NULL.
    case null
    /// Text, also for every type that has no case of its own (`uuid`, `numeric`, …). NUL characters are refused, since
    /// Postgres cannot store them.
    case text(String)
    /// `smallint`, `integer` or `bigint`, as the place demands.
    case int(Int64)
    /// `boolean`.
    case bool(Bool)
    /// `double precision`, with every bit kept; infinities and NaN are values too.
    case double(Double)
    /// `bytea`.
    case bytes([UInt8])
    /// A JSON document, for `json` and `jsonb`; the server checks it.
    case json(String)
    /// `timestamptz`, in milliseconds since 1970-01-01 UTC, within the years 1 to 9999.
    case timestamp(milliseconds: Int64)
    /// A one-dimensional array of text; elements may be null.
    case textArray([String?])
    /// A one-dimensional array of integers.
    case intArray([Int64])

    /// `.text(value)`, or `.null`.
    public static func text(orNull value: String?) -> PostgresValue { value.map { .text($0) } ?? .null }

    /// `.int(value)`, or `.null`.
    public static func int(orNull value: Int64?) -> PostgresValue { value.map { .int($0) } ?? .null }

    /// The value in Postgres' text format; `nil` is NULL.
    /// - Throws: `.misuse` for a NUL character or a timestamp out of range.
    package func encoded(at place: PostgresError.Place) throws(PostgresError) -> String? {
        switch self {
        case .null: return nil
        case .text(let text), .json(let text): return try Self.withoutNUL(text, at: place)
        case .int(let number): return String(number)
        case .bool(let flag): return flag ? "t" : "f"
        case .double(let number): return String(describing: number)
        // The hex format (PostgreSQL 8.4.1): `\x` and two digits for each byte.
        case .bytes(let bytes): return Hexadecimal.text(bytes, prefix: "\\x")
        case .timestamp(let milliseconds):
            guard let text = TimestampText.format(milliseconds: milliseconds) else {
                throw .misuse(
                    "A timestamp is outside the years 1 to 9999.", code: PostgresError.Code.badValue, at: place)
            }
            return text
        case .textArray(let elements):
            for case .some(let element) in elements { _ = try Self.withoutNUL(element, at: place) }
            return ArrayText.encode(elements)
        case .intArray(let elements): return "{" + elements.map { String($0) }.joined(separator: ",") + "}"
        }
    }

    private static func withoutNUL(_ text: String, at place: PostgresError.Place) throws(PostgresError) -> String {
        guard !text.utf8.contains(0) else {
            throw .misuse("A text value holds a NUL character.", code: PostgresError.Code.badValue, at: place)
        }
        return text
    }
}

extension PostgresValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
    /// `.text`.
    public init(stringLiteral value: String) { self = .text(value) }
    /// `.int`.
    public init(integerLiteral value: Int64) { self = .int(value) }
    /// `.double`.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// `.bool`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// `.null`.
    public init(nilLiteral: ()) { self = .null }
}
