import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Redis' clock is minutes away from those of the nodes.
    @Suite("Awards and clocks that differ")
    struct AwardClocks {
        @Test("each award counts once", .timeLimit(.minutes(3)), arguments: [Int64(-170_000), 170_000])
        func differ(by milliseconds: Int64) async throws {
            let clock = try SetClock(at: Credentials.milliseconds + milliseconds)
            let ticking = Task {
                while !Task.isCancelled {
                    try clock.set(Credentials.milliseconds + milliseconds)
                    try await Task.sleep(for: .milliseconds(2))
                }
            }
            defer { ticking.cancel() }
            try await Cluster.withPlay(redisEnvironment: try clock.environment()) { cluster in
                try await cluster.setRate("walk", points: 7, coins: 3)
                for index in 0..<6 {
                    let task = try await cluster.makeTask("ann")
                    let body = try await cluster.complete(task, user: "ann")
                    #expect(body["new_score"] == .integer(7 * Int64(index + 1)), "\(body.text)")
                    #expect(body["coins"] == .integer(3 * Int64(index + 1)), "\(body.text)")
                }
                #expect(try await cluster.count("SELECT count(*) FROM score_events") == 6)
                #expect(try await cluster.count("SELECT sum(score) FROM scores") == 42)
            }
        }
    }
}
