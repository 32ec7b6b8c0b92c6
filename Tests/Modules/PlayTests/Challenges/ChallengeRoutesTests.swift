import HTTPTypes
import Play
import Players
import Storage
import StrictJSON
import TestSupport
import Testing

struct ChallengeRoutesTests {
    @Test func generateAndRead() async throws {
        try await withChallenges { house in
            let task = try await house.addTask()
            let made = try await house.send(.post, "/challenges/generate", #"{"task_id":"\#(task)"}"#)
            #expect(made.status == 202)
            let id = try #require(made.challenge["id"]?.string)
            #expect(made.body == #"{"challenge":{"id":"\#(id)","status":"generating"}}"#)
            #expect(house.record.wakes == 1)
            let early = try await house.send(.get, "/challenges/\(id)")
            #expect(early.status == 202)
            #expect(early.body == made.body)

            let work = try await house.queue.claim(limit: 10, lease: .seconds(60))
            #expect(work.map(\.id) == [id])
            #expect(work[0].task?.title == "Read a book" && work[0].difficulty == .medium)
            let made2 = await ChallengeMaker(ai: nil).make(work[0])
            #expect(try await house.queue.finish(work[0], made2) != nil)
            let ready = try await house.send(.get, "/challenges/\(id)")
            #expect(ready.status == 200)
            let challenge = ready.challenge
            #expect(challenge["status"]?.string == "ready")
            #expect(challenge["generated_by"]?.string == "builtin")
            #expect(challenge["owner"]?.string == "u1")
            #expect(challenge["task_id"]?.string == "\(task)")
            #expect(challenge["members"]?.integer == 1)
            #expect(challenge["progress"]?.integer == 0)
            #expect(challenge["hints"]?.array?.isEmpty == true)
            #expect(challenge["hints_left"]?.integer == 3)
            #expect(challenge["next_hint_cost"]?.integer == 0)
            #expect(challenge["steps"]?.array?.isEmpty == false)
            // The owner is told once.
            #expect(try await house.column("SELECT kind || ' ' || reference FROM notifications") == ["challenge \(id)"])
        }
    }

    @Test func refusals() async throws {
        try await withChallenges { house in
            let (own, done) = (try await house.addTask(), try await house.addTask(status: "done"))
            let foreign = try await house.addTask(of: "u2")
            for (task, outcome) in [(foreign, "404 unknown_task"), (own + 1000, "404 unknown_task")] {
                #expect(
                    try await house.send(.post, "/challenges/generate", #"{"task_id":"\#(task)"}"#).outcome == outcome)
            }
            #expect(
                try await house.send(.post, "/challenges/generate", #"{"task_id":"\#(done)"}"#).outcome
                    == "409 task_closed")
            #expect(try await house.send(.post, "/challenges/generate", "{}").fields == ["task_id"])
            let id = try await house.addChallenge(task: own)
            let nobody = ChallengeID.random()
            for path in ["", "/join", "/progress", "/hint", "/complete"] {
                let body = path == "/progress" ? #"{"progress":1}"# : nil
                let method: HTTPRequest.Method = path.isEmpty ? .get : .post
                for unknown in [nobody, "x", "%2F"] {
                    #expect(
                        try await house.send(method, "/challenges/\(unknown)\(path)", body).outcome
                            == "404 unknown_challenge", "\(path)")
                }
                #expect(try await house.send(method, "/challenges/\(id)\(path)", body, as: nil).status == 401)
            }
            // Not there yet.
            for path in ["progress", "hint", "complete"] {
                let body = path == "progress" ? #"{"progress":1}"# : nil
                #expect(
                    try await house.send(.post, "/challenges/\(id)/\(path)", body).outcome == "409 challenge_not_ready")
            }
            #expect(try await house.send(.post, "/challenges/\(id)/join", as: "u2").status == 200)
        }
    }

