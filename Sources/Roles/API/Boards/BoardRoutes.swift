import Access
import Basics
import HTTPKit
import HTTPTypes
import Leaderboard
import NIOCore
import NIOHTTP1
import Signing
import StrictJSON

/// `/boards`: reads of boards, for everybody who may see them, and their changes, for administrators.
struct BoardRoutes: Sendable {
    let catalogue: any CatalogueSource
    let changes: BoardChanges
    let periods: PeriodList
    let audit: any AuditLog
    let idempotency: Idempotency?

    /// Longer bodies are refused.
    private static let bodyBytesMax = 16 * 1024

    func addRoutes(to table: inout RouteTable) {
        table.add(.get, "/boards", .viewers(.boardsRead)) { try await list($0) }
        table.add(.get, "/boards/{id}", .viewers(.boardsRead)) { try await get($0) }
        table.add(.get, "/boards/{id}/periods", .viewers(.boardsRead)) { try await list(periods, $0) }
        table.add(.put, "/boards/{id}", .admins(.boardsWrite)) { try await change(.put, $0) }
        table.add(.patch, "/boards/{id}", .admins(.boardsWrite)) { try await change(.patch, $0) }
        table.add(.delete, "/boards/{id}", .admins(.boardsWrite)) { request in
            let id = try request.id
            return try await audit.recording("board.delete", of: id, request) {
                try await changes.delete(id)
                return Self.done
            }
        }
        table.add(.post, "/boards/{id}/reset", .admins(.moderation), idempotency: idempotency) { try await reset($0) }
        table.add(.delete, "/boards/{id}/users/{user_id}", .admins(.moderation)) { request in
            let user = try request.userID
            let id = try request.id
            return try await audit.recording("board.delete_user", of: user, request, detail: ["board": id]) {
                try await changes.deleteUser(user, of: id)
                return Self.done
            }
        }
    }

    private static var done: Reply { Reply(status: .noContent, body: ByteBuffer()) }

    // MARK: Reads

    /// Without a token, the list has public boards only. A token that is not valid is refused.
    private func list(_ request: RouteRequest) async throws -> Reply {
        let hasToken = request.showsCredentials
        if hasToken { _ = try await request.viewer() }
        guard let catalogue = catalogue.current else { throw APIError.unavailable }
        let boards = catalogue.boards.values.filter { hasToken || !$0.isPrivate }.sorted { $0.id < $1.id }
        return .json { json in
            json.beginObject()
            json.list("boards", boards) { Self.write($0, to: &$1) }
            json.endObject()
        }
    }

    private func get(_ request: RouteRequest) async throws -> Reply {
        let board = try await visibleBoard(request)
        return .json { Self.write(board, to: &$0) }
    }

    private func list(_ periods: PeriodList, _ request: RouteRequest) async throws -> Reply {
        try await periods.page(of: try await visibleBoard(request), uri: request.uri)
    }

    private func visibleBoard(_ request: RouteRequest) async throws -> Board {
        let id = try request.id
        guard let catalogue = catalogue.current else { throw APIError.unavailable }
        guard let board = catalogue.boards[id] else { throw APIError.unknownBoard }
        try await request.requireView(of: board)
        return board
    }

    private static func write(_ board: Board, to json: inout JSONWriter<ByteBuffer>) {
        json.beginObject()
        board.writeMembers(to: &json)
        json.endObject()
    }

    // MARK: Changes

    private func change(_ way: BoardChange.Way, _ request: RouteRequest) async throws -> Reply {
        let id = try request.id
        let resets = try Self.resets(request.uri)
        let detail = ["method": request.method.rawValue, "reset": String(resets)]
        return try await audit.recording("board.put", of: id, request, detail: detail) {
            let draft = try Self.draft(try await request.json(upTo: Self.bodyBytesMax))
            let (board, isNew) = try await changes.change(draft, id: id, way: way, resets: resets)
            return .json(isNew ? .created : .ok) { Self.write(board, to: &$0) }
        }
    }

    private static func draft(_ body: ByteBuffer) throws(APIError) -> BoardDraft {
        var draft = BoardDraft()
        try body.readJSONObject(limits: BoardDraft.limits) { key, reader throws(JSONError) in
            try draft.read(key, from: &reader)
        }
        return draft
    }

    /// The parameter `reset`.
    private static func resets(_ uri: String) throws(APIError) -> Bool {
        let query: QueryString
        do throws(FieldProblem) { query = try QueryString(uri: uri, known: ["reset"]) } catch {
            throw .invalidInput([error])
        }
        switch query["reset"] {
        case nil, "false": return false
        case "true": return true
        default: throw .invalidInput([FieldProblem(field: "reset", reason: "must be true or false")])
        }
    }

    private func reset(_ request: RouteRequest) async throws -> Reply {
        let id = try request.id
        let window = try Self.window(try await request.jsonIfAny(upTo: Self.bodyBytesMax))
        return try await audit.recording("board.reset", of: id, request, detail: ["window": window ?? "*"]) {
            try await changes.reset(id, window: window)
            return Self.done
        }
    }

    /// The window that a body names; nil for all.
    private static func window(_ body: ByteBuffer) throws(APIError) -> String? {
        guard body.readableBytes > 0 else { return nil }
        var window: String?
        var unknown: [FieldProblem] = []
        try body.readJSONObject { key, reader throws(JSONError) in
            guard key == "window" else { return unknown.append(.unknownMember(key.string)) }
            if try !reader.readNullIfPresent() { window = try reader.readString(maxBytes: Names.idBytesMax) }
        }
        guard unknown.isEmpty else { throw .invalidInput(unknown) }
        return window
    }
}
