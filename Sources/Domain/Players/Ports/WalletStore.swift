import Leaderboard

/// The stored wallets and their ledger.
public protocol WalletStore: Sendable {
    /// The balances of a user; zero for one who never had any.
    func wallet(of userID: String) async throws(StoreError) -> Wallet
    /// Changes a balance and writes the entry, both or neither. Changes of one balance happen one after the other, so
    /// that no two can spend the same coins.
    func make(_ change: WalletChange) async throws(StoreError) -> WalletOutcome
    /// Entries of a user, the newest first.
    ///
    /// - Parameters:
    ///   - currency: those of one currency; nil for all.
    ///   - before: those older than the entry with this id; nil for the newest.
    ///   - limit: the most entries.
    func entries(
        of userID: String, currency: Currency?, before: Int64?, limit: Int
    ) async throws(StoreError) -> [WalletEntry]
}
