/// A strict RFC 8259 reader over bytes in memory. The caller pulls values from it one by one.
///
/// Duplicate keys, a byte order mark, half surrogate pairs, malformed UTF-8 and a second value after the first are
/// errors. It allocates only the strings that the caller reads as `String`.
///
///     let amount = try JSONReader.document(bytes) { reader throws(JSONError) in
///         var amount: Int64?
///         try reader.readObject { key, reader throws(JSONError) in
///             switch key {
///             case "amount": amount = try reader.readInteger()
///             default: try reader.skipValue()
///             }
///         }
///         return amount
///     }
///
/// The reader borrows the bytes: neither it nor a ``JSONText`` may outlive them. Do not use it after an error.
public struct JSONReader {
    /// The integers that every implementation of JSON agrees on: ±2^53 (RFC 8259 section 6).
    public static let exactIntegers: ClosedRange<Int64> = -9_007_199_254_740_992...9_007_199_254_740_992

    /// The limits of this reader.
    public let limits: JSONLimits

    let bytes: UnsafeRawBufferPointer
    var position = 0
    private var depth = 0

    /// Whether the next thing to read is a value. True at the start, after a key, and before each element of an array.
    private var valueIsPending = true

    /// A reader at the start of these bytes. Prefer ``document(_:limits:_:)``, which also checks the end.
    ///
    /// - Throws: ``JSONError`` if the text is too large, is empty, or begins with a byte order mark.
    public init(_ bytes: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        guard bytes.count <= limits.maxDocumentBytes else { throw JSONError(.documentTooLarge, at: 0) }
        self.bytes = bytes
        self.limits = limits
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            throw JSONError(.byteOrderMark, at: 0)
        }
        skipWhitespace()
        guard position < bytes.count else { throw JSONError(.emptyInput, at: position) }
    }

    /// Reads one whole document: `body` reads the value, and nothing but white space may follow it.
    @inlinable
    public static func document<Value>(
        _ bytes: UnsafeRawBufferPointer,
        limits: JSONLimits = JSONLimits(),
        _ body: (inout JSONReader) throws(JSONError) -> Value
    ) throws(JSONError) -> Value {
        var reader = try JSONReader(bytes, limits: limits)
        let value = try body(&reader)
        try reader.finish()
        return value
    }

    /// Checks that nothing but white space is left. If the document's value is still unread, this skips it first.
    public mutating func finish() throws(JSONError) {
        if valueIsPending { try skipValue() }
        skipWhitespace()
        guard position == bytes.count else { throw fail(.trailingData) }
    }

    /// The type of the next value, without reading it.
    public mutating func peek() throws(JSONError) -> JSONType {
        guard valueIsPending else { throw fail(.valueAlreadyRead) }
        skipWhitespace()
        guard position < bytes.count else { throw fail(.unexpectedEnd) }
        guard let type = JSONType(firstByte: bytes[position]) else { throw fail(.unexpectedByte) }
        return type
    }

    /// An error at the reader's current position, for a caller that refuses a well-formed value.
    public func fail(_ kind: JSONError.Kind) -> JSONError { JSONError(kind, at: position) }

    // MARK: Literals

    /// Reads `true` or `false`.
    public mutating func readBool() throws(JSONError) -> Bool {
        try begin(.bool)
        let value = bytes[position] == UInt8(ascii: "t")
        try literal(value ? "true" : "false")
        return value
    }

    /// Reads `null`.
    public mutating func readNull() throws(JSONError) {
        try begin(.null)
        try literal("null")
    }

    /// Reads the value if it is `null`, and returns whether it was. Any other value stays unread.
    public mutating func readNullIfPresent() throws(JSONError) -> Bool {
        guard try peek() == .null else { return false }
        try readNull()
        return true
    }

    /// Skips a value of any type. The value is checked as strictly as one that is read.
    public mutating func skipValue() throws(JSONError) {
        switch try peek() {
        case .null: try readNull()
        case .bool: _ = try readBool()
        case .number: _ = try scanNumber()
        case .string: _ = try readText()
        case .array: try readArray(maxCount: limits.maxElements) { reader throws(JSONError) in try reader.skipValue() }
        case .object: try readObject { _, reader throws(JSONError) in try reader.skipValue() }
        }
    }

    /// Skips a value like ``skipValue()`` and returns its bytes. They are not copied and must not outlive the input.
    public mutating func readRawValue() throws(JSONError) -> UnsafeRawBufferPointer {
        _ = try peek()
        let start = position
        try skipValue()
        return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    }

    // MARK: Containers

    /// Reads an object. `body` is called with each key and reads its value. If it does not, the value is skipped.
    ///
    /// - Throws: ``JSONError`` of the kind `duplicateKey` at the second of two equal keys, before `body` is called.
    public mutating func readObject(
        _ body: (JSONText, inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        try enter(.object)
        var seen = SeenKeys()
        skipWhitespace()
        if consume(Byte.closeBrace) { return leave() }
        repeat {
            skipWhitespace()
            let keyOffset = position
            guard position < bytes.count else { throw fail(.unexpectedEnd) }
            guard bytes[position] == Byte.quote else { throw fail(.unexpectedByte) }
            let key = try scanString(maxBytes: .max)
            guard seen.count < limits.maxMembers else { throw JSONError(.tooManyMembers, at: keyOffset) }
            if !limits.allowsDuplicateKeys {
                guard seen.insert(key, base: bytes) else { throw JSONError(.duplicateKey, at: keyOffset) }
            }
            skipWhitespace()
            guard consume(Byte.colon) else { throw unexpected() }
            valueIsPending = true
            try body(key, &self)
            if valueIsPending { try skipValue() }
            skipWhitespace()
        } while consume(Byte.comma)
        guard consume(Byte.closeBrace) else { throw unexpected() }
        leave()
    }

    /// Reads an array of at most `maxCount` elements. `body` reads each of them; an element left unread is skipped.
    public mutating func readArray(
        maxCount: Int,
        _ body: (inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        try enter(.array)
        skipWhitespace()
        if consume(Byte.closeBracket) { return leave() }
        var count = 0
        repeat {
            skipWhitespace()
            guard count < maxCount else { throw fail(.tooManyElements) }
            count += 1
            valueIsPending = true
            try body(&self)
            if valueIsPending { try skipValue() }
            skipWhitespace()
        } while consume(Byte.comma)
        guard consume(Byte.closeBracket) else { throw unexpected() }
        leave()
    }

    // MARK: Steps

    /// Checks that the next value is of this type. `position` is then at its first byte.
    mutating func begin(_ type: JSONType) throws(JSONError) {
        guard try peek() == type else { throw fail(.typeMismatch) }
        valueIsPending = false
    }

    private mutating func enter(_ type: JSONType) throws(JSONError) {
        try begin(type)
        guard depth < limits.maxDepth else { throw fail(.tooDeep) }
        depth += 1
        position += 1
    }

    /// Marks the whole container as read, whatever its last element left in `valueIsPending`.
    private mutating func leave() {
        depth -= 1
        valueIsPending = false
    }

    private mutating func literal(_ text: StaticString) throws(JSONError) {
        for index in 0..<text.utf8CodeUnitCount {
            guard position < bytes.count else { throw fail(.unexpectedEnd) }
            guard bytes[position] == text.utf8Start[index] else { throw fail(.unexpectedByte) }
            position += 1
        }
    }

    mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func consume(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private func unexpected() -> JSONError { fail(position < bytes.count ? .unexpectedByte : .unexpectedEnd) }
}
