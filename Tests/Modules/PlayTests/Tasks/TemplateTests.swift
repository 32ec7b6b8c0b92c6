import Basics
import HTTPTypes
import NIOConcurrencyHelpers
import Play
import Signing
import Storage
import StrictJSON
import Testing

/// Tasks that administrators publish for everybody.
struct TemplateTests {
    private func put(_ house: TaskHouse, _ id: String, _ body: String) async throws -> TaskHouse.Answer {
        try await house.send(.put, "/task-templates/\(id)", body, as: "root", .admin)
    }

    @Test("Administrators alone write templates")
    func administration() async throws {
        try await withTasks { house in
            #expect(try await put(house, "walk", #"{"title":"Walk","repeat":"daily"}"#).status == 201)
            let again = try await put(house, "walk", #"{"title":"Walk","type":"walk","repeat":"weekly","tags":["a"]}"#)
            #expect(again.status == 200 && again.json["repeat"]?.string == "weekly")
            let read = try await house.send(.get, "/task-templates/walk", as: "root", .admin)
            #expect(read.body == again.body)
            #expect(try await put(house, "a", #"{"title":"A"}"#).json["repeat"]?.string == "once")
            let list = try await house.send(.get, "/task-templates?limit=1", as: "root", .admin)
            #expect(list.json["task_templates"]?.array?.map { $0["id"]?.string } == ["a"])
            let next = try #require(list.json["next"]?.string)
            let rest = try await house.send(.get, "/task-templates?cursor=\(next)", as: "root", .admin)
            #expect(rest.json["task_templates"]?.array?.map { $0["id"]?.string } == ["walk"])
            #expect(try await put(house, "a%20b", #"{"title":"A"}"#).fieldsAtFault == ["id"])
            for (body, fields) in [
                ("{}", ["title"]), (#"{"title":"t","repeat":"hourly"}"#, ["repeat"]),
                (#"{"title":"t","status":"open","due_at":null}"#, ["status", "due_at"]),
            ] {
                #expect(try await put(house, "x", body).fieldsAtFault == fields)
            }
            let asUser = try await house.send(.put, "/task-templates/x", #"{"title":"t"}"#, as: "u1")
            #expect(asUser.outcome == "403 forbidden")
            #expect(try await house.send(.delete, "/task-templates/a", as: "root", .admin).status == 204)
            #expect(try await house.send(.delete, "/task-templates/a", as: "root", .admin).outcome == "404 not_found")
            #expect(try await house.send(.get, "/task-templates/a", as: "root", .admin).outcome == "404 not_found")
        }
    }

    @Test("There are at most 200 templates")
    func limit() async throws {
        try await withTasks { house in
            try await house.run(
                "INSERT INTO task_templates (template_id, title) SELECT 't' || n, 't' FROM generate_series(1, 200) AS n"
            )
            #expect(try await put(house, "x", #"{"title":"t"}"#).outcome == "409 too_many")
            #expect(try await put(house, "t1", #"{"title":"t"}"#).status == 200)
        }
    }

    @Test("Each user has the task of a template once in each period, and open ones of past periods are archived")
    func periods() async throws {
        try await withTasks { house in
            // 2026-11-28T23:30:00Z, a Saturday.
            let start: Int64 = 1_795_908_600_000
            house.stand.withLockedValue { $0.now = start }
            for (id, rhythm) in [("once", "once"), ("day", "daily"), ("week", "weekly")] {
                _ = try await put(house, id, #"{"title":"\#(id)","repeat":"\#(rhythm)"}"#)
            }
            // Many lists at once make them once.
            try await withThrowingTaskGroup { group in
                for _ in 0..<16 { group.addTask { _ = try await house.list() } }
                try await group.waitForAll()
            }
            #expect(
                try await house.column("SELECT external_id FROM tasks ORDER BY task_id")
                    == ["once", "day:2026-11-28", "week:2026-W48"])
            #expect(try await house.list("status=open&source=template") == ["week open", "day open", "once open"])
            house.stand.withLockedValue { $0.now = start + 3_600_000 }
            #expect(try await house.list("status=open") == ["day open", "week open", "once open"])
            #expect(try await house.list("status=archived") == ["day archived"])
            // In Tokyo the next day has begun, too.
            try await house.run("INSERT INTO profiles (user_id, time_zone) VALUES ('u2', 'Asia/Tokyo')")
            house.stand.withLockedValue { $0.now = start }
            _ = try await house.list(as: "u2")
            #expect(
                try await house.column("SELECT external_id FROM tasks WHERE user_id = 'u2' ORDER BY task_id")
                    == ["once", "day:2026-11-29", "week:2026-W48"])
            _ = try await house.send(.delete, "/task-templates/once", as: "root", .admin)
            #expect(try await house.list("status=open", as: "u2") == ["week open", "day open"])
        }
    }

    @Test("A template's task is archived, but not edited or deleted; one of a past period cannot be completed")
    func edits() async throws {
        try await withTasks { house in
            _ = try await put(house, "day", #"{"title":"day","repeat":"daily"}"#)
            _ = try await house.list()
            let id = try #require(try await house.column("SELECT task_id FROM tasks").first)
            #expect(try await house.send(.patch, "/tasks/\(id)", #"{"title":"x"}"#).outcome == "409 task_closed")
            #expect(try await house.send(.delete, "/tasks/\(id)").outcome == "409 task_closed")
            #expect(try await house.send(.patch, "/tasks/\(id)", #"{"status":"in_progress"}"#).status == 200)
            house.stand.withLockedValue { $0.now += 2 * 86_400_000 }
            #expect(try await house.complete(id).outcome == "409 task_closed")
            #expect(try await house.column("SELECT status FROM tasks WHERE task_id = \(id)") == ["archived"])
            // Also if it is reopened right after it was archived.
            #expect(try await house.send(.patch, "/tasks/\(id)", #"{"status":"open"}"#).status == 200)
            let completions = PostgresTaskCompletions(pool: house.pool, board: "global")
            let number = try #require(Int64(id))
            let now = house.stand.withLockedValue { $0.now }
            #expect(try await completions.complete(number, of: "u1", now: now) == .closed)
            guard case .completed = try await completions.complete(number, of: "u1", now: now - 2 * 86_400_000) else {
                Issue.record("it was the present one then")
                return
            }
        }
    }
}
