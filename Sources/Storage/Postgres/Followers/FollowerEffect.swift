import PostgresClient

/// What a follower of the ledger does with events.
package protocol FollowerEffect: Sendable {
    /// The follower's name, 1 to 32 of `a-z`.
    var name: String { get }
    /// Takes events of one partition, in the open transaction that also moves the position.
    ///
    /// If it throws, nothing of this happens. Then it gets fewer events, down to the first one alone. An error of the
    /// connection, or a `StoreError` that is not `corrupt`, is not the fault of an event, and all is tried again.
    ///
    /// - Parameter events: updates that counted, in the order of their sequence numbers; at least one.
    func take(_ events: [FollowedEvent], on connection: PostgresConnection) throws
}
