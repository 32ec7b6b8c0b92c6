import Leaderboard
import Players
import PostgresClient

/// Wallets in Postgres: tables `wallets` and `wallet_entries`.
public struct PostgresWalletStore: WalletStore {
    private let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    public init(pool: PostgresPool) { self.pool = pool }

    /// See `WalletStore`.
    public func wallet(of userID: String) async throws(StoreError) -> Wallet {
        try await pool.run { connection in
            var wallet = Wallet(userID: userID)
            let rows = try connection.query(
                "SELECT currency, balance FROM wallets WHERE user_id = $1", [.text(userID)]
            ).rows
            for row in rows { wallet[try Self.currency(row)] = try row.int("balance") }
            return wallet
        }
    }

    /// See `WalletStore`.
    public func make(_ change: WalletChange) async throws(StoreError) -> WalletOutcome {
        try await pool.run { connection in try connection.transaction { try Self.make(change, on: $0) } }
    }

    /// Makes a change in the transaction of the caller, which may change other tables in it too.
    ///
    /// A caller that changes several wallets must order them by user id and currency, so that no two transactions wait
    /// for each other.
    package static func make(_ change: WalletChange, on connection: PostgresConnection) throws -> WalletOutcome {
        let key: [PostgresValue] = [.text(change.userID), .text(change.currency.rawValue)]
        // The row of the wallet is the lock. It has to be there before it can be locked.
        try connection.execute(
            "INSERT INTO wallets (user_id, currency) VALUES ($1, $2) ON CONFLICT DO NOTHING", key)
        let locked = try connection.query(
            "SELECT balance FROM wallets WHERE user_id = $1 AND currency = $2 FOR UPDATE", key)
        guard let balance = try locked.first?.int("balance") else {
            throw StoreError(.unavailable, "a wallet was deleted while it was changed")
        }
        let before = try connection.query(
            """
            SELECT \(columns) FROM wallet_entries
            WHERE user_id = $1 AND currency = $2 AND reason = $3 AND reference = $4
            """, key + [.text(change.reason), .text(change.reference)])
        if let row = before.first { return .madeBefore(try entry(row)) }
        switch change.decision(balance: balance) {
        case .nothing: return .unchanged(balance: balance)
        case .insufficient: return .insufficient(balance: balance)
        case .outOfBounds: return .outOfBounds(balance: balance)
        case .add(let amount): return .made(try add(amount, to: balance, for: change, key, on: connection))
        }
    }

    private static func add(
        _ amount: Int64, to balance: Int64, for change: WalletChange, _ key: [PostgresValue],
        on connection: PostgresConnection
    ) throws -> WalletEntry {
        let sum = balance + amount
        try connection.execute(
            "UPDATE wallets SET balance = $3 WHERE user_id = $1 AND currency = $2", key + [.int(sum)])
        let made = try connection.query(
            """
            INSERT INTO wallet_entries (user_id, currency, amount, balance, reason, reference, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp()) RETURNING \(columns)
            """, key + [.int(amount), .int(sum), .text(change.reason), .text(change.reference)])
        guard let row = made.first else { throw StoreError(.corrupt, "an entry that was written is not there") }
        return try entry(row)
    }

    /// See `WalletStore`.
    public func entries(
        of userID: String, currency: Currency?, before: Int64?, limit: Int
    ) async throws(StoreError) -> [WalletEntry] {
        try await pool.run { connection in
            try connection.query(
                """
                SELECT \(Self.columns) FROM wallet_entries
                WHERE user_id = $1 AND entry_id < $2 AND ($3::text IS NULL OR currency = $3)
                ORDER BY entry_id DESC LIMIT $4
                """,
                [
                    .text(userID), .int(before ?? .max), .text(orNull: currency?.rawValue),
                    .int(Int64(max(limit, 0))),
                ]
            ).rows.map { try Self.entry($0) }
        }
    }

    private static let columns = """
        entry_id, user_id, currency, amount, balance, reason, reference,
            floor(extract(epoch FROM created_at) * 1000)::bigint AS created
        """

    private static func entry(_ row: PostgresRow) throws -> WalletEntry {
        WalletEntry(
            id: try row.int("entry_id"), userID: try row.string("user_id"), currency: try currency(row),
            amount: try row.int("amount"), balance: try row.int("balance"), reason: try row.string("reason"),
            reference: try row.string("reference"), createdAt: try row.int("created"))
    }

    private static func currency(_ row: PostgresRow) throws -> Currency {
        guard let currency = Currency(rawValue: try row.string("currency")) else {
            throw StoreError(.corrupt, "a wallet has a currency that this version does not know")
        }
        return currency
    }
}
