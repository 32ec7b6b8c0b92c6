import Administration
import CZlib
import Foundation
import PostgresClient
import Settings
import Storage
import TestSupport
import Testing

/// A month of the ledger as a compressed file.
@Suite(.timeLimit(.minutes(1)))
struct LedgerExportTests {
    /// Runs a test on a ledger with 2,500 rows in October 2026, of which one is at each end of the month, and a row in
    /// each of the months around it.
    private func withLedger(_ body: (NodeConfiguration, TemporaryFolder) async throws -> Void) async throws {
        try await withPostgres { database in
            let pool = try PostgresPool(
                configuration: PostgresConfiguration(url: database.url), logger: quietLogger)
            do {
                try await Migrator.migrate(pool: pool, migrations: Migrations.all)
                try await pool.withConnection { connection in
                    for text in ["2026-09", "2026-10", "2026-11"] {
                        if let month = LedgerMonth(text) { try connection.script(month.createTable) }
                    }
                    try connection.script(Self.rows)
                }
            } catch {
                _ = await pool.shutdown()
                throw error
            }
            _ = await pool.shutdown()
            var configuration = NodeConfiguration()
            configuration.postgresURL = Secret(database.url)
            try await body(configuration, try TemporaryFolder())
        }
    }

    private static let rows = """
        INSERT INTO score_events (partition, seq, board, user_id, action_id, nonce, signature, points, submitted_score,
            score, rank, issued_at, applied_at, kind, changed, outcomes)
        SELECT 14, n, 'global', E'\\u65e5 "\\\\ \\u00e9\\n', 'kill', 'nonce', 'signature-' || n, 5, NULL,
            9007199254740991, 1,
            CASE WHEN n = 1 THEN timestamptz '2026-10-01 00:00:00+00'
                WHEN n = 2500 THEN '2026-10-31 23:59:59.999001+00'
                WHEN n = 2501 THEN '2026-09-30 23:59:59.999+00' WHEN n = 2502 THEN '2026-11-01 00:00:00+00'
                ELSE '2026-10-15 12:00:00+00' END,
            '2026-10-15 12:00:00+00', 'update', n <> 2, CASE WHEN n = 2 THEN '[{"window": "all"}]'::jsonb END
        FROM generate_series(1, 2502) AS n
        """

    /// The columns that the test looks at.
    private struct Row: Decodable {
        let seq: Int64
        let user_id: String
        let score: Int64
        let submitted_score: Int64?
        let issued_at: String
        let changed: Bool
        let outcomes: [[String: String]]?
    }

    private func lines(_ path: String) throws -> [Data] {
        let file = try #require(gzopen(path, "rb"))
        defer { gzclose_r(file) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = gzread(file, &chunk, UInt32(chunk.count))
            try #require(count >= 0)
            if count == 0 { break }
            text.append(contentsOf: chunk[..<Int(count)])
        }
        #expect(text.last == UInt8(ascii: "\n"))
        return text.split(separator: UInt8(ascii: "\n")).map { Data($0) }
    }

    @Test("The file has each row of the month once, with all columns, and can be read back")
    func export() async throws {
        try await withLedger { configuration, folder in
            let path = folder.path("october.gz")
            let exporter = try LedgerExporter(configuration, month: "2026-10")
            #expect(exporter.fileName == "score_events_2026_10.ndjson.gz")
            #expect(try await exporter.export(to: path) { _, _ in } == 2_500)
            let lines = try lines(path)
            let rows = try lines.map { try JSONDecoder().decode(Row.self, from: $0) }
            #expect(rows.count == 2_500 && Set(rows.map(\.seq)) == Set(1...2_500))
            let first = try #require(try JSONSerialization.jsonObject(with: lines[0]) as? [String: Any])
            #expect(
                first.keys.sorted() == [
                    "action_id", "applied_at", "board", "changed", "issued_at", "kind", "nonce", "outcomes",
                    "partition", "points", "rank", "score", "seq", "signature", "submitted_score", "user_id",
                ])
            let second = try #require(rows.first { $0.seq == 2 })
            #expect(second.user_id == "日 \"\\ é\n" && second.score == 9_007_199_254_740_991)
            #expect(!second.changed && second.submitted_score == nil && second.outcomes == [["window": "all"]])
            #expect(rows.first { $0.seq == 2_500 }?.issued_at == "2026-10-31T23:59:59.999001+00:00")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("")) == ["october.gz"])
        }
    }

    @Test("A file that exists is not overwritten, and a month without rows is an empty file")
    func refusals() async throws {
        try await withLedger { configuration, folder in
            let path = folder.path("empty.gz")
            let exporter = try LedgerExporter(configuration, month: "2020-02")
            #expect(try await exporter.export(to: path) { _, _ in } == 0)
            await #expect(throws: ExportError.self) { try await exporter.export(to: path) { _, _ in } }
            await #expect(throws: ExportError.self) {
                try await exporter.export(to: folder.path("none/x.gz")) { _, _ in }
            }
        }
        for text in ["2026-13", "2026-1", "2026-10-01", "10-2026", "2026-10'", "1969-12", ""] {
            #expect(throws: ExportError.self) { try LedgerExporter(NodeConfiguration(), month: text) }
        }
    }
}
