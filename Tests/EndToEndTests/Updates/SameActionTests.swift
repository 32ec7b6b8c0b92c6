import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    @Suite("One action id, many posts at once", .apiNodes(2))
    struct SameAction {
        @Test(
            "100 posts over two nodes have one effect and one answer; exactly one is not a replay",
            .timeLimit(.minutes(20)))
        func together() async throws {
            let cluster = try Cluster.ofSuite
            let ports = cluster.apis.map(\.port)
            for round in 0..<(EndToEnd.isFull ? 1000 : 20) {
                let user = "s\(round)"
                let json = Update.body(user: user, id: cluster.credentials.actionID(user))
                let token = cluster.credentials.token(user)
                let answers = Mutex<[JSON: Int]>([:])
                try await onThreads(100) { number in
                    let client = KeepAliveClient(port: ports[number % ports.count])
                    let answer = try client.post("/update-score", token: token, json: json)
                    let body = try answer.json
                    answers.withLock { $0[body, default: 0] += 1 }
                }
                let seen = answers.withLock { $0 }
                // All answers have the score of one update, and the rank of the moment when it counted.
                let first = try #require(seen.first { $0.value == 1 && $0.key["replayed"] == false }?.key)
                #expect(first["status"] == "success" && first["new_score"] == 5)
                guard case .object(var members) = first else { return }
                members["replayed"] = true
                #expect(seen == [first: 1, .object(members): 99])
            }
            let standings = try await cluster.probe.ranking()
            #expect(standings.allSatisfy { $0.score == 5 } && standings.count == (EndToEnd.isFull ? 1000 : 20))
        }
    }
}
