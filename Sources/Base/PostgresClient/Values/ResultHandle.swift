import CLibPQ

/// Owns one `PGresult` and frees it with its last user.
///
/// Threads may share it: the pointer never changes, nobody writes to a `PGresult` after libpq has returned it, and
/// libpq lets such a result pass between threads (PostgreSQL 34.20).
final class ResultHandle: @unchecked Sendable {  // safe, because nobody writes to the result
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQclear(pointer)
    }

    var status: ExecStatusType { PQresultStatus(pointer) }

    /// The command tag, such as `COMMIT`.
    var commandTag: String { PQcmdStatus(pointer).map { String(cString: $0) } ?? "" }

    /// One field of an error or a notice.
    func field(_ field: DiagnosticField) -> String? {
        PQresultErrorField(pointer, field.code).map { String(cString: $0) }
    }
}
