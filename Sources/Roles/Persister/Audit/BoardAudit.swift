import Leaderboard

/// The audit of one board. The decisions are in ``LedgerAudit`` and ``SecondLook``.
struct BoardAudit {
    private let board: Board
    private let partition: Int
    private let ledger: any AuditLedger
    private let rankings: any AuditRankings
    private let settings: Audit.Settings
    /// What was found so far.
    private(set) var findings = AuditFindings()
    private var candidates: [Candidate] = []

    /// An entry that differs from its row, and may be on its way.
    private struct Candidate {
        let ranking: Ranking
        let user: String
        /// The first look.
        var entry: ReachedScore?
        var seq: Int64
        var epoch: String
    }

    /// Users of one call.
    private static let usersMax = 1000

    init(
        _ board: Board, partition: Int, ledger: any AuditLedger, rankings: any AuditRankings, settings: Audit.Settings
    ) {
        self.board = board
        self.partition = partition
        self.ledger = ledger
        self.rankings = rankings
        self.settings = settings
    }

    /// Records that the board was not compared to the end.
    mutating func leaveOut(because reason: String) { findings.leaveOut(board.id, because: reason) }

    /// Compares all rankings.
    mutating func run(actions: [String: Action]) async throws(StoreError) {
        var audit = LedgerAudit(board: board, actions: actions, thresholds: settings.thresholds)
        var known: Set<Ranking> = []
        var user: String?
        repeat {
            let page = try await ledger.page(audit, partition: partition, after: user)
            (audit, user) = (page.audit, page.next)
            for (ranking, rows) in Dictionary(grouping: page.rows, by: \.ranking) {
                known.insert(ranking)
                let seal = audit.acts.seal(of: ranking)
                try await compare(ranking, rows.filter { $0.reached.seq > seal })
            }
        } while user != nil
        audit.finish()
        findings.merge(audit.findings)
        known.formUnion(try await rankings.rankings(of: board))
        for ranking in known.sorted(by: { ($0.window, $0.period) < ($1.window, $1.period) }) {
            try await compareBack(ranking)
        }
        try await decide()
    }

    // MARK: The first look

    /// Compares the rows of a page with Redis.
    private mutating func compare(_ ranking: Ranking, _ rows: [LedgerAudit.Row]) async throws(StoreError) {
        for start in stride(from: 0, to: rows.count, by: Self.usersMax) {
            let rows = rows[start..<min(start + Self.usersMax, rows.count)]
            let look = try await look(at: ranking, rows.map(\.userID))
            guard !look.isSealed else { return }
            findings.count(rankings: 0, entries: rows.count)
            note(torn: look.torn, in: ranking)
            for row in rows {
                let entry = look.entries[ByteExact(row.userID)]
                if entry != row.reached { try await keep(row.userID, in: ranking, entry, look) }
            }
        }
    }

    /// Compares the users of Redis with the rows, and the keys of the ranking with each other.
    private mutating func compareBack(_ ranking: Ranking) async throws(StoreError) {
        let whole = try await look(at: ranking, [])
        guard !whole.isSealed else { return }
        findings.count(rankings: 1, entries: 0)
        if whole.counts.users != whole.counts.members {
            findings.add(
                AuditDifference(
                    .keys, ranking: ranking,
                    reason: "Redis has \(whole.counts.users) users and \(whole.counts.members) places of them"))
        }
        let strays = try await rankings.strayLevels(of: ranking, of: board)
        if strays > 0 {
            findings.add(
                AuditDifference(.keys, ranking: ranking, reason: "Redis has \(strays) levels that no entry has"))
        }
        var cursor: String?
        repeat {
            let page = try await rankings.users(of: ranking, of: board, cursor: cursor)
            cursor = page.next
            for start in stride(from: 0, to: page.users.count, by: Self.usersMax) {
                let users = Array(page.users[start..<min(start + Self.usersMax, page.users.count)])
                let scores = try await ledger.scores(of: ranking, partition: partition, users: users)
                let missing = users.filter { scores.rows[ByteExact($0)] == nil }
                guard !missing.isEmpty else { continue }
                let look = try await look(at: ranking, missing)
                guard !look.isSealed else { return }
                note(torn: look.torn, in: ranking)
                for user in missing {
                    guard let entry = look.entries[ByteExact(user)], entry.seq > scores.seal else { continue }
                    findings.count(rankings: 0, entries: 1)
                    try await keep(user, in: ranking, entry, look)
                }
            }
        } while cursor != nil
    }

