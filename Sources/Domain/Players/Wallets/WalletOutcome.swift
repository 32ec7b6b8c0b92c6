/// How a change of a balance ended.
public enum WalletOutcome: Sendable, Equatable {
    /// It was made.
    case made(WalletEntry)
    /// It was made before: this is the entry of that time.
    case madeBefore(WalletEntry)
    /// Nothing had to change.
    case unchanged(balance: Int64)
    /// The balance has less than was to be spent. Nothing was changed.
    case insufficient(balance: Int64)
    /// The balance would leave its bounds, or the amount is out of bounds. Nothing was changed.
    case outOfBounds(balance: Int64)
}
