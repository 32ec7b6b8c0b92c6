import TestSupport
import Testing

extension EndToEnd {
    /// The seasons of many boards end at once, while the persisters that seal and archive them die again and again.
    @Suite("Seasons are sealed and archived")
    struct Sealing {
        private static var plan: Cluster.Plan {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (2, 0, 2)
            return plan
        }

        @Test("persisters killed at random moments archive each season exactly once", .timeLimit(.minutes(5)))
        func randomKills() async throws {
            try await Cluster.run(Self.plan) { cluster in
                let seasons = try await EndedSeasons.play(on: cluster)
                for round in 0..<(EndToEnd.isFull ? 40 : 10) {
                    try await Task.sleep(for: .milliseconds(Int.random(in: 50...300)))
                    if let victim = cluster.persisters.randomElement() { await victim.kill() }
                    // At times nobody is left to work on.
                    if round % 3 == 2 { for persister in cluster.persisters { await persister.kill() } }
                    while cluster.persisters.count < 2 { try await cluster.startNode("persister") }
                }
                try await seasons.areArchived(within: .seconds(60))
            }
        }

        @Test("persisters killed after each step of sealing go on with the next", .timeLimit(.minutes(5)))
        func killsBetweenSteps() async throws {
            try await Cluster.run(Self.plan) { cluster in
                let ledger = cluster.ledger
                var lock: TableLock?
                let seasons = try await EndedSeasons.play(on: cluster) {
                    lock = try await TableLock("archived_periods", of: ledger)
                }
                // Redis knows that they are sealed, and the ledger does not.
                try await eventually("a ranking is sealed") { try await seasons.sealed() > 0 }
                #expect(try await ledger.rows("SELECT count(*) FROM archived_periods") == ["0"])
                try await Self.killAll(cluster)
                try await lock?.release()

                // The ledger knows it, and the archive is empty.
                lock = try await TableLock("archived_entries", of: ledger)
                for _ in 0..<2 { try await cluster.startNode("persister") }
                try await eventually("the ledger has a seal") {
                    try await ledger.rows("SELECT count(*) FROM archived_periods WHERE checksum IS NULL") != ["0"]
                }
                try await Self.killAll(cluster)
                #expect(try await ledger.rows("SELECT count(*) FROM archived_periods WHERE checksum IS NULL") != ["0"])
                #expect(try await ledger.rows("SELECT count(*) FROM archived_entries") == ["0"])
                for _ in 0..<2 { try await cluster.startNode("persister") }
                // The archive is complete, and the ranking is still in Redis, where nothing can be removed now.
                _ = try await cluster.probe.command("ACL", "SETUSER", "default", "-unlink")
                try await lock?.release()
                try await eventually("a season is archived") {
                    try await ledger.rows("SELECT count(*) FROM archived_periods WHERE checksum IS NOT NULL") != ["0"]
                }
                try await Self.killAll(cluster)
                #expect(try await seasons.sealed() > 0)
                _ = try await cluster.probe.command("ACL", "SETUSER", "default", "+unlink")
                for _ in 0..<2 { try await cluster.startNode("persister") }
                try await seasons.areArchived(within: .seconds(60))
            }
        }

        private static func killAll(_ cluster: Cluster) async throws {
            for persister in cluster.persisters { await persister.kill() }
        }

        @Test("a season that was cut short while no persister ran is archived within 10 s", .timeLimit(.minutes(2)))
        func cutShort() async throws {
            try await Cluster.run(Self.plan) { cluster in
                let now = Credentials.milliseconds
                func windows(until end: Int64) -> String {
                    #"{"windows":[\#(WindowText.season("season", now - 1000, end))],"grace_seconds":0}"#
                }
                try await cluster.makeBoard("short", windows(until: now + 3_600_000))
                try await cluster.makeAction("short", on: ["short"])
                try await cluster.score("ann", "short")
                try await Self.killAll(cluster)
                let end = Credentials.milliseconds + 1000
                let answer = try await cluster.administer("PATCH", "/boards/short", windows(until: end))
                #expect(answer.status == 200, "\(answer.text)")
                try await cluster.waitUntil(end)
                try await cluster.startNode("persister")
                try await eventually("it is archived", timeout: .seconds(10) + EndToEnd.machineSlack) {
                    try await cluster.ledger.rows(
                        "SELECT entries FROM archived_periods WHERE board = 'short' AND checksum IS NOT NULL") == ["1"]
                }
            }
        }
    }
}