    private func look(at ranking: Ranking, _ users: [String]) async throws(StoreError) -> RankingLook {
        let look = try await rankings.look(at: ranking, of: board, users: users)
        guard look.epoch != nil else { throw StoreError(.closed, "partition \(partition) is closed in Redis") }
        return look
    }

    private mutating func note(torn users: [String], in ranking: Ranking) {
        for user in users {
            findings.add(
                AuditDifference(
                    .keys, ranking: ranking, userID: user,
                    reason: "Redis has another value, or none, in the sorted sets than in the hash of members"))
        }
    }

    private mutating func keep(
        _ user: String, in ranking: Ranking, _ entry: ReachedScore?, _ look: RankingLook
    ) async throws(StoreError) {
        candidates.append(
            Candidate(ranking: ranking, user: user, entry: entry, seq: look.seq, epoch: look.epoch ?? ""))
        if candidates.count >= settings.candidatesMax { try await decide() }
    }

    // MARK: The second look

    /// Decides about all candidates.
    private mutating func decide() async throws(StoreError) {
        for _ in 0..<settings.triesMax {
            guard let seq = candidates.map(\.seq).max() else { return }
            guard try await ledgerReaches(seq, candidates[0].ranking) else { break }
            let open = candidates
            candidates = []
            for (ranking, group) in Dictionary(grouping: open, by: \.ranking) {
                for start in stride(from: 0, to: group.count, by: Self.usersMax) {
                    try await lookAgain(ranking, Array(group[start..<min(start + Self.usersMax, group.count)]))
                }
            }
        }
        findings.undecided += candidates.count
        candidates = []
    }

    /// Waits for the ledger. Returns false if it takes too long.
    private func ledgerReaches(_ seq: Int64, _ ranking: Ranking) async throws(StoreError) -> Bool {
        let end = ContinuousClock.now + settings.ledgerWaitMax
        while true {
            let scores = try await ledger.scores(of: ranking, partition: partition, users: [])
            if scores.position >= seq { return true }
            guard ContinuousClock.now < end else { return false }
            do { try await Task.sleep(for: settings.ledgerInterval) } catch {
                throw StoreError(.unavailable, "the audit was ended")
            }
        }
    }

    private mutating func lookAgain(_ ranking: Ranking, _ group: [Candidate]) async throws(StoreError) {
        let users = group.map(\.user)
        let scores = try await ledger.scores(of: ranking, partition: partition, users: users)
        let look = try await look(at: ranking, users)
        guard !look.isSealed else { return }
        guard look.seq >= scores.position else {
            throw StoreError(.closed, "Redis is older than the ledger in partition \(partition)")
        }
        for var candidate in group {
            let (row, second) = (scores.rows[ByteExact(candidate.user)], look.entries[ByteExact(candidate.user)])
            var verdict = SecondLook(
                first: candidate.entry, seq: candidate.seq, row: row, second: second, seal: scores.seal)
            // Another history has begun in between.
            if candidate.epoch != look.epoch, verdict == .differ { verdict = .again }
            switch verdict {
            case .agree: continue
            case .differ:
                findings.add(
                    AuditDifference(
                        .redis, ranking: ranking, userID: candidate.user, redis: candidate.entry, scores: row,
                        reason: Self.reason(candidate.entry, row)))
            case .again:
                (candidate.entry, candidate.seq, candidate.epoch) = (second, look.seq, look.epoch ?? "")
                candidates.append(candidate)
            }
        }
    }

    private static func reason(_ entry: ReachedScore?, _ row: ReachedScore?) -> String {
        guard let entry else { return "Redis lacks an entry that scores has" }
        guard let row else { return "Redis has an entry that scores lacks" }
        return entry.score == row.score
            ? "Redis and scores reached the score with another event" : "Redis has another score than scores"
    }
}
