/// A whole JSON value as a tree, for what is read seldom: bodies of administrative requests, claims, settings.
public enum JSONValue: Sendable, Equatable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number without fraction and exponent, within ±2^53.
    case integer(Int64)
    /// Any other number, as the nearest `Double`; always finite.
    case double(Double)
    /// A string.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object, its members in the order of the text.
    case object(JSONObject)
}

extension JSONValue {
    /// Reads one whole document.
    ///
    /// - Throws: ``JSONError`` where it is not strict JSON or passes a limit.
    public init(_ bytes: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        self = try JSONReader.document(bytes, limits: limits) { reader throws(JSONError) in try reader.readValue() }
    }

    /// Reads one whole document.
    ///
    /// - Throws: ``JSONError`` where it is not strict JSON or passes a limit.
    public init(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        let outcome = bytes.withUnsafeBytes { raw in
            Result { () throws(JSONError) -> JSONValue in try JSONValue(raw, limits: limits) }
        }
        self = try outcome.get()
    }

    /// The type of this value.
    public var type: JSONType {
        switch self {
        case .null: .null
        case .bool: .bool
        case .integer, .double: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }

    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    /// The truth value, where it is one.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// The integer, where it is a number written as one within ±2^53.
    public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }

    /// The number, where it is one. Exact for every ``integer``.
    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// The string, where it is one.
    public var string: String? { if case .string(let value) = self { value } else { nil } }

    /// The elements, where it is an array.
    public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }

    /// The members, where it is an object.
    public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }

    /// The value of a key, where this is an object that has it.
    public subscript(key: String) -> JSONValue? { object?[key] }
}

extension JSONReader {
    /// Reads a value of any type as a tree.
    public mutating func readValue() throws(JSONError) -> JSONValue {
        switch try peek() {
        case .null:
            try readNull()
            return .null
        case .bool: return .bool(try readBool())
        case .string: return .string(try readString(maxBytes: .max))
        case .number:
            let number = try scanNumber()
            if number.isInteger, let value = number.integer, Self.exactIntegers.contains(value) {
                return .integer(value)
            }
            return .double(try double(of: number))
        case .array:
            var elements: [JSONValue] = []
            try readArray(maxCount: limits.maxElements) { reader throws(JSONError) in
                elements.append(try reader.readValue())
            }
            return .array(elements)
        case .object:
            var object = JSONObject()
            try readObject { key, reader throws(JSONError) in
                object.appendNew(key.string, try reader.readValue())
            }
            return .object(object)
        }
    }
}
