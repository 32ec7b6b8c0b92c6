import Foundation
import LocalServers
import TestSupport

/// The proof at the end of a run: with everything up again, all places agree with the oracle.
struct FaultProof {
    private let deployment: FaultDeployment
    private let oracle: FaultOracle
    /// The signatures of the acknowledged updates that must be lost, and no others.
    private let lost: Set<Substring>
    private let startDay: Int64
    private var found: [String] = []

    /// A row of the ledger.
    private struct Row {
        var board: Substring
        var user: Substring
        var score: Substring
    }

    private static let shownMax = 20

    private init(_ deployment: FaultDeployment, _ oracle: FaultOracle, lost: Set<Substring>, startDay: Int64) {
        self.deployment = deployment
        self.oracle = oracle
        self.lost = lost
        self.startDay = startDay
    }

    /// The day by UTC.
    static var day: Int64 { Credentials.seconds / 86_400 }

    /// Waits until everything is up, and returns all that is wrong.
    ///
    /// - Parameters:
    ///   - lost: the signatures of the acknowledged updates that must be lost.
    ///   - startDay: the day on which the run began. After midnight, windows begin again and are not compared.
    static func differences(
        _ deployment: FaultDeployment, _ oracle: FaultOracle, lost: Set<Substring> = [], startDay: Int64
    ) async throws -> [String] {
        var proof = FaultProof(deployment, oracle, lost: lost, startDay: startDay)
        try await deployment.everythingIsUp(within: .seconds(60))
        try await deployment.ledgerHasAll(within: .seconds(60))
        try await proof.compare()
        return oracle.violations + proof.found
    }

    private mutating func compare() async throws {
        let entries = oracle.entries
        let rows = try await ledgerRows()
        var expected: [String: Int64] = [:]
        for (signature, rowsOfOne) in rows {
            guard let entry = entries[signature] else {
                found.append("the ledger has an update that nobody sent: \(signature)")
                continue
            }
            let boards = rowsOfOne.map { String($0.board) }.sorted()
            if boards != entry.action.boards.sorted() {
                found.append("counted on \(boards): \(oracle.story(signature))")
            }
            for row in rowsOfOne { expected["\(row.board)|\(row.user)", default: 0] += entry.action.points }
            compare(rowsOfOne, with: entry, signature)
        }
        compareLosses(entries, Set(rows.keys))
        try await compareScores(expected)
        try await compareRankings(expected)
        try await askTables()
        try await audit()
    }

    /// The answer of an update tells the score that the ledger has.
    private mutating func compare(_ rows: [Row], with entry: FaultOracle.Entry, _ signature: Substring) {
        guard let answer = entry.answer, !answer.isEmpty, let first = entry.action.boards.first,
            let row = rows.first(where: { $0.board == first })
        else { return }
        if !answer.contains(#""new_score":\#(row.score),"#) {
            found.append("the ledger has the score \(row.score), the answer was \(answer): \(oracle.story(signature))")
        }
    }

    private mutating func compareLosses(_ entries: [Substring: FaultOracle.Entry], _ kept: Set<Substring>) {
        let missing = Set(entries.lazy.filter { $0.value.answer != nil && !kept.contains($0.key) }.map(\.key))
        list("lost", missing.subtracting(lost))
        list("not lost, but it was after the position of Postgres and not on Redis' disk", lost.subtracting(missing))
    }

    private mutating func list(_ what: String, _ signatures: Set<Substring>) {
        guard !signatures.isEmpty else { return }
        found.append("\(what): \(signatures.count) updates")
        found += signatures.prefix(Self.shownMax).map { "\(what): \(oracle.story($0))" }
    }

    private func ledgerRows() async throws -> [Substring: [Row]] {
        let lines = try await deployment.ledger.rows(
            "SELECT signature, board, user_id, score FROM score_events WHERE kind IN ('update', 'correction')")
        var rows: [Substring: [Row]] = [:]
        for line in lines {
            let parts = line.split(separator: "|")
            guard parts.count == 4 else { continue }
            rows[parts[0], default: []].append(Row(board: parts[1], user: parts[2], score: parts[3]))
        }
        return rows
    }

    /// The table `scores`, with what was archived, in each window.
    private mutating func compareScores(_ expected: [String: Int64]) async throws {
        let windows = Self.day == startDay ? FaultDeployment.windows : ["all"]
        for window in windows {
            let lines = try await deployment.ledger.rows(
                """
                SELECT board, user_id, score FROM scores WHERE window_name = '\(window)'
                UNION ALL SELECT board, user_id, score FROM archived_entries WHERE window_name = '\(window)'
                """)
            compare(
                "scores of the window \(window)", Self.table(lines),
                expected.filter {
                    window == "all" || !$0.key.hasPrefix("large|")
                })
        }
    }

    /// The rankings in Redis.
    private mutating func compareRankings(_ expected: [String: Int64]) async throws {
        let windows = Self.day == startDay ? FaultDeployment.windows : ["all"]
        let probe = deployment.probe
        for window in windows {
            var held: [String: Int64] = [:]
            for board in ["race", "arena", "duel", "large"] {
                let keys = try await probe.command("KEYS", "*:ranking:\(board):\(window):*").texts
                for key in keys {
                    let flat = try await probe.command("ZRANGE", key, "0", "-1", "WITHSCORES").texts
                    for index in stride(from: 0, to: flat.count - 1, by: 2) {
                        held["\(board)|\(flat[index].dropFirst(16))", default: 0] += Int64(flat[index + 1]) ?? .min
                    }
                }
            }
            compare(
                "Redis, window \(window)", held,
                expected.filter {
                    window == "all" || !$0.key.hasPrefix("large|")
                })
        }
    }

    private static func table(_ lines: [Substring]) -> [String: Int64] {
        var table: [String: Int64] = [:]
        for line in lines {
            let parts = line.split(separator: "|")
            guard parts.count == 3 else { continue }
            table["\(parts[0])|\(parts[1])", default: 0] += Int64(parts[2]) ?? .min
        }
        return table
    }

    private mutating func compare(_ place: String, _ held: [String: Int64], _ expected: [String: Int64]) {
        guard held != expected else { return }
        let different = Set(held.keys).union(expected.keys).filter { held[$0] != expected[$0] }.sorted()
        let shown = different.prefix(Self.shownMax).map {
            "\($0) \(held[$0].map { "\($0)" } ?? "-") instead of \(expected[$0].map { "\($0)" } ?? "-")"
        }
        found.append("\(place): \(different.count) differ: \(shown.joined(separator: "; "))")
    }

    private mutating func askTables() async throws {
        let letters = try await deployment.ledger.rows("SELECT seq, sqlstate, reason FROM dead_letters LIMIT 5")
        if !letters.isEmpty { found.append("dead letters: \(letters)") }
    }

    private mutating func audit() async throws {
        var environment = deployment.cluster.environment
        environment["SCORECAST_REDIS_URL"] = deployment.redis.url
        let outcome = try await ScorecastProcess.run(
            ["audit", "--json"], environment: environment, within: .seconds(120))
        if outcome.code != 0 {
            found.append(
                "the audit ends with \(outcome.code): \(outcome.output.prefix(2000)) \(outcome.errors.prefix(500))")
        }
    }
}
