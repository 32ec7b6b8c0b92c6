import Access
import HTTPKit
import HTTPTypes
import Leaderboard
import NIOCore
import NIOHTTP1
import Signing
import StrictJSON

/// `GET /actions`, `GET/PUT/DELETE /actions/{id}`: the catalogue of actions, for administrators.
struct ActionRoutes: Sendable {
    let store: any CatalogueStore
    let catalogue: any CatalogueSource
    let audit: any AuditLog

    /// Longer bodies are refused.
    private static let bodyBytesMax = 16 * 1024

    func addRoutes(to table: inout RouteTable) {
        table.add(.get, "/actions", .admins(.actionsRead)) { _ in try await list() }
        table.add(.get, "/actions/{id}", .admins(.actionsRead)) { try await get(id: $0.id) }
        table.add(.put, "/actions/{id}", .admins(.actionsWrite)) { request in
            let id = try request.id
            return try await audit.recording("action.put", of: id, request) {
                try await put(id: id, body: try await request.json(upTo: Self.bodyBytesMax))
            }
        }
        table.add(.delete, "/actions/{id}", .admins(.actionsWrite)) { request in
            let id = try request.id
            return try await audit.recording("action.delete", of: id, request) { try await delete(id: id) }
        }
    }

    private func list() async throws(APIError) -> Reply {
        let actions = try await load().actions.values.sorted { $0.id < $1.id }
        return .json { json in
            json.beginObject()
            json.list("actions", actions) { ActionJSON.write($0, to: &$1) }
            json.endObject()
        }
    }

    private func get(id: String) async throws(APIError) -> Reply {
        guard let action = try await load().actions[id] else { throw .unknownAction }
        return .json { ActionJSON.write(action, to: &$0) }
    }

    private func put(id: String, body: ByteBuffer) async throws(APIError) -> Reply {
        let action = try ActionJSON.parse(body, id: id)
        let problems = action.problems(boards: try await load().boards)
        guard problems.isEmpty else { throw .invalidInput(problems) }
        let isNew: Bool
        do {
            isNew = try await store.put(action)
            try await catalogue.reload()
        } catch {
            catalogue.recordFailure(error)
            throw .unavailable
        }
        return .json(isNew ? .created : .ok) { ActionJSON.write(action, to: &$0) }
    }

    private func delete(id: String) async throws(APIError) -> Reply {
        let isDeleted: Bool
        do {
            isDeleted = try await store.deleteAction(id: id)
            if isDeleted { try await catalogue.reload() }
        } catch {
            catalogue.recordFailure(error)
            throw .unavailable
        }
        guard isDeleted else { throw .unknownAction }
        return Reply(status: .noContent, body: ByteBuffer())
    }

    private func load() async throws(APIError) -> Catalogue {
        do {
            return try await store.load()
        } catch {
            catalogue.recordFailure(error)
            throw .unavailable
        }
    }
}
