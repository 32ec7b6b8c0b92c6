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

/// `/notifications`: a user reads notifications, and says which kinds are wanted.
package struct NotificationRoutes: PlayRoutes {
    private let store: any NotificationStore
    private let idempotency: Idempotency?
    private let gate: StoreGate

    /// Longer bodies are refused.
    private static let bodyBytesMax = 16 * 1024
    /// The most ids of a request.
    private static let idsMax = 500
    /// The longest id, in bytes: the digits of a bigint.
    private static let idBytesMax = 19
    /// The list's name in its cursors.
    private static let list = "notifications"

    /// - Parameters:
    ///   - store: the store.
    ///   - idempotency: takes `Idempotency-Key`.
    ///   - logger: is told when the store cannot be reached.
    package init(store: any NotificationStore, idempotency: Idempotency?, logger: Logger) {
        self.store = store
        self.idempotency = idempotency
        gate = StoreGate("Notifications", logger: logger)
    }

    /// Adds the routes.
    package func addRoutes(to table: inout RouteTable) {
        table.add(.get, "/notifications", .users(.playWrite)) { try await list($0) }
        table.add(.post, "/notifications/read", .users(.playWrite), idempotency: idempotency) {
            try await markRead($0)
        }
        table.add(.get, "/notifications/preferences", .users(.playWrite)) { request in
            let user = try request.bearer().subject
            let wishes = try await gate.run { () throws(StoreError) in try await store.preferences(of: user) }
            return Self.reply(wishes)
        }
        table.add(.put, "/notifications/preferences", .users(.playWrite)) { try await change($0) }
    }

    private func list(_ request: RouteRequest) async throws -> Reply {
        let user = try request.bearer().subject
        let query = try ListQuery(uri: request.uri, list: Self.list, values: 1, more: ["unread"])
        let unreadOnly: Bool
        switch query["unread"] {
        case nil, "false": unreadOnly = false
        case "true": unreadOnly = true
        default: throw APIError.invalidInput([FieldProblem(field: "unread", reason: "must be true or false")])
        }
        let before = try query.after.map { values throws(APIError) in
            guard let id = Self.id(values[0]) else { throw .invalidInput([ListQuery.cursorProblem]) }
            return id
        }
        let found = try await gate.run { () throws(StoreError) in
            try await store.notifications(of: user, unreadOnly: unreadOnly, before: before, limit: query.limit + 1)
        }
        return ListPage(found, for: query, of: Self.list) { [String($0.id)] }
            .reply("notifications") { $0.write(to: &$1) }
    }

    /// An id as clients carry it; nil unless it is in plain digits.
    private static func id(_ text: String) -> Int64? {
        guard text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) else { return nil }
        return Int64(text)
    }

    // MARK: Reading

    private func markRead(_ request: RouteRequest) async throws -> Reply {
        let user = try request.bearer().subject
        let choice = try Self.choice(try await request.json(upTo: Self.bodyBytesMax))
        let count = try await gate.run { () throws(StoreError) in try await store.markRead(choice, of: user) }
        return .json { json in
            json.beginObject()
            json.member("read", count)
            json.endObject()
        }
    }

    /// Either `ids` or `"all":true`.
    private static func choice(_ body: ByteBuffer) throws(APIError) -> ReadChoice {
        var texts: [String]?
        var isAll: Bool?
        var problems: [FieldProblem] = []
        try body.readJSONObject { key, reader throws(JSONError) in
            let member = key.string
            guard member == "ids" || member == "all" else { return problems.append(.unknownMember(member)) }
            if try reader.readNullIfPresent() { return }
            if member == "all" { return isAll = try reader.readBool() }
            var read: [String] = []
            try reader.readArray(maxCount: 2 * idsMax) { reader throws(JSONError) in
                read.append(try reader.readString(maxBytes: idBytesMax))
            }
            texts = read
        }
        let ids = texts.map { $0.compactMap(id) }
        if let texts, let ids, ids.count < texts.count || !(1...idsMax).contains(texts.count) {
            problems.append(FieldProblem(field: "ids", reason: "must hold 1 to \(idsMax) ids of notifications"))
        }
        if isAll == false { problems.append(FieldProblem(field: "all", reason: "must be true")) }
        if (ids == nil) == (isAll == nil) {
            problems.append(FieldProblem(field: "body", reason: "must have either ids or all"))
        }
        guard problems.isEmpty else { throw .invalidInput(problems) }
        return ids.map { .ids($0) } ?? .all
    }

    // MARK: Preferences

    private func change(_ request: RouteRequest) async throws -> Reply {
        let user = try request.bearer().subject
        let changes = try Self.changes(try await request.json(upTo: Self.bodyBytesMax))
        let wishes = try await gate.run { () throws(StoreError) in try await store.change(changes, of: user) }
        return Self.reply(wishes)
    }

    /// Kinds that are not named stay as they are.
    private static func changes(_ body: ByteBuffer) throws(APIError) -> [NotificationKind: Bool] {
        var changes: [NotificationKind: Bool]?
        var problems: [FieldProblem] = []
        try body.readJSONObject { key, reader throws(JSONError) in
            guard key == "preferences" else { return problems.append(.unknownMember(key.string)) }
            var read: [NotificationKind: Bool] = [:]
            try reader.readObject { key, reader throws(JSONError) in
                guard let kind = NotificationKind(rawValue: key.string) else {
                    let kinds = NotificationKind.allCases.map(\.rawValue).joined(separator: ", ")
                    return problems.append(
                        FieldProblem(field: "preferences", reason: "must have members of \(kinds) alone"))
                }
                read[kind] = try reader.readBool()
            }
            changes = read
        }
        if changes == nil { problems.append(FieldProblem(field: "preferences", reason: "is required")) }
        guard problems.isEmpty, let changes else { throw .invalidInput(problems) }
        return changes
    }

    private static func reply(_ wishes: NotificationPreferences) -> Reply {
        .json { json in
            json.beginObject()
            json.key("preferences")
            json.beginObject()
            for kind in NotificationKind.allCases { json.member(kind.name, !wishes.unwanted.contains(kind)) }
            json.endObject()
            json.endObject()
        }
    }
}

extension NotificationKind {
    /// The raw value, as a key of JSON.
    fileprivate var name: StaticString {
        switch self {
        case .badge: "badge"
        case .level: "level"
        case .streakAtRisk: "streak_at_risk"
        case .passed: "passed"
        case .eventStarting: "event_starting"
        case .eventFinished: "event_finished"
        case .reward: "reward"
        case .challenge: "challenge"
        case .integrationTrouble: "integration_trouble"
        }
    }
}
