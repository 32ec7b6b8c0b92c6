import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Challenge rooms and notifications over two gateways and two play nodes.
    @Suite("Challenge rooms")
    struct ChallengeRooms {
        /// Generates a challenge, and waits until it is there.
        private func challenge(of user: String, in cluster: Cluster) async throws -> String {
            let task = try await cluster.makeTask(user)
            let made = try await cluster.play("POST", "/challenges/generate", #"{"task_id":"\#(task)"}"#, user: user)
            try #require(made.status == 202, "\(made.text)")
            let id = try #require(try made.json["challenge"]?["id"]?.string)
            try await eventually("the challenge is there") {
                try await cluster.play("GET", "/challenges/\(id)", user: user).status == 200
            }
            return id
        }

        private func socket(_ user: String, _ gateway: Int, _ cluster: Cluster, _ query: String = "") async throws
            -> RoomSocket
        {
            try await RoomSocket.open(
                port: cluster.gateways[gateway].port, query, token: cluster.credentials.token(user))
        }

        private func join(_ socket: RoomSocket, _ challenge: String) async throws {
            socket.send(#"{"type":"join-room","challenge":"\#(challenge)"}"#)
            try await eventually("the room is joined") { !socket.messages("joined").isEmpty }
        }

        /// The last progress of a user that a socket saw.
        private func progress(of user: String, _ socket: RoomSocket) -> Int64? {
            let updates = socket.messages("progress-update").flatMap { $0["updates"]?.array ?? [] }
            return updates.last { $0["user_id"]?.string == user }?["progress"]?.integer
        }

        @Test("progress reaches all on every gateway, conflated, the latest last", .timeLimit(.minutes(3)))
        func progress() async throws {
            try await Cluster.withPlay(gateways: 2) { cluster in
                let id = try await challenge(of: "ann", in: cluster)
                let (ann, bob) = (try await socket("ann", 0, cluster), try await socket("bob", 1, cluster))
                try await join(ann, id)
                try await join(bob, id)
                try await eventually("both know that two are present", timeout: .seconds(15)) {
                    [ann, bob].allSatisfy { socket in
                        socket.messages.last { $0["present"] != nil }?["present"] == 2
                    }
                }
                let before = bob.messages("progress-update").count
                let start = ContinuousClock.now
                for value in 1...80 {
                    ann.send(#"{"type":"challenge-update","challenge":"\#(id)","progress":\#(value)}"#)
                    try await Task.sleep(for: .milliseconds(15))
                }
                try await eventually("bob sees the latest") { progress(of: "ann", bob) == 80 }
                let seconds = Double((ContinuousClock.now - start).components.seconds) + 1
                let count = bob.messages("progress-update").count - before
                #expect(Double(count) <= 10 * seconds + 5, "\(count) in \(seconds) s")
                #expect(count < 80)
                for socket in [ann, bob] { socket.stop() }
            }
        }

        @Test("without a play node a socket is told so, and hints come with one", .timeLimit(.minutes(3)))
        func unavailable() async throws {
            try await Cluster.withPlay(nodes: 1, gateways: 1) { cluster in
                let id = try await challenge(of: "ann", in: cluster)
                let ann = try await socket("ann", 0, cluster)
                try await join(ann, id)
                ann.send(#"{"type":"hint-request","challenge":"\#(id)"}"#)
                try await eventually("the hint comes") { !ann.messages("hint").isEmpty }
                await cluster.plays[0].kill()
                let start = ContinuousClock.now
                ann.send(#"{"type":"hint-request","challenge":"\#(id)"}"#)
                try await eventually("the socket is told") {
                    ann.messages("error").contains { $0["code"] == "unavailable" }
                }
                #expect(ContinuousClock.now - start < .seconds(3) + EndToEnd.machineSlack)
                try await cluster.startNode("play")
                let hints = ann.messages("hint").count
                ann.send(#"{"type":"hint-request","challenge":"\#(id)"}"#)
                try await eventually("a hint or its refusal comes") {
                    ann.messages("hint").count > hints
                        || ann.messages("error").contains { $0["code"] != "unavailable" }
                }
                ann.stop()
            }
        }

        @Test("notifications arrive within 5 s of their cause, on sockets that asked for them", .timeLimit(.minutes(3)))
        func notifications() async throws {
            try await Cluster.withPlay(gateways: 2) { cluster in
                try await cluster.setRate("walk", points: 7, coins: 3)
                try await cluster.makeBadge("first", #"{"kind":"count","at_least":1,"action":"sys-task"}"#)
                let asked = try await socket("ann", 0, cluster, "?notifications=true")
                let other = try await socket("ann", 1, cluster)
                try await eventually("both are open") {
                    [asked, other].allSatisfy { !$0.messages("snapshot").isEmpty }
                }
                let task = try await cluster.makeTask("ann")
                _ = try await cluster.complete(task, user: "ann")
                try await eventually("the badge is told", timeout: .seconds(5) + EndToEnd.machineSlack) {
                    asked.messages("notification").contains { $0["kind"] == "badge" }
                }
                #expect(other.messages("notification").isEmpty)
                let stored = try await cluster.play("GET", "/notifications?unread=true", user: "ann")
                #expect(stored.status == 200 && stored.text.contains("\"badge\""), "\(stored.text)")
                for socket in [asked, other] { socket.stop() }
            }
        }

        @Test("who is passed is told, also if several updates come at once", .timeLimit(.minutes(2)))
        func passed() async throws {
            try await Cluster.withPlay { cluster in
                try await cluster.setRate("walk", points: 7, coins: 0)
                _ = try await cluster.complete(try await cluster.makeTask("ann"), user: "ann")
                try await eventually("the follower has begun") {
                    try await cluster.count("SELECT count(*) FROM follower_positions WHERE follower = 'passed'") > 0
                }
                var tasks: [String] = []
                for _ in 0..<3 { tasks.append(try await cluster.makeTask("bob")) }
                let all = tasks
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for task in all { group.addTask { _ = try await cluster.complete(task, user: "bob") } }
                    try await group.waitForAll()
                }
                let count = "SELECT count(*) FROM notifications WHERE kind = 'passed' AND user_id ="
                try await eventually("ann is told") { try await cluster.count("\(count) 'ann'") == 1 }
                #expect(try await cluster.count("\(count) 'bob'") == 0)
            }
        }
    }
}
