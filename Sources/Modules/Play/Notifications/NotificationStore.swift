import Leaderboard

/// Notifications and the wishes of users about them.
package protocol NotificationStore: Sendable {
    /// Notifications of a user, the newest first.
    ///
    /// - Parameter before: those with smaller ids; nil for the first page.
    func notifications(
        of userID: String, unreadOnly: Bool, before: Int64?, limit: Int
    ) async throws(StoreError) -> [UserNotification]
    /// Marks notifications of a user as read.
    ///
    /// - Returns: how many were unread before.
    func markRead(_ choice: ReadChoice, of userID: String) async throws(StoreError) -> Int
    /// The kinds that a user wants.
    func preferences(of userID: String) async throws(StoreError) -> NotificationPreferences
    /// Changes some of them.
    ///
    /// - Returns: all of them, after the change.
    func change(
        _ changes: [NotificationKind: Bool], of userID: String
    ) async throws(StoreError) -> NotificationPreferences
    /// Takes notifications that were not sent to sockets yet, the oldest first. Nobody else takes them until the lease
    /// ends, so one whose sender dies is sent by another node.
    func claimUnpushed(limit: Int, lease: Duration) async throws(StoreError) -> [UserNotification]
    /// Notes that they were sent.
    func markPushed(_ ids: [Int64]) async throws(StoreError)
    /// Deletes notifications that are not kept any more.
    ///
    /// - Parameter limit: the most of each sort.
    /// - Returns: how many; if it is the limit, there may be more.
    func sweep(keep: NotificationRetention, limit: Int) async throws(StoreError) -> Int
}

/// Which notifications to mark as read.
package enum ReadChoice: Sendable, Equatable {
    /// All of the user.
    case all
    /// Those with these ids.
    case ids([Int64])
}

/// How long notifications are kept.
package struct NotificationRetention: Sendable {
    /// Older ones are deleted, in days.
    package var days = 90
    /// The most for a user: older ones are deleted.
    package var ofUser = 1000

    /// The defaults.
    package init() {}
}

/// The kinds that a user wants.
package struct NotificationPreferences: Sendable, Equatable {
    /// The kinds that the user turned off.
    package let unwanted: Set<NotificationKind>

    /// - Parameter unwanted: the kinds that the user turned off.
    package init(unwanted: Set<NotificationKind> = []) { self.unwanted = unwanted }
}
