/// The facts that Postgres returns about itself.
package struct PostgresFacts: Sendable {
    /// `server_version_num`: 150004 is 15.4.
    package var version: Int
    package var encoding: String
    package var user: String
    package var isReadOnly: Bool
    package var clock: ClockReading
    /// The migrations that are missing.
    package var pendingMigrations: [String]
    /// The rights that the role lacks, such as `INSERT on scores`; empty if migrations are missing.
    package var missingRights: [String]

    package init(
        version: Int, encoding: String, user: String, isReadOnly: Bool, clock: ClockReading,
        pendingMigrations: [String] = [], missingRights: [String] = []
    ) {
        self.version = version
        self.encoding = encoding
        self.user = user
        self.isReadOnly = isReadOnly
        self.clock = clock
        self.pendingMigrations = pendingMigrations
        self.missingRights = missingRights
    }

    /// Judges the facts. Pure.
    ///
    /// - Parameter skew: `SCORECAST_ACTION_SKEW` in ms.
    package func findings(skew: Int64) -> [Finding] {
        let number = "\(version / 10_000).\(version % 10_000)"
        var findings: [Finding] = [
            version >= 130_000
                ? .good("Postgres", "\(number), as role \(user)")
                : .bad("Postgres", "it is \(number), and must be 13 or later.")
        ]
        if encoding != "UTF8" {
            let remedy = "Make another with: CREATE DATABASE scorecast ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0"
            findings.append(.bad("Postgres encoding", "the database's encoding is \(encoding), not UTF8. \(remedy)"))
        }
        if isReadOnly {
            findings.append(
                .bad(
                    "Postgres role",
                    "it is a standby, or read-only. Name the primary in SCORECAST_POSTGRES_URL, or several hosts with "
                        + "target_session_attrs=read-write."))
        }
        findings.append(clock.finding("Postgres clock", skew: skew))
        guard pendingMigrations.isEmpty else {
            let names = pendingMigrations.joined(separator: ", ")
            findings.append(.bad("Postgres tables", "migrations are missing (\(names)). Run: scorecast migrate"))
            return findings
        }
        findings.append(.good("Postgres tables", "up to date"))
        findings.append(
            missingRights.isEmpty
                ? .good("Postgres rights", "as the roles need them")
                : .bad(
                    "Postgres rights",
                    "role \(user) lacks: \(missingRights.joined(separator: ", ")). Connect as the role that ran "
                        + "'scorecast migrate', or grant them."))
        return findings
    }
}
