import Leaderboard
import Play
import Players
import PostgresClient

/// Gives hints for coins.
enum HintSale {
    /// The wallet has less than a hint costs. It ends the transaction, so that nothing of it stays.
    struct TooExpensive: Error {}

    /// The reason of the entries in wallets.
    private static let reason = "hint"

    /// Gives a user the next hint and takes its cost, in the transaction of the caller. The row of the member is locked
    /// first, so that no two requests get the same hint.
    static func take(of id: String, as userID: String, on connection: PostgresConnection) throws -> HintOutcome {
        let outcome = try MemberRow.join(id, as: userID, mayGenerate: false, on: connection)
        guard case .done = outcome else { return .refused(outcome) }
        let key: [PostgresValue] = [.text(id), .text(userID)]
        let taken = try connection.query(
            "SELECT hints_taken FROM challenge_members WHERE challenge_id = $1 AND user_id = $2 FOR UPDATE", key
        ).first?.int("hints_taken")
        guard let taken, let content = try ChallengeRow.seen(id, by: userID, on: connection)?.challenge.content else {
            throw StoreError(.unavailable, "a challenge was deleted while a hint was taken")
        }
        guard let next = content.nextHint(taken: Int(taken)) else { return .noMore }
        let coins = try pay(next.hint.cost, for: "\(id):\(next.index)", of: userID, on: connection)
        try connection.execute(
            "UPDATE challenge_members SET hints_taken = hints_taken + 1 WHERE challenge_id = $1 AND user_id = $2", key)
        return .taken(TakenHint(index: next.index, hint: next.hint, left: next.left, coins: coins))
    }

    /// Returns the coins that are left.
    private static func pay(
        _ cost: Int64, for reference: String, of userID: String, on connection: PostgresConnection
    ) throws -> Int64 {
        guard cost > 0 else {
            return try connection.query(
                "SELECT balance FROM wallets WHERE user_id = $1 AND currency = $2",
                [.text(userID), .text(Currency.coins.rawValue)]
            ).first?.int("balance") ?? 0
        }
        let change = WalletChange(
            userID: userID, currency: .coins, way: .spend(cost), reason: reason, reference: reference)
        switch try PostgresWalletStore.make(change, on: connection) {
        case .made(let entry), .madeBefore(let entry): return entry.balance
        case .unchanged(let balance): return balance
        case .insufficient, .outOfBounds: throw TooExpensive()
        }
    }
}
