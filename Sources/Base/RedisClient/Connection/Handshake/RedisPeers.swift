import NIOConcurrencyHelpers
import NIOCore

/// The connections of this process that ought to go to one server. When one of them finds that its server does not
/// serve any more (a failover has made it a replica, say), all are given up and made again: otherwise some would go on
/// with the old server while others write to the new one.
public final class RedisPeers: Sendable {
    private let members = NIOLockedValueBox<[@Sendable (RedisError, TimeAmount) -> Void]>([])

    /// A connection this young has just asked its server, so an earlier finding of another connection is not news to
    /// it. Without this bound two connections could end each other in turn.
    static let young = TimeAmount.seconds(1)

    /// A group without members.
    public init() {}

    /// - Parameter giveUp: gives connections up that are older than the amount.
    func join(_ giveUp: @escaping @Sendable (RedisError, TimeAmount) -> Void) {
        members.withLockedValue { $0.append(giveUp) }
    }

    /// Gives all connections up; new ones follow by themselves. Can be called on any thread.
    /// - Parameter error: why, for the log and for commands that have no reply.
    public func giveUp(_ error: RedisError) {
        giveUp(error, olderThan: .zero)
    }

    func giveUp(_ error: RedisError, olderThan age: TimeAmount) {
        for member in members.withLockedValue({ $0 }) { member(error, age) }
    }
}
