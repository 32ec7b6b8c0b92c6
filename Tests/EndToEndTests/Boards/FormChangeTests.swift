import TestSupport
import Testing

extension EndToEnd {
    @Suite("Boards change their form under traffic")
    struct FormChange {
        /// A row of the ledger.
        private struct Row {
            var seq: Int64
            var kind: String
            var user: String
            var signature: String
            var points: Int64
            var score: Int64
        }

        /// The changes, each with the members of the form that have new values.
        private static let changes = [
            #"{"order":"asc"}"#, #"{"ties":"shared"}"#, #"{"order":"desc","windows":["all","daily"]}"#,
            #"{"ties":"dense","windows":["all","hourly","weekly"]}"#, #"{"windows":["all"]}"#,
            #"{"ties":"last","time_zone":"Asia/Tokyo","windows":["all","daily"]}"#, #"{"ties":"first"}"#,
        ]

        private static let rounds = EndToEnd.isFull ? 10 : 2

        @Test(
            "each acknowledged update counts once, in one form only, and those after the last reset are the scores",
            .timeLimit(.minutes(4)))
        func underTraffic() async throws {
            var plan = Cluster.Plan()
            plan.gateways = 0
            try await Cluster.run(plan) { cluster in
                try await cluster.makeBoard("form", #"{"allow_decrease":true}"#)
                try await cluster.makeAction("form", points: 3, on: ["form"])
                let traffic = BoardTraffic(cluster, action: "form")
                // Both nodes know the action.
                for node in 0..<2 { try await cluster.score("known", "form", node: node) }
                let known = 2
                try await traffic.run {
                    for round in 0..<Self.rounds {
                        for (index, change) in Self.changes.enumerated() {
                            let before = traffic.acknowledged.count
                            try await eventually("updates go on") { traffic.acknowledged.count > before + 40 }
                            try await Self.change(cluster, change, node: (round + index) % 2)
                        }
                        // A new window needs no reset. It begins empty, and misses nothing that comes later.
                        try await Self.change(cluster, #"{"windows":["all","monthly"]}"#, node: 0)
                        try await Self.change(
                            cluster, #"{"windows":["all","monthly","yearly"]}"#, node: 1, resets: false)
                    }
                    let before = traffic.acknowledged.count
                    try await eventually("updates go on") { traffic.acknowledged.count > before + 100 }
                }
                #expect(traffic.violations == [])
                for node in 0..<2 {
                    try await eventually("node \(node) knows the last window") {
                        try await cluster.get("/leaderboard?board=form&window=yearly", node: node).status == 200
                    }
                }
                try await Self.check(cluster, traffic, known: known)
            }
        }

        /// Changes the form, also if the other node changed the catalogue at the same moment.
        private static func change(_ cluster: Cluster, _ json: String, node: Int, resets: Bool = true) async throws {
            try await eventually("the form changes: \(json)") {
                let answer = try await cluster.administer(
                    "PATCH", "/boards/form" + (resets ? "?reset=true" : ""), json, node: node)
                #expect([200, 503].contains(answer.status), "\(answer.text)")
                return answer.status == 200
            }
        }

        private static func check(_ cluster: Cluster, _ traffic: BoardTraffic, known: Int) async throws {
            let count = traffic.acknowledged.count + known
            try await eventually("the ledger has all \(count) updates", every: .milliseconds(100)) {
                try await Self.rows(cluster).count { $0.kind == "update" } >= count
            }
            let rows = try await rows(cluster)
            let updates = rows.filter { $0.kind == "update" }
            #expect(updates.count == count, "each acknowledged update is in the ledger once")
            #expect(traffic.acknowledged.isSubset(of: updates.map(\.signature)))
            #expect(rows.count { $0.kind == "reset" } >= rounds * changes.count)
            // Follow the ledger: a score is never that of another form.
            var scores: [String: Int64] = [:]
            for row in rows {
                guard row.kind == "update" else {
                    #expect(row.kind == "reset")
                    scores = [:]
                    continue
                }
                scores[row.user, default: 0] += row.points
                #expect(scores[row.user] == row.score, "of \(row.user) after \(row.seq)")
            }
            for node in 0..<2 {
                let shown = try await cluster.entries("form", node: node).standings
                let found = Dictionary(shown.map { ($0.user, $0.score) }) { first, _ in first }
                #expect(found == scores && shown.count == scores.count)
                #expect(shown.map(\.score) == shown.map(\.score).sorted(by: >))
                let monthly = try await cluster.entries("form&window=monthly", node: node).standings
                #expect(monthly == shown)
                // The newest window has what came after it.
                let yearly = try await cluster.entries("form&window=yearly", node: node).standings
                #expect(yearly.allSatisfy { $0.score <= scores[$0.user] ?? 0 } && !yearly.isEmpty)
            }
            try await eventually("the table scores has the same") {
                let stored = try await cluster.ledger.rows(
                    "SELECT user_id || '=' || score FROM scores WHERE board = 'form' AND window_name = 'all'")
                return Set(stored.map(String.init)) == Set(scores.map { "\($0)=\($1)" })
            }
        }

        /// The ledger of the board, in its order. The board has one partition all the time.
        private static func rows(_ cluster: Cluster) async throws -> [Row] {
            try await cluster.ledger.rows(
                """
                SELECT seq, kind, user_id, signature, points, score FROM score_events
                WHERE board = 'form' ORDER BY seq
                """
            ).map { line in
                let parts = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
                return Row(
                    seq: Int64(parts[0]) ?? -1, kind: parts[1], user: parts[2], signature: parts[3],
                    points: Int64(parts[4]) ?? .min, score: Int64(parts[5]) ?? .min)
            }
        }
    }
}
