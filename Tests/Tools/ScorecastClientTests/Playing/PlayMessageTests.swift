import ScorecastClient
import StrictJSON
import Testing

/// The messages about challenges, notifications and the user's own place.
@Suite struct PlayMessageTests {
    private static func read(_ text: String) throws -> PlayMessage? { try PlayMessage(try JSONValue(Array(text.utf8))) }

    @Test func allTypesAreRead() throws {
        let member = ChallengeMember(userID: "a", progress: 40, state: #"{"step":2}"#)
        let members = #"[{"user_id":"a","progress":40,"state":{"step":2}}]"#
        #expect(
            try Self.read(#"{"type":"joined","challenge":"c","present":2,"progress":\#(members)}"#)
                == .joined(ChallengeRoom(challenge: "c", present: 2, members: [member])))
        #expect(
            try Self.read(#"{"type":"progress-update","challenge":"c","present":2,"updates":\#(members)}"#)
                == .progress(challenge: "c", present: 2, [member]))
        #expect(
            try Self.read(#"{"type":"hint","challenge":"c","index":0,"text":"Go.","cost":5,"left":1}"#)
                == .hint(ChallengeHint(challenge: "c", index: 0, text: "Go.", cost: 5, left: 1)))
        #expect(
            try Self.read(#"{"type":"challenge-generated","challenge":{"id":"c","title":"t"}}"#)
                == .generated(challenge: "c"))
        #expect(
            try Self.read(
                #"{"type":"notification","id":"7","kind":"badge","title":"t","data":{"a":1},"created_at":"2026"}"#)
                == .notification(
                    ScorecastNotification(id: "7", kind: "badge", title: "t", data: #"{"a":1}"#, createdAt: "2026")))
        #expect(
            try Self.read(
                #"{"type":"rank-update","board":"b","window":"all","period":"all","rank":3,"score":9,"total":4}"#)
                == .place(ScoreboardPlace(rank: 3, score: 9, total: 4, period: "all")))
        #expect(try Self.read(#"{"type":"passed","by":"b","rank":4}"#) == .passed(by: "b", rank: 4))
        #expect(
            try Self.read(#"{"type":"error","code":"forbidden","message":"No.","challenge":"c"}"#)
                == .refused(challenge: "c", code: "forbidden", message: "No."))
        #expect(try Self.read(#"{"type":"error","code":"forbidden","message":"No."}"#) == nil)
        #expect(try Self.read(#"{"type":"later"}"#) == nil)
    }

    @Test(arguments: [
        #"{"type":"joined","challenge":"c","progress":[]}"#,
        #"{"type":"joined","challenge":"c","present":-1,"progress":[]}"#,
        #"{"type":"progress-update","challenge":"c","present":1,"updates":[{"user_id":"a","progress":101}]}"#,
        #"{"type":"progress-update","present":1,"updates":[]}"#,
        #"{"type":"hint","challenge":"c","index":0,"cost":5,"left":1}"#,
        #"{"type":"notification","id":7,"kind":"badge","title":"t","created_at":"2026"}"#,
        #"{"type":"notification","id":"7","kind":"badge","title":"t","data":[],"created_at":"2026"}"#,
        #"{"type":"challenge-generated"}"#, #"{"type":"rank-update","rank":1}"#, #"{"type":"passed","by":1}"#,
    ]) func malformedOnesAreRefused(text: String) {
        #expect(throws: PlayMessage.Malformed.self) { try Self.read(text) }
    }

    @Test func requestsAreWritten() throws {
        let id = String(repeating: "A", count: 22)
        let progress = try #require(ChallengeProgress(40, state: #"{"step":2}"#))
        #expect(
            PlayRequest.update(id, progress).json
                == #"{"type":"challenge-update","challenge":"\#(id)","progress":40,"state":{"step":2}}"#)
        #expect(PlayRequest.join(id).json == #"{"type":"join-room","challenge":"\#(id)"}"#)
        #expect(PlayRequest.leave(id).json == #"{"type":"leave-room","challenge":"\#(id)"}"#)
        #expect(PlayRequest.hint(id).json == #"{"type":"hint-request","challenge":"\#(id)"}"#)
        #expect(ChallengeProgress(101) == nil && ChallengeProgress(-1) == nil)
        #expect(ChallengeProgress(1, state: "no json") == nil)
        #expect(ChallengeProgress(1, state: "\"" + String(repeating: "x", count: 1_100) + "\"") == nil)
        #expect(!PlayRequest.isChallenge(id + "A") && !PlayRequest.isChallenge(String(repeating: "é", count: 11)))
    }
}
