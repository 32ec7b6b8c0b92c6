import Access
import Basics
import HTTPKit
import HTTPTypes
import Leaderboard
import NIOCore
import NIOHTTP1
import Players
import Signing
import StrictJSON

/// The accounts, for administrators: search, bans, roles.
package struct UserAdministrationRoutes: Sendable {
    private let desk: PeopleDesk
    private let idempotency: Idempotency?

    /// Longer bodies are refused.
    private static let bodyBytesMax = 4 * 1024
    private static let textBytesMax = 2048
    /// The most characters of the reason for a ban.
    private static let reasonGraphemesMax = 256

    /// - Parameters:
    ///   - desk: the stores.
    ///   - idempotency: takes `Idempotency-Key` with bans and their ends.
    package init(desk: PeopleDesk, idempotency: Idempotency?) {
        self.desk = desk
        self.idempotency = idempotency
    }

    /// Adds the routes.
    package func addRoutes(to table: inout RouteTable) {
        table.add(.get, "/users", .admins(.usersRead)) { try await list($0) }
        table.add(.post, "/users/{id}/ban", .admins(.moderation), idempotency: idempotency) { request in
            let reason = try Self.reason(try await request.jsonIfAny(upTo: Self.bodyBytesMax))
            return try await perform(.ban(reason: reason), request)
        }
        table.add(.post, "/users/{id}/unban", .admins(.moderation), idempotency: idempotency) {
            try await perform(.unban, $0)
        }
        table.add(.put, "/users/{id}/role", .admins(.usersWrite)) { request in
            let role = try Self.role(try await request.json(upTo: Self.bodyBytesMax))
            try PersonPatch.check(role, givenBy: try request.bearer())
            return try await perform(.setRole(role), request)
        }
    }

    private func list(_ request: RouteRequest) async throws -> Reply {
        let (search, query) = try PeopleSearch.reading(uri: request.uri)
        let people = try await desk.available { () throws(StoreError) in try await desk.people.people(search) }
        return ListPage(people, for: query, of: PeopleSearch.list) { [$0.username] }
            .reply("users") { PersonJSON.writeListed($0, to: &$1) }
    }

    private func perform(_ act: PersonAct, _ request: RouteRequest) async throws -> Reply {
        let id = try desk.userID("id", of: request)
        if try request.bearer().isSubject(id), act.isDangerousForOneself { throw APIError.ownRole }
        try await desk.perform(act, on: id, request)
        guard let person = try await desk.available({ () throws(StoreError) in try await desk.people.person(id) })
        else { throw APIError.noAccount }
        return .json { PersonJSON.writeListed(person, to: &$0) }
    }

    /// The reason in a body; nil if it has none.
    private static func reason(_ body: ByteBuffer) throws(APIError) -> String? {
        guard body.readableBytes > 0, let text = try member("reason", of: body) else { return nil }
        guard let reason = ShownText.normalized(text, graphemes: reasonGraphemesMax) else {
            throw .invalidInput([
                FieldProblem(field: "reason", reason: ShownText.form(graphemes: reasonGraphemesMax))
            ])
        }
        return reason
    }

    private static func role(_ body: ByteBuffer) throws(APIError) -> Role {
        guard let role = try member("role", of: body).flatMap({ Role(rawValue: $0) }) else {
            throw .invalidInput([.role])
        }
        return role
    }

    /// The text of the one member that a body may have.
    private static func member(_ name: String, of body: ByteBuffer) throws(APIError) -> String? {
        var text: String?
        var problems: [FieldProblem] = []
        try body.readJSONObject { key, reader throws(JSONError) in
            guard key.string == name else { return problems.append(.unknownMember(key.string)) }
            if try !reader.readNullIfPresent() { text = try reader.readString(maxBytes: textBytesMax) }
        }
        guard problems.isEmpty else { throw .invalidInput(problems) }
        return text
    }
}

extension PersonAct {
    /// Whether an administrator who does this to himself could not take it back.
    fileprivate var isDangerousForOneself: Bool {
        switch self {
        case .ban: true
        case .unban: false
        case .setRole(let role): role != .admin
        }
    }
}
