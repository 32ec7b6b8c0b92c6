import Foundation
import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    /// A process is killed at each step of an award, and the award counts once.
    @Suite("The steps of an award")
    struct AwardSteps {
        /// Where the award is held until the process is dead.
        enum Step: String, CaseIterable, Sendable {
            /// The transaction of what earned it is open.
            case beforeCommit
            /// It is committed, and Redis has not heard of it.
            case beforeApply
            /// Redis has applied it, and its row does not say so.
            case beforeSettle
            /// It is settled in Redis, and the ledger does not have it.
            case beforeLedger
            /// The ledger has it, and the followers do not.
            case beforeFollowers
        }

        /// The process that dies.
        enum Victim: String, CaseIterable, Sendable {
            case play, redis, persister
        }

        @Test("SIGKILL", .timeLimit(.minutes(10)), arguments: Step.allCases)
        func killed(step: Step) async throws {
            try await Cluster.withPlay { cluster in
                try await cluster.setRate("walk", points: 7, coins: 3)
                try await cluster.makeBadge("first", #"{"kind":"count","at_least":1,"action":"sys-task"}"#)
                for (index, victim) in Victim.allCases.enumerated() {
                    let user = "\(step)-\(victim)"
                    let task = try await cluster.makeTask(user)
                    try await hold(
                        step, in: cluster,
                        until: {
                            try await kill(victim, in: cluster)
                        },
                        start: {
                            _ = try? await cluster.play(
                                "POST", "/tasks/complete", #"{"task_id":"\#(task)"}"#, user: user)
                        })
                    let body = try await cluster.complete(task, user: user)
                    #expect(body["new_score"] == 7 && body["coins"] == 3, "\(step) \(victim): \(body.text)")
                    try await eventually("the ledger has it") {
                        try await cluster.count("SELECT count(*) FROM score_events") >= index + 1
                    }
                    #expect(try await cluster.count("SELECT count(*) FROM score_events") == index + 1)
                    #expect(try await cluster.count("SELECT count(*) FROM wallet_entries") == index + 1)
                    try await eventually("the badge is there") {
                        try await cluster.count("SELECT count(*) FROM user_badges") == index + 1
                    }
                }
                let ranking = try await cluster.probe.ranking()
                #expect(ranking.count == Victim.allCases.count && ranking.allSatisfy { $0.score == 7 })
            }
        }

        private func kill(_ victim: Victim, in cluster: Cluster) async throws {
            switch victim {
            case .play:
                await cluster.plays[0].kill()
                try await cluster.startNode("play")
            case .redis:
                await cluster.redis.kill()
                try await cluster.redis.restart()
            case .persister:
                await cluster.persisters[0].kill()
                try await cluster.startNode("persister")
            }
        }

        /// Holds a completion at a step while somebody is killed.
        private func hold(
            _ step: Step, in cluster: Cluster, until killed: () async throws -> Void,
            start: @escaping @Sendable () async -> Void
        ) async throws {
            switch step {
            case .beforeCommit: try await locked("awards", cluster, killed, start)
            case .beforeApply: try await paused(cluster, thenLocked: false, killed, start)
            case .beforeSettle: try await paused(cluster, thenLocked: true, killed, start)
            case .beforeLedger: try await locked("score_events", cluster, killed, start)
            case .beforeFollowers: try await locked("player_counts", cluster, killed, start)
            }
        }

        /// A lock on a table, which only lets readers in, holds the step until the kill.
        private func locked(
            _ table: String, _ cluster: Cluster, _ killed: () async throws -> Void,
            _ start: @escaping @Sendable () async -> Void
        ) async throws {
            let lock = try await TableLock(table, of: cluster.ledger)
            let request = Task { await start() }
            try await eventually("somebody waits for \(table)", timeout: .seconds(20)) {
                try await cluster.count(
                    "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = '\(table)'::regclass") > 0
            }
            try await killed()
            try await lock.release()
            await request.value
        }

        /// A Redis that does not answer holds the award before it is applied; then a lock before it is settled.
        private func paused(
            _ cluster: Cluster, thenLocked: Bool, _ killed: () async throws -> Void,
            _ start: @escaping @Sendable () async -> Void
        ) async throws {
            let process = await cluster.redis.pid
            let pid = try #require(process)
            let entries = try await cluster.probe.ranking().count
            _ = Foundation.kill(pid, SIGSTOP)
            let request = Task { await start() }
            try await eventually("the award is committed, and a node has taken it") {
                try await cluster.count("SELECT count(*) FROM awards WHERE state = 'open' AND tries > 0") > 0
            }
            guard thenLocked else {
                // A stopped Redis can be killed, but a node that starts waits for it.
                let resuming = Task {
                    try? await Task.sleep(for: .seconds(1))
                    _ = Foundation.kill(pid, SIGCONT)
                }
                try await killed()
                await resuming.value
                await request.value
                return
            }
            let lock = try await TableLock("awards", of: cluster.ledger)
            _ = Foundation.kill(pid, SIGCONT)
            try await eventually("Redis has applied it") { try await cluster.probe.ranking().count > entries }
            try await killed()
            try await lock.release()
            await request.value
        }
    }
}
