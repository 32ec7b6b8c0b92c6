import TestSupport
import Testing

extension EndToEnd {
    /// A fault that a real Redis can have, and how it ends. The words of a command are separated by single spaces.
    struct RedisTrouble: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var begin: [String]
        var end: [String]
    }

    @Suite("POST /update-score: Redis answers with errors", .apiNodes())
    struct RedisErrors {
        @Test(
            "503 or a successful retry, nothing partial; within 2 s of its end the same action id counts once",
            arguments: [
                RedisTrouble(
                    testDescription: "OOM", begin: ["CONFIG SET maxmemory 1"], end: ["CONFIG SET maxmemory 0"]),
                RedisTrouble(
                    testDescription: "READONLY", begin: ["REPLICAOF 127.0.0.1 1"], end: ["REPLICAOF NO ONE"]),
                RedisTrouble(
                    testDescription: "NOREPLICAS", begin: ["CONFIG SET min-replicas-to-write 1"],
                    end: ["CONFIG SET min-replicas-to-write 0"]),
            ])
        func refused(_ trouble: RedisTrouble) async throws {
            let cluster = try Cluster.ofSuite
            let user = "e-\(trouble.testDescription)"
            let id = cluster.credentials.actionID(user)
            let before = try await cluster.probe.digest()
            for words in trouble.begin { try await Self.run(words, cluster) }
            let answer: TinyHTTP.Response
            do {
                answer = try await cluster.update(user, id: id)
            } catch {
                for words in trouble.end { try await Self.run(words, cluster) }
                throw error
            }
            for words in trouble.end { try await Self.run(words, cluster) }
            #expect(ErrorForm.fault(in: answer, status: 503, code: "unavailable") == nil)
            #expect(answer.header("retry-after") != nil)
            #expect(try await cluster.probe.digest() == before)
            try await eventually("the same action id counts", timeout: .seconds(2) + EndToEnd.machineSlack) {
                let again = try await cluster.update(user, id: id)
                return try again.status == 200 && again.json["replayed"] == false && again.json["new_score"] == 5
            }
            // Connections to a server that was read-only are made again, one on each event loop. A request may reach a
            // loop whose connection is not ready yet.
            try await eventually("and only once", timeout: .seconds(2) + EndToEnd.machineSlack) {
                let again = try await cluster.update(user, id: id)
                return try again.status == 200 && again.json["replayed"] == true
            }
        }

        @Test("after SCRIPT FLUSH (NOSCRIPT) the update still counts")
        func noScript() async throws {
            let cluster = try Cluster.ofSuite
            #expect(try await cluster.update("n1").status == 200)
            try await Self.run("SCRIPT FLUSH", cluster)
            let answer = try await cluster.update("n1")
            #expect(answer.status == 200)
            #expect(try answer.json["new_score"] == 10)
        }

        private static func run(_ line: String, _ cluster: Cluster) async throws {
            let words = line.split(separator: " ").map(String.init)
            switch words.count {
            case 2: _ = try await cluster.probe.command(words[0], words[1])
            case 3: _ = try await cluster.probe.command(words[0], words[1], words[2])
            default: _ = try await cluster.probe.command(words[0], words[1], words[2], words[3])
            }
        }
    }
}
