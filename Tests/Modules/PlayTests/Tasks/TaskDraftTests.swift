import Basics
import HTTPKit
import NIOCore
import Play
import Testing

/// The forms of tasks, and what may become of them.
struct TaskDraftTests {
    private func fields(_ json: String, needsTitle: Bool = true) -> [String] {
        do {
            _ = try TaskDraft.change(ByteBuffer(string: json), needsTitle: needsTitle)
            return []
        } catch {
            return error.details.map(\.field)
        }
    }

    @Test("Each member has its form")
    func forms() {
        func text(_ count: Int) -> String { String(repeating: "a", count: count) }
        let tags = Array(repeating: #""t""#, count: 21).joined(separator: ",")
        let table: [(json: String, fields: [String])] = [
            (#"{"title":"t"}"#, []), ("{}", ["title"]), (#"{"title":null}"#, ["title"]), (#"{"title":" "}"#, ["title"]),
            (#"{"title":"\#(text(200))"}"#, []), (#"{"title":"\#(text(201))"}"#, ["title"]),
            (#"{"title":"t","description":"\#(text(10_000))"}"#, []),
            (#"{"title":"t","description":"\#(text(10_001))"}"#, ["description"]),
            (#"{"title":"t","description":"a\n\u0000"}"#, ["description"]),
            (#"{"title":"t","description":"a\nb"}"#, []), (#"{"title":"t","type":"a b"}"#, ["type"]),
            (#"{"title":"t","type":null,"due_at":null,"tags":null,"metadata":null,"priority":null}"#, []),
            (#"{"title":"t","priority":101}"#, ["priority"]), (#"{"title":"t","priority":-100}"#, []),
            (#"{"title":"t","priority":1.0}"#, ["priority"]), (#"{"title":"t","tags":[\#(tags)]}"#, ["tags"]),
            (#"{"title":"t","tags":["\#(text(65))"]}"#, ["tags"]), (#"{"title":"t","tags":[""]}"#, ["tags"]),
            (#"{"title":"t","tags":"t"}"#, ["tags"]), (#"{"title":"t","metadata":[]}"#, ["metadata"]),
            (#"{"title":"t","metadata":{"a":"\#(text(4089))"}}"#, ["metadata"]),
            (#"{"title":"t","metadata":{"a":"\#(text(4088))"}}"#, []),
            (#"{"title":"t","metadata":{"a":"\u0000"}}"#, ["metadata"]),
            (#"{"title":"t","status":"done"}"#, ["status"]),
            (#"{"title":"t","status":null}"#, ["status"]), (#"{"title":"t","status":"in_progress"}"#, []),
            (#"{"title":"t","due_at":"2026-11-28"}"#, ["due_at"]),
            (#"{"title":"t","due_at":"0000-01-01T00:00:00Z"}"#, ["due_at"]),
            (#"{"title":"t","due_at":"2026-11-28T22:00:00+01:00"}"#, []),
            (#"{"title":"t","source":"user","external_id":"1","id":"1"}"#, ["source", "external_id", "id"]),
        ]
        for row in table { #expect(fields(row.json) == row.fields, "\(row.json.prefix(80))") }
        #expect(fields("{}", needsTitle: false) == [])
        #expect(fields(#"{"title":null}"#, needsTitle: false) == ["title"])
    }

    @Test("A completed task is not reopened and keeps its type, and others' tasks change their status alone")
    func decisions() {
        func task(_ status: TaskStatus, completed: Bool = false, source: String = "user") -> UserTask {
            UserTask(
                id: 1, userID: "u1", content: TaskContent(title: "t"), status: status, source: source,
                completedAt: completed ? 1 : nil)
        }
        func outcome(_ task: UserTask, _ set: (inout TaskChange) -> Void) -> String {
            var change = TaskChange()
            set(&change)
            switch change.decision(for: task) {
            case .become(let task, let reopens): return "\(task.status)\(reopens ? " again" : "")"
            case .closed: return "closed"
            case .notOwn: return "not own"
            }
        }
        #expect(outcome(task(.open)) { $0.status = .inProgress } == "inProgress")
        #expect(outcome(task(.open)) { $0.status = .archived } == "archived")
        #expect(outcome(task(.archived)) { $0.status = .open } == "open again")
        #expect(outcome(task(.done, completed: true)) { $0.status = .open } == "closed")
        #expect(outcome(task(.done, completed: true)) { $0.status = .archived } == "archived")
        #expect(outcome(task(.archived, completed: true)) { $0.status = .open } == "closed")
        #expect(outcome(task(.done, completed: true)) { $0.type = "walk" } == "closed")
        #expect(outcome(task(.done, completed: true)) { $0.type = .some(nil) } == "done")
        #expect(outcome(task(.done, completed: true)) { $0.title = "x" } == "done")
        #expect(outcome(task(.open, source: "template")) { $0.status = .inProgress } == "inProgress")
        #expect(outcome(task(.open, source: "template")) { $0.type = "walk" } == "not own")
        #expect(outcome(task(.open, source: "github")) { $0.dueAt = 5 } == "not own")
    }

    @Test("The period of a template is that of the user's day")
    func periods() {
        // 2027-01-01T02:30:00Z, a Friday.
        let time: Int64 = 1_798_770_600_000
        let table: [(rhythm: TaskRepeat, zone: String?, id: String)] = [
            (.once, nil, "t"), (.daily, nil, "t:2027-01-01"), (.daily, "America/New_York", "t:2026-12-31"),
            (.daily, "Asia/Tokyo", "t:2027-01-01"), (.daily, "No/Where", "t:2027-01-01"), (.weekly, nil, "t:2026-W53"),
        ]
        for row in table {
            #expect(TemplatePeriod.externalID(of: "t", row.rhythm, at: time, timeZone: row.zone) == row.id)
        }
        let day: Int64 = 86_400_000
        let weeks = (2...4).map {
            TemplatePeriod.externalID(of: "t", .weekly, at: time + $0 * day, timeZone: nil)
        }
        #expect(weeks == ["t:2026-W53", "t:2027-W01", "t:2027-W01"])
    }

    @Test("Earnings are the sum of two rates, within the caps")
    func earnings() {
        func earn(_ type: Rate?, _ job: Rate?, own: Bool = true, sharing: Int64 = 0, all: Int64 = 0) -> [Int64] {
            let earnings = Earnings(
                type: type, job: job, isOwn: own, earlier: Earnings.Earlier(sharing: sharing, all: all))
            return [earnings.points, earnings.coins, earnings.isCapped ? 1 : 0]
        }
        let (type, job) = (Rate(points: 5, coins: 2), Rate(points: 1, coins: 1))
        #expect(earn(nil, nil) == [0, 0, 0])
        #expect(earn(type, job) == [6, 3, 0])
        #expect(earn(nil, job) == [1, 1, 0])
        #expect(earn(type, job, sharing: 19, all: 40) == [6, 3, 0])
        #expect(earn(type, job, sharing: 20) == [0, 0, 1])
        #expect(earn(type, job, own: false, sharing: 20, all: 20) == [6, 3, 0])
        let capped = Rate(points: 5, coins: 2, maxPerUserPerDay: 2)
        #expect(earn(capped, job, sharing: 1) == [6, 3, 0])
        #expect(earn(capped, job, sharing: 2) == [0, 0, 1])
        #expect(earn(type, Rate(points: 1, coins: 1, maxPerUserPerDay: 3), sharing: 1, all: 3) == [5, 2, 1])
    }
}
