import CLibPQ

/// One row of a result. Each getter has a form for columns that may be null; the other one throws on null. Every getter
/// throws a ``PostgresError`` of kind `.decoding` that names the column if it is missing, null or of another type.
public struct PostgresRow: Sendable {
    let result: PostgresResult
    let row: Int32

    /// Whether the value is NULL.
    public func isNull(
        _ column: PostgresColumn, file: String = #fileID, line: UInt = #line
    ) throws(PostgresError) -> Bool {
        try raw(column, .init(file: file, line: line)) == nil
    }

    /// The value as text, for every type.
    public func string(
        _ column: PostgresColumn, file: String = #fileID, line: UInt = #line
    ) throws(PostgresError) -> String {
        try required(column, .init(file: file, line: line), "text") { $0 }
    }

    /// The value as text, or `nil` for NULL.
    public func stringOrNil(
        _ column: PostgresColumn, file: String = #fileID, line: UInt = #line
    ) throws(PostgresError) -> String? {
        try raw(column, .init(file: file, line: line))
    }

    /// A `smallint`, `integer` or `bigint`.
    public func int(
        _ column: PostgresColumn, file: String = #fileID, line: UInt = #line
    ) throws(PostgresError) -> Int64 {
        try required(column, .init(file: file, line: line), "an integer") { Int64($0) }
    }

    /// An integer, or `nil` for NULL.
    public func intOrNil(
        _ column: PostgresColumn, file: String = #fileID, line: UInt = #line
    ) throws(PostgresError) -> Int64? {
        try optional(column, .init(file: file, line: line), "an integer") { Int64($0) }
    }

    /// A `boolean`.
    public func bool(
        _ column: PostgresColumn, file: String = #fileID, line: UInt = #line
    ) throws(PostgresError) -> Bool {
        try required(column, .init(file: file, line: line), "a boolean", Self.boolean)
    }

    /// A `boolean`, or `nil` for NULL.
    public func boolOrNil(
        _ column: PostgresColumn, file: String = #fileID, line: UInt = #line
    ) throws(PostgresError) -> Bool? {
        try optional(column, .init(file: file, line: line), "a boolean", Self.boolean)
    }

    /// A `real`, `double precision` or `numeric`, as the nearest double.
    public func double(
        _ column: PostgresColumn, file: String = #fileID, line: UInt = #line
    ) throws(PostgresError) -> Double {
        try required(column, .init(file: file, line: line), "a number") { Double($0) }
    }

    /// A number, or `nil` for NULL.
    public func doubleOrNil(
        _ column: PostgresColumn, file: String = #fileID, line: UInt = #line
    ) throws(PostgresError) -> Double? {
        try optional(column, .init(file: file, line: line), "a number") { Double($0) }
    }

    /// A one-dimensional array, its elements as text, of which any may be null.
    public func textArray(
        _ column: PostgresColumn, file: String = #fileID, line: UInt = #line
    ) throws(PostgresError) -> [String?] {
        try required(column, .init(file: file, line: line), "an array", ArrayText.decode)
    }

    /// A one-dimensional array of integers without nulls.
    public func intArray(
        _ column: PostgresColumn, file: String = #fileID, line: UInt = #line
    ) throws(PostgresError) -> [Int64] {
        try required(column, .init(file: file, line: line), "an array of integers") { text in
            guard let elements = ArrayText.decode(text) else { return nil }
            let numbers = elements.compactMap { $0.flatMap { Int64($0) } }
            return numbers.count == elements.count ? numbers : nil
        }
    }

    private static func boolean(_ text: String) -> Bool? {
        switch text {
        case "t": true
        case "f": false
        default: nil
        }
    }

    private func required<Value>(
        _ column: PostgresColumn, _ place: PostgresError.Place, _ type: String, _ decode: (String) -> Value?
    ) throws(PostgresError) -> Value {
        guard let value = try optional(column, place, type, decode) else {
            throw Self.failure("Column \(column) is null.", place)
        }
        return value
    }

    private func optional<Value>(
        _ column: PostgresColumn, _ place: PostgresError.Place, _ type: String, _ decode: (String) -> Value?
    ) throws(PostgresError) -> Value? {
        guard let text = try raw(column, place) else { return nil }
        guard let value = decode(text) else { throw Self.failure("Column \(column) does not hold \(type).", place) }
        return value
    }

    /// The value as libpq holds it, checked to be UTF-8: a body may have changed `client_encoding`.
    private func raw(_ column: PostgresColumn, _ place: PostgresError.Place) throws(PostgresError) -> String? {
        guard let index = result.index(of: column) else {
            let known = result.columns.joined(separator: ", ")
            throw Self.failure("The result has no column \(column); it has: \(known).", place)
        }
        let pointer = result.handle.pointer
        guard PQgetisnull(pointer, row, Int32(index)) == 0, let start = PQgetvalue(pointer, row, Int32(index)) else {
            return nil
        }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(pointer, row, Int32(index))))
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Self.failure("Column \(column) is not UTF-8.", place)
        }
        return text
    }

    private static func failure(_ message: String, _ place: PostgresError.Place) -> PostgresError {
        PostgresError(.decoding, code: PostgresError.Code.badColumn, message, at: place)
    }
}
