import Awards
import Leaderboard
import Play
import Players
import PostgresClient

/// What is completed, as far as its earnings go.
package struct EarningThing: Sendable, Equatable {
    /// The user.
    @ByteExact package private(set) var userID: String
    /// The kind of the award, and the reason of the entry in the wallet: `task` or `challenge`.
    package let kind: String
    /// Which of them.
    package let reference: String
    /// The type of the task; nil if it has none.
    package let type: String?
    /// Whether the user made the task or the challenge for itself; see `Earnings`.
    package let isOwn: Bool

    /// Gathers the parts.
    package init(userID: String, kind: String, reference: String, type: String?, isOwn: Bool) {
        self.userID = userID
        self.kind = kind
        self.reference = reference
        self.type = type
        self.isOwn = isOwn
    }
}

/// Pays for completions: tables `taskpoints`, `jobpoints`, `wallets` and `awards`.
package enum PostgresEarnings {
    /// Pays for something in the transaction of the caller, which holds its row and has found that it is not completed
    /// yet.
    ///
    /// - Parameters:
    ///   - board: gets the points.
    ///   - now: in ms since 1970, for the award.
    package static func pay(
        for thing: EarningThing, board: String, now: Int64, on connection: PostgresConnection
    ) throws -> Earned {
        try PlayerLock.take(thing.userID, on: connection)
        let earnings = try earnings(of: thing, on: connection)
        let coins = try credit(earnings.coins, for: thing, on: connection)
        let draft = AwardDraft(
            userID: thing.userID, kind: thing.kind, reference: thing.reference, board: board, points: earnings.points)
        let award = try earnings.points > 0 ? PostgresAwards.add(draft, now: now, on: connection) : nil
        return Earned(
            coins: coins.earned, coinsAfter: coins.balance, points: earnings.points, isCapped: earnings.isCapped,
            awardID: award)
    }

    private static func earnings(of thing: EarningThing, on connection: PostgresConnection) throws -> Earnings {
        let user = PostgresValue.text(thing.userID)
        let type = try connection.query(
            "SELECT points, coins, max_per_user_per_day FROM taskpoints WHERE type = $1", [.text(orNull: thing.type)]
        ).first.map { try RateRow.rate($0) }
        let job = try connection.query(
            """
            SELECT points, coins, max_per_user_per_day FROM jobpoints
            WHERE job = (SELECT job FROM profiles WHERE user_id = $1)
            """, [user]
        ).first.map { try RateRow.rate($0) }
        guard thing.isOwn else {
            return Earnings(type: type, job: job, isOwn: false, earlier: Earnings.Earlier(sharing: 0, all: 0))
        }
        let shares =
            type?.maxPerUserPerDay == nil
            ? """
            (done.type IS NULL OR NOT EXISTS (
                SELECT FROM taskpoints WHERE taskpoints.type = done.type AND max_per_user_per_day IS NOT NULL))
            """ : "done.type = $2"
        let counts = try connection.query(
            """
            WITH today AS (SELECT date_trunc('day', clock_timestamp(), 'UTC') AS start),
            done AS (
                SELECT type FROM tasks
                WHERE user_id = $1 AND source = 'user' AND completed_at >= (SELECT start FROM today)
                UNION ALL
                SELECT type FROM challenges WHERE user_id = $1 AND completed_at >= (SELECT start FROM today))
            SELECT count(*) AS everything, count(*) FILTER (WHERE \(shares)) AS sharing, $2::text AS type FROM done
            """, [user, .text(orNull: thing.type)]
        ).first
        let earlier = Earnings.Earlier(
            sharing: try counts?.int("sharing") ?? 0, all: try counts?.int("everything") ?? 0)
        return Earnings(type: type, job: job, isOwn: true, earlier: earlier)
    }

    /// Puts coins into the wallet. A wallet that is full gets none.
    private static func credit(
        _ coins: Int64, for thing: EarningThing, on connection: PostgresConnection
    ) throws -> (earned: Int64, balance: Int64) {
        guard coins > 0 else {
            let wallet = try connection.query(
                "SELECT balance FROM wallets WHERE user_id = $1 AND currency = $2",
                [.text(thing.userID), .text(Currency.coins.rawValue)])
            return (0, try wallet.first?.int("balance") ?? 0)
        }
        let change = WalletChange(
            userID: thing.userID, currency: .coins, way: .credit(coins), reason: thing.kind,
            reference: thing.reference)
        switch try PostgresWalletStore.make(change, on: connection) {
        case .made(let entry), .madeBefore(let entry): return (entry.amount, entry.balance)
        case .unchanged(let balance), .insufficient(let balance), .outOfBounds(let balance): return (0, balance)
        }
    }
}
