import ScorecastClient
import TestSupport
import Testing

/// Challenges and notifications on a real socket.
@Suite struct PlayFollowingTests {
    private static let id = String(repeating: "A", count: 22)

    private static func texts(_ server: ScriptedServer) -> [String] {
        server.received.filter { $0.opcode == 1 }.map { String(decoding: $0.payload, as: UTF8.self) }
    }

    private static func notification(_ id: Int, type: String = #""type":"notification","#) -> String {
        #"{\#(type)"id":"\#(id)","kind":"badge","title":"n\#(id)","data":{},"created_at":"2026-11-28T10:00:00.000Z"}"#
    }

    @Test func aChallengeIsJoinedAgainAfterALoss() async throws {
        let room = #"{"type":"joined","challenge":"\#(Self.id)","present":1,"progress":[]}"#
        let server = try await ScriptedServer { _, _ in [.accept, .text(Text.snapshot(1)), .text(room)] }
        let following = try Following(server.url) {
            $0.token = .value("aa.bb.cc")
            $0.challenges = [Self.id]
        }
        let join = #"{"type":"join-room","challenge":"\#(Self.id)"}"#
        try await eventually { Self.texts(server) == [join] && following.plays.count == 1 }
        following.follower.send(try #require(ChallengeProgress(40)), to: Self.id)
        let update = #"{"type":"challenge-update","challenge":"\#(Self.id)","progress":40}"#
        try await eventually { Self.texts(server) == [join, update] }
        following.follower.requestHint(in: Self.id)
        try await eventually { Self.texts(server).count == 3 }
        let moved = #"{"type":"progress-update","challenge":"\#(Self.id)","present":2,"#
        try await server.act(
            .text(moved + #""updates":[{"user_id":"b","progress":9}]}"#),
            .text(#"{"type":"hint","challenge":"\#(Self.id)","index":0,"text":"Go.","cost":0,"left":1}"#),
            .text(#"{"type":"error","code":"no_more_hints","message":"No.","challenge":"\#(Self.id)"}"#))
        let other = ChallengeMember(userID: "b", progress: 9)
        try await eventually { following.plays.count == 4 }
        #expect(following.plays[1] == .room(ChallengeRoom(challenge: Self.id, present: 2, members: [other])))
        #expect(
            following.plays[2] == .hint(ChallengeHint(challenge: Self.id, index: 0, text: "Go.", cost: 0, left: 1)))
        try await server.act(.drop)
        // The progress was sent just now, so it may be lost; the hint is not asked for again.
        try await eventually { Self.texts(server).suffix(2) == [join, update] }
        #expect(Self.texts(server).count == 5)
        following.follower.leave(challenge: Self.id)
        try await eventually { Self.texts(server).last?.contains("leave-room") == true }
        try await server.stop()
    }

    @Test func missedNotificationsComeOnceAndOldestFirst() async throws {
        let accounts = try await AccountsServer()
        let session = try await ScorecastSession.login(
            to: accounts.url, username: "ayo", password: "correct horse")
        let list = [3, 2, 1].map { Self.notification($0, type: "") }.joined(separator: ",")
        accounts.fault(
            "GET /notifications?unread=true&limit=100",
            .answer(status: 200, body: #"{"notifications":[\#(list)],"next":null}"#))
        let server = try await ScriptedServer { _, _ in [.accept, .text(Text.snapshot(1))] }
        let following = try Following(server.url) {
            $0.token = .session(session)
            $0.notifications = true
        }
        try await eventually { following.notified == ["1", "2", "3"] }
        #expect(server.requests.first?.target.hasSuffix("&notifications=true") == true)
        try await server.act(.text(Self.notification(3)), .text(Self.notification(4)), .drop)
        try await eventually { accounts.count("GET /notifications?unread=true&limit=100") == 2 }
        try await server.act(.text(Self.notification(5)))
        try await eventually { following.notified == ["1", "2", "3", "4", "5"] }
        try await server.stop()
        try await accounts.stop()
    }

    @Test func missedNotificationsAreAskedForUntilThereIsAnAnswer() async throws {
        let accounts = try await AccountsServer()
        let session = try await ScorecastSession.login(
            to: accounts.url, username: "ayo", password: "correct horse")
        let route = "GET /notifications?unread=true&limit=100"
        accounts.fault(route, .refuse(503, "unavailable"))
        let server = try await ScriptedServer { _, _ in [.accept, .text(Text.snapshot(1))] }
        let following = try Following(server.url) {
            $0.token = .session(session)
            $0.notifications = true
        }
        try await eventually { accounts.count(route) >= 2 }
        accounts.fault(route, .refuse(404, "not_found"))
        try await eventually { following.plays == [.missedNotificationsRefused(status: 404)] }
        try await server.stop()
        try await accounts.stop()
    }

    @Test func theOwnPlaceIsAskedFor() async throws {
        let place = #"{"type":"rank-update","board":"global","window":"all","rank":7,"score":9,"total":12}"#
        let server = try await ScriptedServer { _, _ in
            [
                .accept, .text(Text.snapshot(1)), .text(place), .text(#"{"type":"passed","by":"b","rank":8}"#),
                .text(#"{"type":"challenge-generated","challenge":{"id":"\#(Self.id)"}}"#),
            ]
        }
        let following = try Following(server.url) {
            $0.token = .value("aa.bb.cc")
            $0.me = true
        }
        try await eventually { following.plays.count == 3 && Self.texts(server).count == 1 }
        #expect(Self.texts(server).first?.contains(#""me":true"#) == true)
        #expect(
            following.plays == [
                .place(ScoreboardPlace(rank: 7, score: 9, total: 12, period: "all")), .passed(by: "b", rank: 8),
                .generated(challenge: Self.id),
            ])
        try await server.stop()
    }

    @Test func theOptionsNeedAToken() {
        var configuration = ScoreboardConfiguration(url: "ws://localhost")
        configuration.me = true
        configuration.challenges = ["short"]
        #expect(configuration.validate().count == 2)
        configuration.token = .value("aa.bb.cc")
        configuration.challenges = [Self.id]
        #expect(configuration.validate().isEmpty)
    }
}
