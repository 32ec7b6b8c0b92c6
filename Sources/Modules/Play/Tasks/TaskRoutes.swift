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

/// `/tasks`: users keep their tasks. Their completion is in `CompletionRoute`.
package struct TaskRoutes: PlayRoutes {
    private let tasks: any TaskStore
    private let idempotency: Idempotency?
    private let gate: StoreGate
    private let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - tasks: the store.
    ///   - idempotency: takes `Idempotency-Key` with new tasks.
    ///   - logger: is told when the store cannot be reached.
    ///   - now: in ms since 1970.
    package init(
        tasks: any TaskStore, idempotency: Idempotency?, logger: Logger,
        now: @escaping @Sendable () -> Int64 = WallClock.milliseconds
    ) {
        self.tasks = tasks
        self.idempotency = idempotency
        gate = StoreGate("Tasks", logger: logger)
        self.now = now
    }

    /// Adds the routes.
    package func addRoutes(to table: inout RouteTable) {
        table.add(.get, "/tasks", .users(.playWrite)) { try await list($0) }
        table.add(.post, "/tasks", .users(.playWrite), idempotency: idempotency) { try await add($0) }
        table.add(.get, "/tasks/{id}", .users(.playWrite)) { try await get($0) }
        table.add(.patch, "/tasks/{id}", .users(.playWrite)) { try await change($0) }
        table.add(.delete, "/tasks/{id}", .users(.playWrite)) { try await delete($0) }
    }

    private func list(_ request: RouteRequest) async throws -> Reply {
        let user = try request.bearer().subject
        let (search, page) = try TaskSearch.reading(uri: request.uri, userID: user)
        // Only the first page: pages after it show the list as it was.
        if search.before == nil {
            try await gate.run { () throws(StoreError) in try await tasks.publish(to: user, now: now()) }
        }
        let found = try await gate.run { () throws(StoreError) in try await tasks.tasks(search) }
        return ListPage(found, for: page, of: TaskSearch.list) { [String($0.id)] }
            .reply("tasks") { TaskJSON.write($0, to: &$1) }
    }

    private func add(_ request: RouteRequest) async throws -> Reply {
        let user = try request.bearer().subject
        let change = try TaskDraft.change(try await request.json(upTo: TaskDraft.bodyBytesMax), needsTitle: true)
        guard change.status != .archived else {
            throw APIError.invalidInput([FieldProblem(field: "status", reason: "must be open or in_progress")])
        }
        let content = change.content(from: TaskContent(title: ""))
        let added = try await gate.run { () throws(StoreError) in
            try await tasks.add(content, status: change.status ?? .open, dueAt: change.dueAt ?? nil, of: user)
        }
        guard let task = added else { throw APIError(.tooMany) }
        return .json(.created) { TaskJSON.write(task, to: &$0) }
    }

    private func get(_ request: RouteRequest) async throws -> Reply {
        let (id, user) = try Self.task(of: request)
        guard let task = try await gate.run({ () throws(StoreError) in try await tasks.task(id, of: user) }) else {
            throw APIError(.unknownTask)
        }
        return .json { TaskJSON.write(task, to: &$0) }
    }

    private func change(_ request: RouteRequest) async throws -> Reply {
        let (id, user) = try Self.task(of: request)
        let change = try TaskDraft.change(try await request.json(upTo: TaskDraft.bodyBytesMax), needsTitle: false)
        let outcome = try await gate.run { () throws(StoreError) in try await tasks.change(id, of: user, change) }
        switch outcome {
        case .changed(let task): return .json { TaskJSON.write(task, to: &$0) }
        case .unknown: throw APIError(.unknownTask)
        case .closed: throw APIError(.taskClosed)
        case .notOwn:
            throw APIError(.taskClosed, message: "Of a task that the user did not make, only the status can change.")
        case .tooMany: throw APIError(.tooMany)
        }
    }

    private func delete(_ request: RouteRequest) async throws -> Reply {
        let (id, user) = try Self.task(of: request)
        switch try await gate.run({ () throws(StoreError) in try await tasks.delete(id, of: user) }) {
        case .deleted: return Reply(status: .noContent, body: ByteBuffer())
        case .unknown: throw APIError(.unknownTask)
        case .notOwn:
            throw APIError(.taskClosed, message: "A task that the user did not make can only be archived.")
        }
    }

    /// The id of the path, and the bearer. A task that cannot exist is not there.
    private static func task(of request: RouteRequest) throws -> (id: Int64, user: String) {
        let user = try request.bearer().subject
        guard let text = PercentEncoding.decodedSegment(Substring(request.parameter("id")).utf8),
            let id = UserTask.id(of: text)
        else { throw APIError(.unknownTask) }
        return (id, user)
    }
}
