import Basics
import HTTPKit
import HTTPTypes
import Hummingbird
import Leaderboard
import NIOCore
import NIOHTTP1
import StrictJSON

/// `/boards`: reads of boards, for everybody who may see them, and their changes, for administrators.
struct BoardRoutes: Sendable {
    let catalogue: any CatalogueSource
    let changes: BoardChanges
    let periods: PeriodList
    let gate: RequestGate

    /// Longer bodies are refused.
    private static let bodyBytesMax = 16 * 1024

    func addRoutes(to router: Router<some RemoteAddressRequestContext>) {
        router.get("/boards") { request, context in
            await gate.respond { try await list(request, context) }
        }
        router.get("/boards/{id}") { request, context in
            await gate.respond { try await get(request, context) }
        }
        router.put("/boards/{id}") { request, context in
            await gate.respond { try await change(.put, request, context) }
        }
        router.patch("/boards/{id}") { request, context in
            await gate.respond { try await change(.patch, request, context) }
        }
        router.delete("/boards/{id}") { request, context in
            await gate.respond {
                try await gate.requireAdmin(request, context)
                try await changes.delete(try gate.id(context))
                return Self.done
            }
        }
        router.post("/boards/{id}/reset") { request, context in
            await gate.respond { try await reset(request, context) }
        }
        router.get("/boards/{id}/periods") { request, context in
            await gate.respond { try await list(periods, request, context) }
        }
        router.delete("/boards/{id}/users/{user_id}") { request, context in
            await gate.respond {
                try await gate.requireAdmin(request, context)
                try await changes.deleteUser(try gate.userID(context), of: try gate.id(context))
                return Self.done
            }
        }
        router.refuseOtherMethods(on: "/boards", allowed: [.get])
        router.refuseOtherMethods(on: "/boards/{id}", allowed: [.get, .put, .patch, .delete])
        router.refuseOtherMethods(on: "/boards/{id}/reset", allowed: [.post])
        router.refuseOtherMethods(on: "/boards/{id}/periods", allowed: [.get])
        router.refuseOtherMethods(on: "/boards/{id}/users/{user_id}", allowed: [.delete])
    }

    private static var done: Reply { Reply(status: .noContent, body: ByteBuffer()) }

    // MARK: Reads

    /// Without a token, the list has public boards only. A token that is not valid is refused.
    private func list(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Reply {
        let hasToken = request.headers.contains(.authorization)
        if hasToken { _ = try await gate.claims(request, context) }
        guard let catalogue = catalogue.current else { throw APIError.unavailable }
        let boards = catalogue.boards.values.filter { hasToken || !$0.isPrivate }.sorted { $0.id < $1.id }
        return .json { json in
            json.beginObject()
            json.list("boards", boards) { Self.write($0, to: &$1) }
            json.endObject()
        }
    }

    private func get(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Reply {
        let board = try await visibleBoard(request, context)
        return .json { Self.write(board, to: &$0) }
    }

    private func list(
        _ periods: PeriodList, _ request: Request, _ context: some RemoteAddressRequestContext
    ) async throws -> Reply {
        let board = try await visibleBoard(request, context)
        return try await periods.page(of: board, uri: request.uri.string)
    }

    private func visibleBoard(
        _ request: Request, _ context: some RemoteAddressRequestContext
    ) async throws -> Board {
        let id = try gate.id(context)
        guard let catalogue = catalogue.current else { throw APIError.unavailable }
        guard let board = catalogue.boards[id] else { throw APIError.unknownBoard }
        try await gate.requireView(of: board, request, context)
        return board
    }

    private static func write(_ board: Board, to json: inout JSONWriter<ByteBuffer>) {
        json.beginObject()
        board.writeMembers(to: &json)
        json.endObject()
    }

    // MARK: Changes

    private func change(
        _ way: BoardChange.Way, _ request: Request, _ context: some RemoteAddressRequestContext
    ) async throws -> Reply {
        try await gate.requireAdmin(request, context)
        let id = try gate.id(context)
        let resets = try Self.resets(request.uri.string)
        let draft = try Self.draft(try await gate.json(request, upTo: Self.bodyBytesMax))
        let (board, isNew) = try await changes.change(draft, id: id, way: way, resets: resets)
        return .json(isNew ? .created : .ok) { Self.write(board, to: &$0) }
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

    private func reset(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Reply {
        try await gate.requireAdmin(request, context)
        let id = try gate.id(context)
        let body = try await gate.jsonIfAny(request, upTo: Self.bodyBytesMax)
        try await changes.reset(id, window: try Self.window(body))
        return Self.done
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
