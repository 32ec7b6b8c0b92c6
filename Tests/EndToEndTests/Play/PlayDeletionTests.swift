import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Users are deleted while they play.
    @Suite("Deletion of players")
    struct PlayDeletion {
        /// The columns of play that name users.
        private static let columns = [
            ("tasks", "user_id"), ("awards", "user_id"), ("challenges", "user_id"), ("challenge_members", "user_id"),
            ("player_counts", "user_id"), ("streaks", "user_id"), ("user_badges", "user_id"),
            ("notifications", "user_id"), ("notification_preferences", "user_id"), ("analytics_days", "user_id"),
            ("analytics_users", "user_id"), ("wallets", "user_id"), ("wallet_entries", "user_id"),
            ("score_events", "user_id"), ("scores", "user_id"),
        ]

        private func rows(of user: String, in cluster: Cluster) async throws -> [String] {
            var found: [String] = []
            for (table, column) in Self.columns {
                let count = try await cluster.count("SELECT count(*) FROM \(table) WHERE \(column) = '\(user)'")
                if count != 0 { found.append("\(table): \(count)") }
            }
            return found
        }

        @Test("at a random moment of completions, nothing stays", .timeLimit(.minutes(5)))
        func amid() async throws {
            try await Cluster.withPlay { cluster in
                try await cluster.setRate("walk", points: 7, coins: 3)
                try await cluster.makeBadge("first", #"{"kind":"count","at_least":1,"action":"sys-task"}"#)
                for round in 0..<(EndToEnd.isFull ? 20 : 4) {
                    let user = "gone\(round)"
                    var tasks: [String] = []
                    for _ in 0..<5 { tasks.append(try await cluster.makeTask(user)) }
                    let all = tasks
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for task in all {
                            group.addTask {
                                _ = try? await cluster.play(
                                    "POST", "/tasks/complete", #"{"task_id":"\#(task)"}"#, user: user)
                            }
                        }
                        group.addTask {
                            try await Task.sleep(for: .milliseconds(Int.random(in: 0...100)))
                            try await eventually("the user is deleted") {
                                let answer = try await cluster.administer("DELETE", "/users/\(user)")
                                guard [200, 202, 204].contains(answer.status) else {
                                    throw Cluster.Unexpected(text: "\(answer.status): \(answer.text)")
                                }
                                return true
                            }
                        }
                        try await group.waitForAll()
                    }
                    // A completion that came after the deletion begins a later life, which is deleted, too.
                    try await eventually("nothing names \(user)", timeout: .seconds(60)) {
                        let left = try await rows(of: user, in: cluster)
                        if left.isEmpty { return true }
                        _ = try await cluster.administer("DELETE", "/users/\(user)")
                        throw Cluster.Unexpected(text: "\(left)")
                    }
                }
            }
        }
    }
}
