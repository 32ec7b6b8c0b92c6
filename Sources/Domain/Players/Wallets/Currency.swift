/// What wallets hold.
public enum Currency: String, CaseIterable, Sendable {
    case coins
    case tokens
}
