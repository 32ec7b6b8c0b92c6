import TestSupport
import Testing

extension EndToEnd {
    @Suite("POST /update-score: action ids and scores", .apiNodes(2))
    struct ActionErrors {
        @Test("403 suspicious_activity", arguments: suspicious)
        func suspicion(_ attempt: Attempt) async throws {
            try await attempt.expectRefusal(403, "suspicious_activity", message: Sentence.suspicious)
        }

        @Test("400 invalid_input for a malformed action id", arguments: malformed)
        func malformedID(_ attempt: Attempt) async throws {
            try await attempt.expectRefusal(400, "invalid_input", message: Sentence.invalidInput)
        }

        @Test("403 suspicious_activity for an action id that was altered so that it is malformed", arguments: broken)
        func brokenID(_ attempt: Attempt) async throws {
            try await attempt.expectRefusal(403, "suspicious_activity", message: Sentence.suspicious)
        }

        @Test("404 unknown_action for a signed id whose action is in no catalogue")
        func unknownAction() async throws {
            let attempt = Attempt("unknown action") { Update.body(user: "u1", id: $0.actionID("u1", "nothing")) }
            try await attempt.expectRefusal(404, "unknown_action")
        }

        @Test(
            "an action id is valid from 30 s before to 600 s after its issue time",
            arguments: [-25_000, 0, 590_000] as [Int64])
        func age(_ age: Int64) async throws {
            let cluster = try Cluster.ofSuite
            let id = cluster.credentials.actionID("u1", issuedAt: Credentials.milliseconds - age)
            #expect(try await cluster.update("u1", id: id).status == 200)
        }

        @Test(
            "a submitted score counts within the action's bounds, pinned or not",
            arguments: [nil, 10, 1000] as [Int64?])
        func bounds(_ pinned: Int64?) async throws {
            let cluster = try Cluster.ofSuite
            let user = "racer\(pinned ?? 0)"
            let id = cluster.credentials.actionID(user, "race", score: pinned)
            let answer = try await cluster.update(user, id: id, newScore: pinned ?? 12)
            #expect(answer.status == 200)
            #expect(try answer.json["new_score"] == .integer(pinned ?? 12))
        }

        @Test("409 action_id_reused for the same id with another new_score; the same one is a replay, on every node")
        func reused() async throws {
            let cluster = try Cluster.ofSuite
            let user = "twice"
            let id = cluster.credentials.actionID(user, "race")
            let first = try await cluster.update(user, id: id, newScore: 100)
            #expect(first.status == 200)
            try await Attempt.expectNothingChanges {
                for node in 0..<2 {
                    for other in [101, nil] as [Int64?] {
                        let answer = try await cluster.update(user, id: id, newScore: other, node: node)
                        // Without any `new_score` the request is incomplete.
                        let fault =
                            other == nil
                            ? ErrorForm.fault(in: answer, status: 400, code: "invalid_input", field: "new_score")
                            : ErrorForm.fault(in: answer, status: 409, code: "action_id_reused")
                        #expect(fault == nil)
                    }
                    let again = try await cluster.update(user, id: id, newScore: 100, node: node)
                    #expect(again.status == 200)
                    var expected = first.text
                    expected.replace(#""replayed":false"#, with: #""replayed":true"#)
                    #expect(try again.json == JSON(expected.utf8))
                }
            }
        }

        @Test("the answer to an update, to the letter")
        func success() async throws {
            let cluster = try Cluster.ofSuite
            let user = "letter"
            _ = try await cluster.update(user, "capture")
            let answer = try await cluster.update(user, "kill")
            #expect(answer.status == 200)
            #expect(ErrorForm.isJSON(answer.header("content-type")))
            let rank = try #require(try answer.json["rank"]?.integer)
            #expect(
                try answer.json == [
                    "status": "success", "message": "Score updated successfully", "success": true, "new_score": 30,
                    "rank": .integer(rank), "board": "global", "replayed": false,
                ])
            #expect(try await cluster.leaderboard()[Int(rank) - 1] == Standing(user: user, score: 30))
        }

