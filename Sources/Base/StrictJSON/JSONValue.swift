/// A whole JSON value as a tree. Use it for rare reads, such as claims, settings and the bodies of admin requests.
public enum JSONValue: Sendable, Equatable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number within ±2^53, written without a fraction or an exponent.
    case integer(Int64)
    /// Any other number, as the nearest `Double`; always finite.
    case double(Double)
    /// A string.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object. Its members are in the order of the text.
    case object(JSONObject)
}

extension JSONValue {
    /// Reads one whole document.
    ///
    /// - Throws: ``JSONError`` if it is not strict JSON or exceeds a limit.
    public init(_ bytes: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        self = try JSONReader.document(bytes, limits: limits) { reader throws(JSONError) in try reader.readValue() }
    }

    /// Reads one whole document.
    ///
    /// - Throws: ``JSONError`` if it is not strict JSON or exceeds a limit.
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

    /// The Boolean, or nil if this is another type.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// The integer, or nil if this is not an ``integer(_:)``.
    public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }

    /// The number, or nil if this is another type. Exact for every integer.
    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// The string, or nil if this is another type.
    public var string: String? { if case .string(let value) = self { value } else { nil } }

    /// The elements of an array, or nil if this is another type.
    public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }

    /// The members of an object, or nil if this is another type.
    public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }

    /// The value of a key, or nil if this is not an object or does not have the key.
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
