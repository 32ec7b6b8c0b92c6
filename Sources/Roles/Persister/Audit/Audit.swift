import Leaderboard

/// Compares Redis with `scores`, and `scores` with what the ledger adds up to, while updates come in. Changes nothing.
///
/// `docs/adr/0022` says why no update on its way is taken for a difference.
public struct Audit: Sendable {
    /// The bounds of an audit.
    public struct Settings: Sendable {
        /// How long to wait for the ledger to reach what Redis has.
        public var ledgerWaitMax = Duration.seconds(30)
        /// Between two looks at the ledger.
        public var ledgerInterval = Duration.milliseconds(50)
        /// How often a user is looked at who changes each time.
        public var triesMax = 10
        /// The most users who are kept for a second look.
        public var candidatesMax = 10_000
        /// The bounds of irregular increments.
        public var thresholds = AuditThresholds()

        /// The defaults.
        public init() {}
    }

    private let ledger: any AuditLedger
    private let rankings: any AuditRankings
    private let partitioning: Partitioning
    private let settings: Settings

    /// - Parameters:
    ///   - ledger: the database.
    ///   - rankings: Redis.
    ///   - partitioning: the partitions.
    public init(
        ledger: any AuditLedger, rankings: any AuditRankings, partitioning: Partitioning,
        settings: Settings = Settings()
    ) {
        self.ledger = ledger
        self.rankings = rankings
        self.partitioning = partitioning
        self.settings = settings
    }

    /// Audits boards, one after the other. A board that cannot be compared is left out, and the findings name it.
    ///
    /// - Parameters:
    ///   - boards: the boards, as they are now.
    ///   - actions: the current actions, by id.
    /// - Throws: `unavailable` if a store is out of reach.
    public func run(
        _ boards: [Board], actions: [String: Action]
    ) async throws(StoreError) -> AuditFindings {
        var findings = AuditFindings()
        for board in boards {
            var audit = BoardAudit(
                board, partition: partitioning.partition(of: board), ledger: ledger, rankings: rankings,
                settings: settings)
            do {
                try await audit.run(actions: actions)
            } catch {
                guard error.kind != .unavailable else { throw error }
                audit.leaveOut(because: error.description)
            }
            findings.merge(audit.findings)
        }
        return findings
    }
}
