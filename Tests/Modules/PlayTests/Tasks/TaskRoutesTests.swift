import HTTPTypes
import Signing
import StrictJSON
import Testing

/// `/tasks`: made, listed, changed, deleted.
struct TaskRoutesTests {
    @Test("A task has all its members, and each is kept")
    func members() async throws {
        try await withTasks { house in
            let made = try await house.send(
                .post, "/tasks",
                #"{"title":" Walk ","description":"a\nb","type":"walk","status":"in_progress","priority":-3,"#
                    + #""due_at":"2026-11-28T22:00:00+01:00","tags":["a","b, \"c\""],"metadata":{"n":1e300}}"#)
            #expect(made.status == 201)
            let id = try #require(made.json["id"]?.string)
            #expect(made.body.contains(#""metadata":{"n":1e300}"#))
            #expect(made.json["title"]?.string == "Walk" && made.json["description"]?.string == "a\nb")
            #expect(made.json["tags"]?.array?.compactMap(\.string) == ["a", #"b, "c""#])
            #expect(made.json["due_at"]?.string == "2026-11-28T21:00:00.000Z")
            #expect(made.json["source"]?.string == "user" && made.json["external_id"]?.isNull == true)
            #expect(made.json["completed_at"]?.isNull == true && made.json["priority"]?.integer == -3)
            let read = try await house.send(.get, "/tasks/\(id)")
            #expect(read.status == 200 && read.body == made.body)
            let changed = try await house.send(
                .patch, "/tasks/\(id)", #"{"type":null,"due_at":null,"tags":null,"metadata":null,"description":null}"#)
            #expect(changed.status == 200 && changed.json["type"]?.isNull == true)
            #expect(changed.body.contains(#""tags":[],"metadata":{}"#) && changed.json["title"]?.string == "Walk")
            #expect(try await house.send(.get, "/tasks/\(id)").body == changed.body)
            #expect(try await house.send(.delete, "/tasks/\(id)").status == 204)
            #expect(try await house.send(.get, "/tasks/\(id)").outcome == "404 unknown_task")
        }
    }

    @Test("Nobody sees, changes or completes the tasks of others")
    func others() async throws {
        try await withTasks { house in
            let id = try await house.add()
            let before = try await house.column("SELECT tasks::text FROM tasks")
            for path in ["/tasks/\(id)", "/tasks/0", "/tasks/x", "/tasks/99999999999999999999"] {
                #expect(try await house.send(.get, path, as: "u2", .admin).outcome == "404 unknown_task")
                #expect(try await house.send(.patch, path, "{}", as: "u2").outcome == "404 unknown_task")
                #expect(try await house.send(.delete, path, as: "u2").outcome == "404 unknown_task")
            }
            #expect(try await house.complete(id, as: "u2").outcome == "404 unknown_task")
            #expect(try await house.list(as: "u2").isEmpty)
            #expect(try await house.column("SELECT tasks::text FROM tasks") == before)
        }
    }

    @Test("Lists come newest first, page after page, with filters")
    func lists() async throws {
        try await withTasks { house in
            for (index, more) in [
                #","type":"a""#, #","due_at":"2026-01-01T00:00:00Z""#, #","status":"in_progress""#, "", #","type":"a""#,
            ].enumerated() {
                _ = try await house.add(#"{"title":"t\#(index)"\#(more)}"#)
            }
            #expect(try await house.list("limit=2") == ["t4 open", "t3 open"])
            let first = try await house.send(.get, "/tasks?limit=2")
            let cursor = try #require(first.json["next"]?.string)
            #expect(try await house.list("limit=2&cursor=\(cursor)") == ["t2 in_progress", "t1 open"])
            #expect(try await house.send(.get, "/tasks").json["next"]?.isNull == true)
            #expect(try await house.list("type=a") == ["t4 open", "t0 open"])
            #expect(try await house.list("status=in_progress") == ["t2 in_progress"])
            #expect(try await house.list("due_before=2026-01-01T00:00:01Z") == ["t1 open"])
            #expect(try await house.list("source=github").isEmpty)
            for query in ["status=closed", "type=a%20b", "source=a%20b", "due_before=x", "limit=0", "cursor=x"] {
                #expect(try await house.send(.get, "/tasks?\(query)").outcome == "400 invalid_input", "\(query)")
            }
        }
    }

    @Test("A task that is refused changes nothing")
    func refusals() async throws {
        try await withTasks { house in
            for body in [#"{"title":""}"#, #"{"title":"t","status":"archived"}"#, #"{"title":"t","x":1}"#, "[]"] {
                #expect(try await house.send(.post, "/tasks", body).outcome == "400 invalid_input", "\(body)")
            }
            #expect(try await house.send(.post, "/tasks", #"{"title":"t"}"#, as: nil).outcome == "401 unauthorized")
            #expect(try await house.column("SELECT 1 FROM tasks").isEmpty)
            let id = try await house.add()
            let before = try await house.column("SELECT tasks::text FROM tasks")
            for body in [#"{"status":"done"}"#, #"{"title":null}"#, #"{"priority":1000}"#] {
                #expect(try await house.send(.patch, "/tasks/\(id)", body).outcome == "400 invalid_input", "\(body)")
            }
            #expect(try await house.column("SELECT tasks::text FROM tasks") == before)
        }
    }

    @Test("The same Idempotency-Key makes one task")
    func idempotency() async throws {
        try await withTasks { house in
            let first = try await house.send(.post, "/tasks", #"{"title":"t"}"#, key: "k")
            let again = try await house.send(.post, "/tasks", #"{"title":"t"}"#, key: "k")
            #expect(first.status == 201 && again.status == 201 && again.body == first.body)
            let other = try await house.send(.post, "/tasks", #"{"title":"other"}"#, key: "k")
            #expect(other.outcome == "422 idempotency_key_reused")
            #expect(try await house.column("SELECT title FROM tasks") == ["t"])
        }
    }

    @Test("A user has at most 10,000 open tasks")
    func limit() async throws {
        try await withTasks { house in
            let id = try await house.add(#"{"title":"first"}"#)
            #expect(try await house.send(.patch, "/tasks/\(id)", #"{"status":"archived"}"#).status == 200)
            try await house.run(
                "INSERT INTO tasks (user_id, title) SELECT 'u1', 'x' FROM generate_series(1, 9999)")
            // Of many at once, one is the last that fits.
            let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<8 { group.addTask { try await house.send(.post, "/tasks", #"{"title":"t"}"#).outcome } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.sorted() == ["201"] + Array(repeating: "409 too_many", count: 7))
            #expect(try await house.send(.patch, "/tasks/\(id)", #"{"status":"open"}"#).outcome == "409 too_many")
            #expect(try await house.send(.post, "/tasks", #"{"title":"t"}"#, as: "u2").status == 201)
        }
    }
}
