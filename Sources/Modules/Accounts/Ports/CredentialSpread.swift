import Signing

/// Tells all nodes at once what was committed to Postgres, so that they need not find it there. Nodes look for it
/// themselves too, so a call that fails only delays it.
public protocol CredentialSpread: Sendable {
    /// Sessions have ended: their access tokens must be refused by all nodes.
    func sessionsEnded(_ sessions: [SessionID]) async
    /// API keys were made or revoked.
    func keysChanged() async
}
