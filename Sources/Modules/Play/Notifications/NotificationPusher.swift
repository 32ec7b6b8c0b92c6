import Leaderboard
import Players

/// Sends new notifications to the sockets of their users.
package struct NotificationPusher: Sendable {
    private let store: any NotificationStore
    private let sender: any LiveSender

    /// The most notifications of a round.
    package static let batch = 200
    /// How long a node may take for a round before others send the same.
    private static let lease = Duration.seconds(10)

    /// Gathers the parts.
    package init(store: any NotificationStore, sender: any LiveSender) {
        self.store = store
        self.sender = sender
    }

    /// One round. A notification is sent twice if the node dies in between; clients know it by its id.
    ///
    /// - Returns: whether there are more.
    package func push() async throws(StoreError) -> Bool {
        let claimed = try await store.claimUnpushed(limit: Self.batch, lease: Self.lease)
        guard !claimed.isEmpty else { return false }
        var sent: [Int64] = []
        var failure: StoreError?
        for notification in claimed {
            do throws(StoreError) {
                try await sender.send(notification.message, to: notification.userID, isNotification: true)
                sent.append(notification.id)
            } catch {
                failure = error
                break
            }
        }
        try await store.markPushed(sent)
        if let failure { throw failure }
        return claimed.count == Self.batch
    }
}
