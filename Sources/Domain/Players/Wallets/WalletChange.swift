import Leaderboard

/// A change of a balance to be made, once: a second change of the same user, currency, reason and reference does
/// nothing.
public struct WalletChange: Sendable, Equatable {
    /// The ways to change a balance. Amounts are at least 1 and at most ``Wallet/balanceMax``.
    public enum Way: Sendable, Equatable {
        /// Adds an amount.
        case credit(Int64)
        /// Takes an amount, if the balance has it.
        case spend(Int64)
        /// Adds an amount that may be negative. The balance may become negative, for what was spent already and must
        /// be taken back.
        case adjust(Int64)
        /// Sets the balance: an administrator's adjustment.
        case set(Int64)
    }

    /// The user.
    @ByteExact public private(set) var userID: String
    /// What the wallet holds.
    public let currency: Currency
    /// How the balance changes.
    public let way: Way
    /// See ``WalletEntry/reason``; 1 to 128 bytes.
    public let reason: String
    /// See ``WalletEntry/reference``; 1 to 256 bytes.
    public let reference: String

    /// Gathers the parts.
    public init(userID: String, currency: Currency, way: Way, reason: String, reference: String) {
        self.userID = userID
        self.currency = currency
        self.way = way
        self.reason = reason
        self.reference = reference
    }

    /// The longest reason, in bytes.
    public static let reasonBytesMax = 128
    /// The longest reference, in bytes.
    public static let referenceBytesMax = 256

    /// The decision for one balance.
    public enum Decision: Sendable, Equatable {
        /// The balance changes by this amount, which is not 0.
        case add(Int64)
        /// The balance is what it should be.
        case nothing
        /// The balance has less than is to be spent.
        case insufficient
        /// An amount is out of bounds, or the balance would be.
        case outOfBounds
    }

    /// Decides for the balance before the change. Pure.
    public func decision(balance: Int64) -> Decision {
        let bounds = -Wallet.balanceMax...Wallet.balanceMax
        func add(_ amount: Int64) -> Decision {
            guard bounds.contains(amount) else { return .outOfBounds }
            let (sum, overflows) = balance.addingReportingOverflow(amount)
            guard !overflows, bounds.contains(sum) else { return .outOfBounds }
            return amount == 0 ? .nothing : .add(amount)
        }
        switch way {
        case .credit(let amount): return amount >= 1 ? add(amount) : .outOfBounds
        case .spend(let amount):
            guard (1...Wallet.balanceMax).contains(amount) else { return .outOfBounds }
            return balance >= amount ? add(-amount) : .insufficient
        case .adjust(let amount): return add(amount)
        case .set(let target):
            guard bounds.contains(target) else { return .outOfBounds }
            let (amount, overflows) = target.subtractingReportingOverflow(balance)
            guard !overflows else { return .outOfBounds }
            return amount == 0 ? .nothing : .add(amount)
        }
    }
}