    @Test func limits() async throws {
        try await withChallenges { house in
            let task = try await house.addTask()
            let outcomes = try await withThrowingTaskGroup(of: String.self) { tasks in
                for _ in 0..<24 {
                    tasks.addTask {
                        try await house.send(.post, "/challenges/generate", #"{"task_id":"\#(task)"}"#).outcome
                    }
                }
                return try await tasks.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == "202" }.count == 20)
            #expect(outcomes.filter { $0 == "409 too_many" }.count == 4)
            // Other users are not affected.
            let other = try await house.addTask(of: "u2")
            #expect(ChallengeID.isValid(try await house.addChallenge(of: "u2", task: other)))
            try await house.run("UPDATE challenges SET status = 'ready', title = 'T', generated_by = 'ai'")
            try await house.run(
                """
                INSERT INTO challenges (challenge_id, user_id, difficulty, status, title)
                SELECT lpad(i::text, 22, '0'), 'u1', 'easy', 'ready', 'T' FROM generate_series(1, 980) AS i
                """)
            #expect(
                try await house.send(.post, "/challenges/generate", #"{"task_id":"\#(task)"}"#).outcome
                    == "409 too_many")
        }
    }

    @Test func members() async throws {
        try await withChallenges { house in
            let id = try await house.addReady()
            let joined = try await house.send(.post, "/challenges/\(id)/join", as: "u2")
            #expect(joined.status == 200)
            #expect(joined.challenge["members"]?.integer == 2)
            #expect(joined.challenge["task_id"]?.isNull == true)
            #expect(try await house.send(.post, "/challenges/\(id)/join", as: "u2").body == joined.body)
            let sent = try await house.send(
                .post, "/challenges/\(id)/progress", #"{"progress":40,"state":{"step":1}}"#, as: "u2")
            #expect(sent.status == 200)
            #expect(house.record.progress.map(\.progress.progress) == [40])
            #expect(house.record.progress.map(\.challenge) == [id])
            // Sending progress joins the challenge.
            #expect(
                try await house.send(.post, "/challenges/\(id)/progress", #"{"progress":5}"#, as: "u3").status == 200)
            let seen = try await house.send(.get, "/challenges/\(id)", as: "u2").challenge
            #expect(seen["members"]?.integer == 3)
            #expect(seen["progress"]?.integer == 40)
            #expect(seen["state"]?["step"]?.integer == 1)
            // A user who has not joined may read.
            let read = try await house.send(.get, "/challenges/\(id)", as: "u4").challenge
            #expect(read["progress"]?.integer == 0 && read["members"]?.integer == 3)
            #expect(try await house.send(.post, "/challenges/\(id)/complete", as: "u2").outcome == "403 forbidden")
        }
    }

    @Test func lists() async throws {
        try await withChallenges { house in
            var ids: [String] = []
            for _ in 0..<5 { ids.append(try await house.addReady()) }
            let foreign = try await house.addReady(of: "u2")
            _ = try await house.addReady(of: "u2")
            _ = try await house.send(.post, "/challenges/\(foreign)/join")
            let expected = [foreign] + ids.reversed()
            var found: [String] = []
            var path: String? = "/challenges?limit=4"
            while let page = path {
                let answer = try await house.send(.get, page)
                #expect(answer.status == 200)
                found += answer.json["challenges"]?.array?.compactMap { $0["id"]?.string } ?? []
                path = answer.json["next"]?.string.map { "/challenges?limit=4&cursor=\($0)" }
            }
            #expect(found == expected)
            _ = try await house.send(.post, "/challenges/\(ids[0])/complete")
            let done = try await house.send(.get, "/challenges?status=completed")
            #expect(done.json["challenges"]?.array?.compactMap { $0["id"]?.string } == [ids[0]])
            #expect(try await house.send(.get, "/challenges?status=odd").fields == ["status"])
            #expect(try await house.send(.get, "/challenges?cursor=odd").fields == ["cursor"])
            #expect(try await house.send(.get, "/challenges?limit=101").fields == ["limit"])
        }
    }

    @Test func fullChallenge() async throws {
        try await withChallenges { house in
            let id = try await house.addReady()
            try await house.run(
                """
                INSERT INTO challenge_members (challenge_id, user_id)
                SELECT '\(id)', 'm' || i FROM generate_series(2, \(Challenge.membersMax)) AS i
                """)
            #expect(try await house.send(.post, "/challenges/\(id)/join", as: "u2").outcome == "409 too_many")
            #expect(try await house.send(.post, "/challenges/\(id)/join", as: "m7").status == 200)
            #expect(
                try await house.send(.post, "/challenges/\(id)/progress", #"{"progress":1}"#, as: "m7").status == 200)
        }
    }
}
