import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The log of serve")
    struct ServeLog {
        private static func lines(_ node: ScorecastProcess) throws -> [String] {
            try String(contentsOfFile: node.logPath, encoding: .utf8).split(separator: "\n").map(String.init)
        }

        @Test("a node says once on which port it listens, and nothing at notice about refused updates")
        func listening() async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (1, 0, 0)
            plan.rateLimit = "1/60s"
            try await Cluster.run(plan) { cluster in
                let node = cluster.apis[0]
                let before = try Self.lines(node)
                let listening = before.filter { $0.contains("Listening") }
                #expect(listening.count == 1, "\(before)")
                #expect(listening.first?.contains("port=\(node.port)") == true, "\(listening)")
                #expect(try await cluster.update("u1", token: "nobody").status == 401)
                let stranger = cluster.credentials.actionID("u2")
                #expect(try await cluster.update("u1", id: stranger).status == 403)
                #expect(try await cluster.update("u1", "nope").status == 404)
                #expect(try await cluster.update("u1").status == 200)
                #expect(try await cluster.update("u1").status == 429)
                await node.terminate()
                let after = try Self.lines(node)
                #expect(after.filter { $0.contains("Listening") }.count == 1, "\(after)")
                let refused = after.filter { line in
                    ["refused", "Refused", "status=", "suspicious"].contains { line.contains($0) }
                }
                #expect(refused.isEmpty, "\(refused)")
            }
        }
    }
}
