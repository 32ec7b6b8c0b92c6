import CLibPQ

/// Owns one `PGresult` and frees it with its last user.
///
/// A `PGresult` is never written to after libpq returned it, and libpq documents that such a result may be passed
/// between threads (PostgreSQL 34.20); the pointer itself never changes.
///
/// `@unchecked Sendable` is safe: the pointer never changes, no thread writes to the result, and its last user
/// frees it.
final class ResultHandle: @unchecked Sendable {
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
