/// A string of a JSON text that has been checked but not copied: the bytes between its quotes.
///
/// It points into the input, so it needs no allocation and must not outlive the input. Compare it with `==` (or in a
/// `switch`), or copy it with ``string``.
public struct JSONText {
    /// The bytes between the quotes. Escapes are not decoded.
    let raw: UnsafeRawBufferPointer

    /// Whether ``raw`` holds a backslash.
    let hasEscapes: Bool

    /// The length of the string in bytes of UTF-8, after its escapes are decoded.
    public let byteCount: Int

    /// A copy of the string, with its escapes decoded.
    public var string: String {
        withBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// Calls `body` with the decoded bytes (UTF-8). They are copied only if the string has escapes.
    /// The bytes are valid only inside `body`.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard hasEscapes else { return try body(raw) }
        let outcome: Swift.Result<Result, Failure> = decoded().withUnsafeBytes { bytes in
            Swift.Result { () throws(Failure) -> Result in try body(bytes) }
        }
        return try outcome.get()
    }

    /// Whether both are the same string, code unit by code unit. Nothing is normalized: two keys that only look the
    /// same are different keys (RFC 8259 section 8.3).
    public static func == (text: JSONText, other: StaticString) -> Bool {
        guard text.byteCount == other.utf8CodeUnitCount, other.hasPointerRepresentation else { return false }
        let bytes = UnsafeRawBufferPointer(start: other.utf8Start, count: other.utf8CodeUnitCount)
        return text.withBytes { $0.hasSameBytes(as: bytes) }
    }

    /// The same as `==`, for `switch`.
    public static func ~= (pattern: StaticString, text: JSONText) -> Bool { text == pattern }

    /// Whether both are the same string after decoding.
    func isSame(as other: JSONText) -> Bool {
        guard byteCount == other.byteCount else { return false }
        return withBytes { mine in other.withBytes { mine.hasSameBytes(as: $0) } }
    }

    /// The text of bytes that an earlier scan has already checked.
    static func rescanned(_ raw: UnsafeRawBufferPointer) -> JSONText {
        var byteCount = 0
        var position = 0
        while position < raw.count {
            let escape = raw[position] == Byte.backslash ? JSONEscape(raw, at: position) : nil
            byteCount += escape.map { $0.scalar.utf8.count } ?? 1
            position += escape?.length ?? 1
        }
        return JSONText(raw: raw, hasEscapes: byteCount != raw.count, byteCount: byteCount)
    }

    /// The bytes with every escape decoded. The scan that made this text has already checked the escapes.
    private func decoded() -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(byteCount)
        var position = 0
        while position < raw.count {
            guard raw[position] == Byte.backslash, let escape = JSONEscape(raw, at: position) else {
                output.append(raw[position])
                position += 1
                continue
            }
            output.append(contentsOf: escape.scalar.utf8)
            position += escape.length
        }
        return output
    }
}
