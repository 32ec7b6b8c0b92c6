import HTTPKit

/// Hashes and checks passwords, off the event loops, a bounded number at a time.
package protocol PasswordHashing: Sendable {
    /// The hash of a password, as a PHC string.
    ///
    /// - Throws: `unavailable` if too many wait.
    func hash(_ password: String) async throws(APIError) -> String
    /// Whether a password is the one of a hash. Without a hash the same work is done, and the answer is false.
    ///
    /// - Throws: `unavailable` if too many wait.
    func verify(_ password: String, against hash: String?) async throws(APIError) -> Bool
}
