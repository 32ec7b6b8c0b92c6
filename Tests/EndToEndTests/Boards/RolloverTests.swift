import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// The beginning of a period, for watchers on gateways without a database, while nobody updates.
    @Suite("Watchers at a rollover")
    struct Rollover {
        private static let windows = #""windows":[{"name":"minute","cron":"* * * * *"}]"#
        private static let boards = ["round", "quiet", "tied"]
        private static let minute: Int64 = 60_000

        /// The ways to watch: on two gateways, whole tops and changes, by a WebSocket and by an event stream.
        private static func watchers(_ ports: [Int], _ board: String) async throws -> [MessageLog] {
            var logs: [MessageLog] = []
            for port in ports {
                for mode in ["full", "delta"] {
                    logs += try await MessageLog.both(port: port, "?board=\(board)&window=minute&mode=\(mode)")
                }
            }
            return logs
        }

        /// The name of the period that begins at a time.
        private static func name(_ start: Int64) -> JSON { .string(String(WindowText.time(start).prefix(16))) }

        @Test(
            "all get the empty snapshot of the new period within 2 s, with the next version; then updates of it",
            .timeLimit(.minutes(4)))
        func everyMinute() async throws {
            var plan = Cluster.Plan()
            (plan.gateways, plan.persisters) = (0, 0)
            try await Cluster.run(plan) { cluster in
                let blind = ["SCORECAST_POSTGRES_URL": "postgresql://nobody@127.0.0.1:1/nothing"]
                for _ in 0..<2 { try await cluster.startNode("gateway", with: blind) }
                for board in Self.boards {
                    let ties = board == "tied" ? "shared" : "first"
                    try await cluster.makeBoard(board, #"{\#(Self.windows),"ties":"\#(ties)"}"#)
                    try await cluster.makeAction(board, on: [board])
                }
                // Begin early in a minute, so that all watchers are there before its end.
                try await eventually("a minute is young", timeout: .seconds(70)) {
                    Credentials.milliseconds % Self.minute < 30_000
                }
                for board in Self.boards where board != "quiet" {
                    for user in ["ann", "bob"] { try await cluster.score(user, board) }
                }
                let ports = cluster.gateways.map(\.port)
                var logs: [(board: String, logs: [MessageLog])] = []
                for board in Self.boards { logs.append((board, try await Self.watchers(ports, board))) }
                let start = (Credentials.milliseconds / Self.minute + 1) * Self.minute
                let before = logs.map { $0.logs.map { $0.last } }
                try await cluster.waitUntil(start)
                for (index, (board, logs)) in logs.enumerated() {
                    try await Self.seesTheStart(logs, of: start, board: board, before: before[index])
                }
                try await Self.updates(cluster, logs, start: start)
                for log in logs.flatMap(\.logs) { log.stop() }
            }
        }

        /// Expects the snapshot of a period that has just begun.
        private static func seesTheStart(
            _ logs: [MessageLog], of start: Int64, board: String, before: [JSON?]
        ) async throws {
            let deadline = start + 2000 + 1000
            for (log, before) in zip(logs, before) {
                let before = try #require(before)
                #expect(before["entries"]?.array?.count == (board == "quiet" ? 0 : 2))
                let left = max(0, deadline - Credentials.milliseconds)
                try await eventually("the new period of \(board)", timeout: .milliseconds(left)) {
                    log.last?["period"] == name(start)
                }
                let last = try #require(log.last)
                #expect(last["type"] == "snapshot" && last["entries"] == [] && last["epoch"] == before["epoch"])
                #expect(last["version"]?.integer == before["version"]?.integer.map { $0 + 1 }, "\(board)")
                let count = log.state.messages.count { $0.message["period"] == name(start) }
                #expect(count == 1, "\(board) got \(log.types)")
            }
            #expect(Set(logs.map { $0.last?["version"] }).count == 1)
        }

        /// Expects the changes of the new period.
        private static func updates(
            _ cluster: Cluster, _ logs: [(board: String, logs: [MessageLog])], start: Int64
        ) async throws {
            for (board, logs) in logs {
                let version = try #require(logs[0].last?["version"]?.integer)
                try await cluster.score("cid", board)
                for (index, log) in logs.enumerated() {
                    try await eventually("the change of \(board) comes") {
                        log.state.messages.last?.message["version"]?.integer == version + 1
                    }
                    let message = try #require(log.state.messages.last?.message)
                    // Two whole tops, and two streams of changes, on each gateway.
                    let isDelta = index % 4 >= 2
                    #expect(message["type"] == (isDelta ? "leaderboard-delta" : "leaderboard-update"), "\(board)")
                    #expect(message["period"] == name(start), "\(message.text)")
                    #expect(message["window"] == "minute" && message["board"] == .string(board))
                    if isDelta { #expect(message["from"]?.integer == version) }
                    if !isDelta { #expect(message["entries"]?.array?.standings == [Standing(user: "cid", score: 5)]) }
                }
                #expect(try await cluster.entries(board, node: 1).standings == [Standing(user: "cid", score: 5)])
                let previous = try await cluster.entries("\(board)&period=previous").count
                #expect(previous == (board == "quiet" ? 0 : 2))
            }
        }
    }
}
