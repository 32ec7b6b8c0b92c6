import TestSupport
import Testing

// The places that show scores, and the proof that all of them agree.
extension Cluster {
    /// Returns the whole leaderboard, read page by page like a client.
    func leaderboard(node: Int = 0) async throws -> [Standing] {
        var standings: [Standing] = []
        var cursor = ""
        repeat {
            let json = try await page("/leaderboard?limit=1000\(cursor)", node: node)
            standings += Self.standings(json)
            cursor = json["next"]?.string.map { "&cursor=\($0)" } ?? ""
        } while !cursor.isEmpty
        return standings
    }

    /// Returns the first ten entries, read like a client.
    func top(node: Int = 0) async throws -> [Standing] {
        Self.standings(try await page("/leaderboard", node: node))
    }

    /// The answer was not 200.
    struct Refused: Error {
        var text: String
    }

    private func page(_ target: String, node: Int) async throws -> JSON {
        let answer = try await get(target, node: node)
        guard answer.status == 200 else { throw Refused(text: "\(answer.status): \(answer.text)") }
        return try answer.json
    }

    private static func standings(_ page: JSON) -> [Standing] {
        (page["entries"]?.array ?? []).map {
            Standing(user: $0["user_id"]?.string ?? "", score: $0["score"]?.integer ?? .min)
        }
    }

    /// Returns the table `scores`, best first. Among equal scores, the user who reached the score first in the ledger
    /// is first.
    func storedScores() async throws -> [Standing] {
        try await standings(
            """
            SELECT s.user_id, s.score FROM scores s
            JOIN (SELECT board, user_id, max(seq) AS reached FROM score_events GROUP BY board, user_id) e
                USING (board, user_id)
            WHERE s.board = 'global' AND s.window_name = 'all' ORDER BY s.score DESC, e.reached
            """)
    }

    /// Returns the sums of the ledger, ordered by user.
    func ledgerSums() async throws -> [Standing] {
        try await standings(
            "SELECT user_id, sum(points) FROM score_events WHERE board = 'global' GROUP BY user_id ORDER BY user_id")
    }

    private func standings(_ sql: String) async throws -> [Standing] {
        try await ledger.rows(sql).map { line in
            let parts = line.split(separator: "|")
            return Standing(user: String(parts[0]), score: Int64(parts[1]) ?? .min)
        }
    }

    /// Returns the number of rows of the ledger.
    func ledgerCount() async throws -> Int {
        Int(try await ledger.rows("SELECT count(*) FROM score_events").first ?? "") ?? -1
    }

    /// Waits until the ledger has caught up, and compares every place with the acknowledged updates: each acknowledged
    /// update counts exactly once in Redis, in `scores` and in the ledger, nothing else counts, and all nodes show the
    /// same.
    func expectExactly(_ oracle: Oracle, within time: Duration = .seconds(30)) async throws {
        #expect(oracle.violations.isEmpty, "\(oracle.violations.prefix(10))")
        #expect(try await differences(from: oracle, within: time) == [])
        #expect(oracle.brokenChains().isEmpty)
    }

    /// Waits until the ledger has caught up, and returns everything in which Redis, Postgres and the nodes differ from
    /// the acknowledged updates.
    func differences(from oracle: Oracle, within time: Duration = .seconds(30)) async throws -> [String] {
        var found: [String] = []
        func check(_ holds: Bool, _ difference: @autoclosure () -> String) {
            if !holds { found.append(difference()) }
        }
        let expected = oracle.scores
        try await eventually("the ledger has all \(oracle.count) updates", timeout: time, every: .milliseconds(50)) {
            try await ledgerCount() >= oracle.count
        }
        let count = try await ledgerCount()
        check(count == oracle.count, "the ledger has \(count) updates, and \(oracle.count) were acknowledged")
        let signatures = try await ledger.rows("SELECT signature FROM score_events ORDER BY signature COLLATE \"C\"")
        let areTheSame = signatures.elementsEqual(oracle.signatures) { $0 == $1 }
        check(areTheSame, "the ledger holds other action ids than were acknowledged")
        let ranking = try await probe.ranking()
        let byUser = Dictionary(ranking.map { ($0.user, $0.score) }, uniquingKeysWith: { first, _ in first })
        check(byUser == expected, "Redis has \(byUser), and \(expected) was acknowledged")
        check(byUser.count == ranking.count, "Redis has a user twice: \(ranking)")
        let sums = Dictionary(
            try await ledgerSums().map { ($0.user, $0.score) }, uniquingKeysWith: { first, _ in first })
        check(sums == expected, "the ledger adds up to \(sums), and \(expected) was acknowledged")
        let stored = try await storedScores()
        check(stored == ranking, "the table scores has \(stored), and Redis has \(ranking)")
        for node in apis.indices {
            let shown = try await leaderboard(node: node)
            check(shown == ranking, "API node \(node) shows \(shown), and Redis has \(ranking)")
        }
        return found
    }

    /// Waits until Redis has the current boards of the catalogue. After that, nodes write nothing there by themselves.
    func boardsArePublished() async throws {
        let revision = try await ledger.rows("SELECT revision FROM catalogue_revision").first ?? ""
        try await eventually("the boards are published") {
            let tag = try await probe.command("HGET", "{sc00}:catalogue", "tag")
            guard case .text(let text) = tag else { return false }
            return text.hasPrefix(revision + "-")
        }
    }
}
