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

/// `/badges`: everybody sees which badges there are; administrators change them.
package struct BadgeRoutes: PlayRoutes {
    private let badges: any BadgeStore
    private let audit: any AuditLog
    private let gate: StoreGate

    /// Longer bodies are refused.
    private static let bodyBytesMax = 32 * 1024
    /// The list's name in its cursors.
    private static let list = "badges"

    /// - Parameters:
    ///   - audit: gets the acts of administrators.
    ///   - logger: is told when the store cannot be reached.
    package init(badges: any BadgeStore, audit: any AuditLog, logger: Logger) {
        self.badges = badges
        self.audit = audit
        gate = StoreGate("Badges", logger: logger)
    }

    /// Adds the routes.
    package func addRoutes(to table: inout RouteTable) {
        table.add(.get, "/badges", .users(.playWrite)) { try await list($0) }
        table.add(.put, "/badges/{id}", .admins(.playWrite)) { try await put($0) }
        table.add(.delete, "/badges/{id}", .admins(.playWrite)) { try await delete($0) }
    }

    private func list(_ request: RouteRequest) async throws -> Reply {
        let query = try ListQuery(uri: request.uri, list: Self.list, values: 1)
        let found = try await gate.run { () throws(StoreError) in
            try await badges.badges(after: query.after?.first, limit: query.limit + 1)
        }
        return ListPage(found, for: query, of: Self.list) { [$0.id] }
            .reply("badges") { Self.write($0, to: &$1) }
    }

    private func put(_ request: RouteRequest) async throws -> Reply {
        let id = request.parameter("id")
        return try await audit.recording("badge.put", of: id, request) {
            let badge = try BadgeDraft.badge(id: id, try await request.json(upTo: Self.bodyBytesMax))
            let outcome = try await gate.run { () throws(StoreError) in try await badges.put(badge) }
            guard outcome != .tooMany else { throw APIError(.tooMany) }
            return .json(outcome == .created ? .created : .ok) { Self.write(badge, to: &$0) }
        }
    }

    private func delete(_ request: RouteRequest) async throws -> Reply {
        let id = request.parameter("id")
        return try await audit.recording("badge.delete", of: id, request) {
            guard Names.isID(id), try await gate.run({ () throws(StoreError) in try await badges.delete(id) }) else {
                throw APIError(.unknownBadge)
            }
            return Reply(status: .noContent, body: ByteBuffer())
        }
    }

    private static func write(_ badge: Badge, to json: inout JSONWriter<ByteBuffer>) {
        json.beginObject()
        json.member("id", badge.id)
        json.member("name", badge.name)
        json.member("description", badge.description)
        json.member("icon", badge.icon)
        json.key("rule")
        badge.rule.write(to: &json)
        json.endObject()
    }
}
