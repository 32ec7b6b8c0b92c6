import Settings
import Storage

/// The work of `scorecast export-ledger`.
public struct LedgerExporter: Sendable {
    private let configuration: NodeConfiguration
    private let month: LedgerMonth

    /// - Parameters:
    ///   - configuration: has the address of a migrated database.
    ///   - month: by the issue time of action ids, such as `2026-10`.
    public init(_ configuration: NodeConfiguration, month: String) throws {
        guard let read = LedgerMonth(month) else { throw ExportError.month(month) }
        (self.configuration, self.month) = (configuration, read)
    }

    /// The name that a file gets if no other is wanted.
    public var fileName: String { month.tableName + ".ndjson.gz" }

    /// Writes the month to a file, one JSON object a line, compressed by gzip.
    ///
    /// - Parameters:
    ///   - path: the file, which must not exist; nil for standard output.
    ///   - progress: is told how many rows were written, and about how many there are.
    /// - Returns: how many rows there are.
    public func export(
        to path: String?, progress: @escaping @Sendable (_ rows: Int64, _ estimate: Int64?) -> Void
    ) async throws -> Int64 {
        try await Database.withPool(configuration) { pool in
            let export = PostgresLedgerExport(pool: pool)
            guard try await !export.isDropped(month) else { throw ExportError.dropped(month.text) }
            let estimate = try await export.rowsEstimate(of: month)
            return try await export.export(month) {
                try GzipFile(path: path) { progress($0, estimate) }
            }
        }
    }
}
