import Access
import Basics
import HTTPKit
import HTTPTypes
import Leaderboard
import Logging
import NIOCore
import NIOHTTP1
import Players
import Signing
import StrictJSON

/// `/wallet` and `/wallets/{user}/credit`.
package struct WalletRoutes: PlayRoutes {
    private let wallets: any WalletStore
    private let idempotency: Idempotency?
    private let audit: any AuditLog
    private let gate: StoreGate

    /// Longer bodies are refused.
    private static let bodyBytesMax = 8 * 1024
    /// The list's name in its cursors.
    private static let list = "wallet-entries"

    /// - Parameters:
    ///   - wallets: the store.
    ///   - idempotency: takes `Idempotency-Key` with changes.
    ///   - audit: gets each credit.
    ///   - logger: is told when the store cannot be reached.
    package init(wallets: any WalletStore, idempotency: Idempotency?, audit: any AuditLog, logger: Logger) {
        self.wallets = wallets
        self.idempotency = idempotency
        self.audit = audit
        gate = StoreGate("Wallets", logger: logger)
    }

    /// Adds the routes.
    package func addRoutes(to table: inout RouteTable) {
        table.add(.get, "/wallet", .users(.playWrite)) { try await get($0) }
        table.add(.get, "/wallet/entries", .users(.playWrite)) { try await entries($0) }
        table.add(.post, "/wallet/spend", .users(.playWrite), idempotency: idempotency) { try await spend($0) }
        table.add(.post, "/wallets/{user}/credit", .services(.playWrite), idempotency: idempotency) {
            try await credit($0)
        }
    }

    private func get(_ request: RouteRequest) async throws -> Reply {
        let user = try request.bearer().subject
        let wallet = try await gate.run { () throws(StoreError) in try await wallets.wallet(of: user) }
        return .json { json in
            json.beginObject()
            json.member("coins", wallet.coins)
            json.member("tokens", wallet.tokens)
            json.endObject()
        }
    }

    private func entries(_ request: RouteRequest) async throws -> Reply {
        let user = try request.bearer().subject
        let query = try ListQuery(uri: request.uri, list: Self.list, values: 1, more: ["currency"])
        var problems: [FieldProblem] = []
        let currency = query["currency"].flatMap { Currency(rawValue: $0) }
        if query["currency"] != nil, currency == nil {
            problems.append(FieldProblem(field: "currency", reason: "must be coins or tokens"))
        }
        let before = query.after?.first.flatMap { UserTask.id(of: $0) }
        if query.after != nil, before == nil { problems.append(ListQuery.cursorProblem) }
        guard problems.isEmpty else { throw APIError.invalidInput(problems) }
        let found = try await gate.run { () throws(StoreError) in
            try await wallets.entries(of: user, currency: currency, before: before, limit: query.limit + 1)
        }
        return ListPage(found, for: query, of: Self.list) { [String($0.id)] }
            .reply("entries") { Self.write($0, to: &$1) }
    }

    private func spend(_ request: RouteRequest) async throws -> Reply {
        let user = try request.bearer().subject
        let wanted = try WalletRequest(try await request.json(upTo: Self.bodyBytesMax))
        return try await reply(try await make(wanted, .spend(wanted.amount), of: user).entry)
    }

    private func credit(_ request: RouteRequest) async throws -> Reply {
        guard let user = PercentEncoding.decodedSegment(Substring(request.parameter("user")).utf8),
            Names.isUserID(user)
        else { throw APIError.invalidInput([FieldProblem(field: "user", reason: Names.userIDForm)]) }
        let wanted = try WalletRequest(try await request.json(upTo: Self.bodyBytesMax))
        let (entry, isNew) = try await make(wanted, .credit(wanted.amount), of: user)
        // Before anything else can fail: a repetition is not new.
        if isNew {
            let detail = [
                "currency": wanted.currency.rawValue, "amount": String(wanted.amount), "reason": wanted.reason,
                "reference": wanted.reference,
            ]
            audit.record(request.auditEntry("wallet.credit", of: user, detail: detail))
        }
        return try await reply(entry)
    }

    /// Makes a change, or finds that it was made.
    private func make(
        _ wanted: WalletRequest, _ way: WalletChange.Way, of user: String
    ) async throws -> (entry: WalletEntry, isNew: Bool) {
        let change = WalletChange(
            userID: user, currency: wanted.currency, way: way, reason: wanted.reason, reference: wanted.reference)
        let outcome = try await gate.run { () throws(StoreError) in try await wallets.make(change) }
        switch outcome {
        case .made(let entry): return (entry, true)
        case .madeBefore(let entry):
            guard entry.amount == way.signed else {
                throw APIError(
                    .taken, message: "This reason and reference were used before, with another amount.")
            }
            return (entry, false)
        case .insufficient: throw APIError(.insufficientFunds)
        case .outOfBounds, .unchanged:
            throw APIError.invalidInput([
                FieldProblem(field: "amount", reason: "must not bring the balance above \(Wallet.balanceMax)")
            ])
        }
    }

    private func reply(_ entry: WalletEntry) async throws -> Reply {
        let wallet = try await gate.run { () throws(StoreError) in try await wallets.wallet(of: entry.userID) }
        return .json { json in
            json.beginObject()
            json.key("entry")
            Self.write(entry, to: &json)
            json.member("coins", wallet.coins)
            json.member("tokens", wallet.tokens)
            json.endObject()
        }
    }

    private static func write(_ entry: WalletEntry, to json: inout JSONWriter<ByteBuffer>) {
        json.beginObject()
        json.member("id", String(entry.id))
        json.member("currency", entry.currency.rawValue)
        json.member("amount", entry.amount)
        json.member("balance", entry.balance)
        json.member("reason", entry.reason)
        json.member("reference", entry.reference)
        json.member("created_at", Timestamp.text(milliseconds: entry.createdAt))
        json.endObject()
    }
}

extension WalletChange.Way {
    /// The amount of its entry.
    fileprivate var signed: Int64? {
        switch self {
        case .credit(let amount): amount
        case .spend(let amount): -amount
        case .adjust, .set: nil
        }
    }
}