        @Test("a score that would leave ±(2^53 − 1) is refused and stays unchanged")
        func range() async throws {
            let cluster = try Cluster.ofSuite
            let admin = cluster.credentials.token("admin", role: "admin")
            let most = #"{"points":9007199254740991,"boards":["global"]}"#
            #expect(try await cluster.put("/actions/most", most, token: admin).status == 201)
            #expect(try await cluster.update("rich", "most").status == 200)
            let attempt = Attempt(
                "over the bound", body: { Update.body(user: "rich", id: $0.actionID("rich", "kill")) })
            try await Attempt.expectNothingChanges {
                let answer = try await cluster.post(
                    attempt.body(cluster.credentials), token: cluster.credentials.token("rich"))
                #expect(ErrorForm.fault(in: answer, status: 403, code: "suspicious_activity") == nil)
            }
            #expect(try await cluster.leaderboard().first == Standing(user: "rich", score: 9_007_199_254_740_991))
        }
    }
}

private func id(_ name: String, field: String? = nil, _ make: @escaping @Sendable (Credentials) -> String) -> Attempt {
    Attempt(name, field: field) { Update.body(user: "u1", id: make($0)) }
}

/// Returns a good action id with one of its parts replaced.
private func altered(_ name: String, part: Int, _ value: String, field: String? = nil) -> Attempt {
    id(name, field: field) { credentials in
        var parts = credentials.actionID("u1").split(separator: ".", omittingEmptySubsequences: false).map {
            String($0)
        }
        parts[part] = value
        return parts.joined(separator: ".")
    }
}

private let suspicious: [Attempt] = [
    id("forged with another key") { $0.actionID("u1", key: Credentials.randomBytes(32)) },
    id("a key that nobody has") { $0.actionID("u1", keyID: "k9") },
    id("made for another user") { $0.actionID("u2") },
    id("expired") { $0.actionID("u1", issuedAt: Credentials.milliseconds - 605_000) },
    id("of the future") { $0.actionID("u1", issuedAt: Credentials.milliseconds + 40_000) },
    altered("another action", part: 2, "capture"),
    altered("another nonce", part: 3, "anothernonce"),
    altered("another issue time", part: 4, "\(Credentials.milliseconds + 1)"),
    altered("a score that was not there", part: 5, "10").with(newScore: 10),
    altered("another signature", part: 6, String(repeating: "A", count: 43)),
    Attempt("another score than the pinned one") {
        Update.body(user: "u1", id: $0.actionID("u1", "race", score: 100), newScore: 101)
    },
    Attempt("another score than the pinned one of an action with points") {
        Update.body(user: "u1", id: $0.actionID("u1", "kill", score: 5), newScore: 6)
    },
    Attempt("a score below the bounds") { Update.body(user: "u1", id: $0.actionID("u1", "race"), newScore: 9) },
    Attempt("a score above the bounds") { Update.body(user: "u1", id: $0.actionID("u1", "race"), newScore: 1001) },
    Attempt("a pinned score above the bounds") {
        Update.body(user: "u1", id: $0.actionID("u1", "race", score: 1001), newScore: 1001)
    },
]

/// Text that is not an action id in any reading: the request is malformed.
private let malformed: [Attempt] = [
    id("a word", field: "action_id") { _ in "kill" },
    id("a number", field: "action_id") { _ in "12345678" },
    id("dots", field: "action_id") { _ in "......" },
    altered("another version", part: 0, "v2", field: "action_id"),
    altered("the version in another case", part: 0, "V1", field: "action_id"),
    altered("white space in front", part: 0, " v1", field: "action_id"),
]

/// Text that begins like an action id but cannot be one: somebody altered it.
private let broken: [Attempt] = [
    id("six parts") { $0.actionID("u1").split(separator: ".").dropLast().joined(separator: ".") },
    id("eight parts") { $0.actionID("u1") + ".x" },
    id("white space behind") { $0.actionID("u1") + " " },
    altered("an empty key id", part: 1, ""),
    altered("a key id of 33", part: 1, String(repeating: "k", count: 33)),
    altered("an action of 65", part: 2, String(repeating: "k", count: 65)),
    altered("an action with a blank", part: 2, "a b"),
    altered("a nonce of 7", part: 3, "1234567"),
    altered("a nonce of 65", part: 3, String(repeating: "n", count: 65)),
    altered("an issue time with a sign", part: 4, "-1"),
    altered("an issue time as text", part: 4, "now"),
    altered("no score and no dash", part: 5, ""),
    altered("a score with a leading zero", part: 5, "01"),
    altered("a signature with padding", part: 6, String(repeating: "A", count: 43) + "="),
    altered("a short signature", part: 6, "AAAA"),
]

extension Attempt {
    /// Returns the same attempt with a `new_score`.
    fileprivate func with(newScore: Int64) -> Attempt {
        Attempt(testDescription, field: field) { [body] in
            body($0).dropLast() + #","new_score":\#(newScore)}"#
        }
    }
}
