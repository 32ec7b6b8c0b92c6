import Access
import Basics
import HTTPKit
import HTTPTypes
import Leaderboard
import Logging
import NIOCore
import NIOHTTP1
import Signing
import StrictJSON

/// `POST /tasks/complete`.
package struct CompletionRoute: PlayRoutes {
    private let tasks: any TaskStore
    private let completions: any TaskCompletions
    private let completion: Completion
    private let idempotency: Idempotency?
    private let gate: StoreGate
    private let now: @Sendable () -> Int64

    /// Longer bodies are refused.
    private static let bodyBytesMax = 4 * 1024
    private static let idBytesMax = 64

    /// - Parameters:
    ///   - tasks: publishes the tasks of templates, and archives those of past periods.
    ///   - completions: the store.
    ///   - completion: finishes a stored completion.
    ///   - idempotency: takes `Idempotency-Key`.
    ///   - logger: is told when the store cannot be reached.
    ///   - now: in ms since 1970.
    package init(
        tasks: any TaskStore, completions: any TaskCompletions, completion: Completion, idempotency: Idempotency?,
        logger: Logger, now: @escaping @Sendable () -> Int64 = WallClock.milliseconds
    ) {
        self.tasks = tasks
        self.completions = completions
        self.completion = completion
        self.idempotency = idempotency
        gate = StoreGate("Completions of tasks", logger: logger)
        self.now = now
    }

    /// Adds the route.
    package func addRoutes(to table: inout RouteTable) {
        table.add(.post, "/tasks/complete", .users(.playWrite), idempotency: idempotency) { try await complete($0) }
    }

    private func complete(_ request: RouteRequest) async throws -> Reply {
        let user = try request.bearer().subject
        let id = try Self.taskID(try await request.json(upTo: Self.bodyBytesMax))
        try await gate.run { () throws(StoreError) in try await tasks.publish(to: user, now: now()) }
        let stored = try await gate.run { () throws(StoreError) in
            try await completions.complete(id, of: user, now: now())
        }
        guard case .completed(let task, let record) = stored else {
            throw APIError(stored == .closed ? .taskClosed : .unknownTask)
        }
        let answer = try await completion.answer(to: record) { json in
            json.key("task")
            TaskJSON.write(task, to: &json)
        } keeping: { outcome in
            try await gate.run { () throws(StoreError) in try await completions.keep(outcome, of: id) }
        }
        return Reply(status: .ok, body: ByteBuffer(string: answer))
    }

    /// The task of a body. Pure.
    ///
    /// - Throws: `invalid_input` if the body is malformed, `unknown_task` if no task can have the id.
    package static func taskID(_ body: ByteBuffer) throws(APIError) -> Int64 {
        var text: String?
        var problems: [FieldProblem] = []
        try body.readJSONObject { key, reader throws(JSONError) in
            guard key == "task_id" else { return problems.append(.unknownMember(key.string)) }
            if try !reader.readNullIfPresent() { text = try reader.readString(maxBytes: idBytesMax) }
        }
        guard problems.isEmpty, let text else {
            let missing = text == nil ? [FieldProblem(field: "task_id", reason: "is required")] : []
            throw .invalidInput(problems + missing)
        }
        guard let id = UserTask.id(of: text) else { throw APIError(.unknownTask) }
        return id
    }
}
