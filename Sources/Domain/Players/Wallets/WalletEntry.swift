import Leaderboard

/// A change of a balance that happened. The ledger of the wallets holds all of them; none ever changes, and a balance
/// is the sum of its entries.
public struct WalletEntry: Sendable, Equatable {
    /// Grows with each entry of a wallet; the cursor of lists.
    public let id: Int64
    /// The user.
    @ByteExact public private(set) var userID: String
    /// What the wallet holds.
    public let currency: Currency
    /// What was added; negative if it was taken.
    public let amount: Int64
    /// The balance after it.
    public let balance: Int64
    /// Why, as a word of the module that made it, such as `task`.
    public let reason: String
    /// What for, among entries of this reason: the id of a task, of a purchase.
    public let reference: String
    /// When, in ms since 1970.
    public let createdAt: Int64

    /// Gathers the parts.
    public init(
        id: Int64, userID: String, currency: Currency, amount: Int64, balance: Int64, reason: String,
        reference: String, createdAt: Int64
    ) {
        self.id = id
        self.userID = userID
        self.currency = currency
        self.amount = amount
        self.balance = balance
        self.reason = reason
        self.reference = reference
        self.createdAt = createdAt
    }
}
