/// One numbered step of the database's schema, as SQL.
public struct Migration: Sendable, Hashable {
    /// From 1, without gaps.
    public let number: Int
    /// For people, `initial`; may change without harm.
    public let name: String
    /// Statements separated by semicolons, run in one transaction: without BEGIN and COMMIT, and without those that
    /// Postgres refuses in a transaction (CREATE INDEX CONCURRENTLY).
    public let sql: String

    /// - Parameters:
    ///   - number: from 1, without gaps.
    ///   - name: for people.
    ///   - sql: the statements; never to be changed after they were applied anywhere.
    public init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }
}

/// A row of `schema_migrations`.
package struct AppliedMigration: Sendable, Hashable {
    package let number: Int
    package let name: String
    /// SHA-256 of the SQL in hexadecimal, as `sha256sum` prints it for the file.
    package let checksum: String

    package init(number: Int, name: String, checksum: String) {
        self.number = number
        self.name = name
        self.checksum = checksum
    }
}
