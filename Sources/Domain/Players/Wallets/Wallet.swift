import Leaderboard

/// The balances of a user.
public struct Wallet: Sendable, Equatable {
    /// The user.
    @ByteExact public private(set) var userID: String
    /// Coins; negative only after an adjustment.
    public var coins: Int64
    /// Tokens; negative only after an adjustment.
    public var tokens: Int64

    /// A wallet, empty unless balances are given.
    public init(userID: String, coins: Int64 = 0, tokens: Int64 = 0) {
        self.userID = userID
        self.coins = coins
        self.tokens = tokens
    }

    /// The greatest balance, and the greatest amount: every JSON reader holds it exactly (RFC 8259 section 6).
    public static let balanceMax: Int64 = (1 << 53) - 1

    /// The balance in a currency.
    public subscript(currency: Currency) -> Int64 {
        get { currency == .coins ? coins : tokens }
        set { if currency == .coins { coins = newValue } else { tokens = newValue } }
    }
}
