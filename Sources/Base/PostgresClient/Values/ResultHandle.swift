import CLibPQ

/// Owns one `PGresult` and frees it with its last user.
///
/// Threads may share it: libpq lets a result pass between threads once it has returned it (PostgreSQL 34.20).
/// Unchecked, because the compiler cannot know that: the pointer is constant, and nobody writes to what it points to.
final class ResultHandle: @unchecked Sendable {  // reason: constant pointer to a PGresult that is only read
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
