import CLibPQ

/// Owns one `PGresult` and frees it with its last user.
///
/// A `PGresult` is never written to after libpq returned it, and libpq documents that such a result may be passed
/// between threads (PostgreSQL 34.20); the pointer itself never changes.
final class ResultHandle: @unchecked Sendable {  // safe: what it points to is never written to again, see above
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
