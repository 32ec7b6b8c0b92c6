import CLibPQ

/// The rows of one statement. It holds libpq's own copy and decodes a value when it is asked for.
public struct PostgresResult: Sendable {
    let handle: ResultHandle
    private let indexes: [String: Int]
    /// Names of the columns, in order.
    public let columns: [String]
    /// Rows that an INSERT, UPDATE, DELETE, MERGE or COPY changed, or that a SELECT returned; 0 for other statements.
    public let affectedRows: Int

    init(_ handle: ResultHandle) {
        self.handle = handle
        columns = (0..<Int(PQnfields(handle.pointer))).map { index in
            PQfname(handle.pointer, Int32(index)).map { String(cString: $0) } ?? ""
        }
        indexes = Dictionary(zip(columns, columns.indices)) { first, _ in first }
        affectedRows = PQcmdTuples(handle.pointer).flatMap { Int(String(cString: $0)) } ?? 0
    }

    /// The rows, in the server's order.
    public var rows: Rows { Rows(result: self) }

    /// The first row, if there is one.
    public var first: PostgresRow? { rows.first }

    /// Position of a column, or `nil` if the result has none of that name or number.
    func index(of column: PostgresColumn) -> Int? {
        switch column {
        case .name(let name): indexes[name]
        case .index(let index): columns.indices.contains(index) ? index : nil
        }
    }

    /// A collection of rows that makes each one when it is asked for.
    public struct Rows: RandomAccessCollection, Sendable {
        let result: PostgresResult
        /// 0.
        public var startIndex: Int { 0 }
        /// The number of rows.
        public var endIndex: Int { Int(PQntuples(result.handle.pointer)) }
        /// The row at a position.
        public subscript(position: Int) -> PostgresRow {
            precondition(indices.contains(position), "row out of range")
            return PostgresRow(result: result, row: Int32(position))
        }
    }
}

/// The fields of libpq's `PQresultErrorField`, whose C macros are character literals and do not reach Swift.
enum DiagnosticField: Unicode.Scalar {
    case severity = "V"
    case sqlState = "C"
    case message = "M"
    case detail = "D"
    case hint = "H"
    case constraint = "n"

    var code: Int32 { Int32(rawValue.value) }
}
