import Access
import Basics
import HTTPKit
import HTTPTypes
import Leaderboard
import NIOCore
import NIOHTTP1
import Signing
import StrictJSON

/// `/api-keys`: administrators make, list and revoke API keys.
package struct APIKeyRoutes: Sendable {
    private let desk: PeopleDesk
    private let keys: any APIKeyStore
    private let now: @Sendable () -> Int64

    /// Longer bodies are refused.
    private static let bodyBytesMax = 16 * 1024
    /// The list's name in its cursors.
    private static let list = "api-keys"
    /// What the subject of an API key's requests begins with.
    private static let subjectPrefix = "key:"

    /// - Parameters:
    ///   - desk: its spread is told after each change, before the answer.
    ///   - now: in ms since 1970.
    package init(
        desk: PeopleDesk, keys: any APIKeyStore, now: @escaping @Sendable () -> Int64 = WallClock.milliseconds
    ) {
        self.desk = desk
        self.keys = keys
        self.now = now
    }

    /// Adds the routes.
    package func addRoutes(to table: inout RouteTable) {
        table.add(.post, "/api-keys", .admins(.usersWrite)) { try await make($0) }
        table.add(.get, "/api-keys", .admins(.usersRead)) { try await list($0) }
        table.add(.delete, "/api-keys/{id}", .admins(.usersWrite)) { try await revoke($0) }
    }

    private func make(_ request: RouteRequest) async throws -> Reply {
        let maker = try request.bearer()
        // A key that leaked could otherwise live on in keys that nobody knows of after it was revoked.
        guard !maker.subject.utf8.starts(with: Self.subjectPrefix.utf8) else {
            throw APIError(.forbidden, message: "An API key cannot make API keys. Use the token of an administrator.")
        }
        let draft = try APIKeyDraft(try await request.json(upTo: Self.bodyBytesMax), maker: maker, now: now())
        let secret = APIKeyText.random()
        let wanted = APIKey(
            id: APIKeyText.randomID(), name: draft.name, role: draft.role, scopes: draft.scopes,
            createdBy: maker.subject, expiresAt: draft.expiresAt)
        let added = try await desk.available { () throws(StoreError) in
            try await keys.add(wanted, hash: secret.hash)
        }
        guard let key = added else {
            throw APIError.invalidInput([
                FieldProblem(field: "body", reason: "cannot be added: there are \(APIKey.liveMax) keys")
            ])
        }
        await desk.spread.keysChanged()
        let detail = ["name": key.name, "role": key.role.rawValue, "scopes": key.scopes.names.joined(separator: " ")]
        desk.audit.record(request.auditEntry("api_key.create", of: key.id, detail: detail))
        return .json(.created) { Self.write(key, text: secret.text, to: &$0) }
    }

    private func list(_ request: RouteRequest) async throws -> Reply {
        let query = try ListQuery(uri: request.uri, list: Self.list, values: 1)
        let found = try await desk.available { () throws(StoreError) in
            try await keys.keys(after: query.after?.first, limit: query.limit + 1)
        }
        return ListPage(found, for: query, of: Self.list) { [$0.id] }
            .reply("api_keys") { Self.write($0, text: nil, to: &$1) }
    }

    private func revoke(_ request: RouteRequest) async throws -> Reply {
        let id = request.parameter("id")
        guard APIKeyText.isID(id), try await desk.available({ () throws(StoreError) in try await keys.revoke(id) })
        else {
            throw APIError(.notFound, message: "There is no such API key.")
        }
        await desk.spread.keysChanged()
        desk.audit.record(request.auditEntry("api_key.revoke", of: id))
        return Reply(status: .noContent, body: ByteBuffer())
    }

    private static func write(_ key: APIKey, text: String?, to json: inout JSONWriter<ByteBuffer>) {
        json.beginObject()
        json.member("id", key.id)
        if let text { json.member("key", text) }
        json.member("name", key.name)
        json.member("role", key.role.rawValue)
        json.key("scopes")
        json.beginArray()
        for name in key.scopes.names { json.string(name) }
        json.endArray()
        json.member("created_by", key.createdBy)
        json.member("created_at", Timestamp.text(milliseconds: key.createdAt))
        json.member("expires_at", orNull: key.expiresAt.map { Timestamp.text(milliseconds: $0) })
        json.endObject()
    }
}
