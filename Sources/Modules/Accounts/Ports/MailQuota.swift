import Leaderboard

/// How often mail may be asked for.
package enum MailLimit: String, CaseIterable, Sendable {
    /// Requests of a client address for a reset.
    case resetAddress = "reset-address"
    /// Resets of a mailbox.
    case resetMailbox = "reset-mailbox"
    /// Requests of a user to verify an address.
    case verifyUser = "verify-user"
    /// Verifications of a mailbox.
    case verifyMailbox = "verify-mailbox"

    /// The most in an hour.
    package var hourlyMax: Int { self == .resetAddress ? 30 : 5 }
}

/// Counts requests over all nodes.
package protocol MailQuota: Sendable {
    /// Counts a request, unless it is over the limit.
    ///
    /// - Parameter subject: whose limit it is: an address of a client, a mailbox, a user. Implementations keep a hash.
    /// - Returns: nil if the request is within the limit; otherwise when the next one will be, in ms from now.
    func take(_ limit: MailLimit, of subject: String) async throws(StoreError) -> Int64?
}
