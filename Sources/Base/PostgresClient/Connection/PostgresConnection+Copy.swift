import CLibPQ

extension PostgresConnection {
    /// Bytes that are collected before they are sent. This bounds the memory of COPY, however many rows there are.
    private static let copyChunkBytes = 64 * 1024

    /// Streams rows into a table with `COPY … FROM STDIN`, several times faster than INSERT. All rows or none. The
    /// bound on one statement holds for the whole COPY, including the time that `rows` takes to produce the rows.
    /// - Parameters:
    ///   - sql: `COPY table (column, …) FROM STDIN`, in the text format, which is the default. One statement.
    ///   - rows: taken one at a time; each with a value for every column named.
    /// - Returns: how many rows the server took.
    /// - Throws: as ``query(_:_:file:line:)``. A value that cannot be sent ends the COPY with no row taken, and leaves
    ///   the connection usable (in a transaction: as a failed transaction).
    @discardableResult
    public func copyIn(
        _ sql: String, rows: some Sequence<[PostgresValue]>, file: String = #fileID, line: UInt = #line
    ) throws(PostgresError) -> Int {
        let place = PostgresError.Place(file: file, line: line)
        try Self.refuseNUL(sql, at: place)
        var refusal: PostgresError?
        do throws(PostgresError) {
            return try exchange(at: place) { link, deadline throws(PostgresError) in
                try link.send(sql, [], until: deadline, at: place)
                try self.awaitCopyStart(until: deadline, at: place)
                refusal = try self.stream(rows, until: deadline, at: place)
            }.affectedRows
        } catch {
            // The server's error only repeats that we ended the COPY; ours says why.
            guard let refusal, link.isOpen else { throw error }
            throw refusal
        }
    }

    /// Reads the server's consent to receive data.
    private func awaitCopyStart(until deadline: Instant, at place: PostgresError.Place) throws(PostgresError) {
        while let result = try link.nextResult(until: deadline, at: place) {
            switch result.status {
            case PGRES_COPY_IN: return
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: continue
            case PGRES_COPY_OUT, PGRES_COPY_BOTH:
                close()
                throw .misuse("The statement is not COPY … FROM STDIN.", at: place)
            default:
                let failure = link.failure(result, at: place)
                while link.isOpen, try link.nextResult(until: deadline, at: place) != nil {}
                throw failure
            }
        }
        throw .misuse("The statement is not COPY … FROM STDIN.", at: place)
    }

    /// Sends all rows and ends the COPY. At the first row that cannot be sent it aborts the COPY, and returns the
    /// reason.
    private func stream(
        _ rows: some Sequence<[PostgresValue]>, until deadline: Instant, at place: PostgresError.Place
    ) throws(PostgresError) -> PostgresError? {
        var chunk: [UInt8] = []
        chunk.reserveCapacity(Self.copyChunkBytes + 4096)
        for row in rows {
            do throws(PostgresError) {
                try CopyText.append(row, to: &chunk, at: place)
            } catch {
                try link.endCopy(refusing: "a row cannot be sent", until: deadline, at: place)
                return error
            }
            guard chunk.count >= Self.copyChunkBytes else { continue }
            try link.sendCopyData(chunk, until: deadline, at: place)
            chunk.removeAll(keepingCapacity: true)
        }
        if !chunk.isEmpty { try link.sendCopyData(chunk, until: deadline, at: place) }
        try link.endCopy(refusing: nil, until: deadline, at: place)
        return nil
    }
}
