/// The deletion of a user everywhere, while it is in progress.
public struct Erasure: Hashable, Sendable {
    /// The steps, in order. Each may be repeated.
    public enum State: String, Sendable, CaseIterable {
        /// The scores leave the store of the rankings, and the ledger follows.
        case scores
        /// The pseudonym takes the place of the user id.
        case names
        /// The action ids expire, then their nonces and signatures go.
        case signatures
    }

    /// The name that the ledger, the archives and all else have instead.
    public var pseudonym: String
    /// The user.
    @ByteExact public var userID: String
    /// The step.
    public var state: State
    /// The number of the request: it grows if the user is deleted again before the end.
    public var request: Int64

    /// Creates one.
    public init(pseudonym: String, userID: String, state: State, request: Int64) {
        self.pseudonym = pseudonym
        self.state = state
        self.request = request
        self.userID = userID
    }
}
