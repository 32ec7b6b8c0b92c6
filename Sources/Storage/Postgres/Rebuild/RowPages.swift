import Leaderboard
import PostgresClient

/// Reads the rows of a query in pages, so that memory stays constant.
///
/// The query runs once, and the server keeps its rows in a cursor. The session has one connection, and nothing else may
/// use it meanwhile. If it is lost, so is the cursor, and the next page fails.
struct RowPages: Sendable {
    let session: PostgresPool

    private static let pageRows = 5000
    /// How long the query may take. To sort the updates of some minutes takes seconds.
    static let statementTimeout = Duration.seconds(600)
    private static let cursor = "rebuild_rows"

    /// Calls `body` with each page. The next page is read meanwhile.
    func each<Row: Sendable>(
        _ sql: String, _ parameters: [PostgresValue], _ read: @escaping @Sendable (PostgresRow) throws -> Row,
        _ body: @Sendable ([Row]) async throws(StoreError) -> Void
    ) async throws(StoreError) {
        try await session.run { connection in
            try connection.withStatementTimeout(Self.statementTimeout) {
                try connection.script("CLOSE ALL")
                try connection.execute(
                    "DECLARE \(Self.cursor) NO SCROLL CURSOR WITH HOLD FOR \(sql)", parameters)
            }
        }
        var page = try await next(read)
        while page.count == Self.pageRows {
            let full = page
            let following = Task { await self.result(read) }
            do { try await body(full) } catch {
                // The session must be free when this returns.
                _ = await following.value
                try? await close()
                throw error
            }
            page = try await following.value.get()
        }
        if !page.isEmpty { try await body(page) }
        try await close()
    }

    private func close() async throws(StoreError) {
        try await session.run { try $0.script("CLOSE ALL") }
    }

    private func result<Row: Sendable>(
        _ read: @escaping @Sendable (PostgresRow) throws -> Row
    ) async -> Result<[Row], StoreError> {
        do { return .success(try await next(read)) } catch { return .failure(error) }
    }

    private func next<Row: Sendable>(
        _ read: @escaping @Sendable (PostgresRow) throws -> Row
    ) async throws(StoreError) -> [Row] {
        try await session.run { try $0.query("FETCH \(Self.pageRows) FROM \(Self.cursor)").rows.map(read) }
    }
}
