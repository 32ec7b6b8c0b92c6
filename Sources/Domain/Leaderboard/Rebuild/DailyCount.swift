/// How often an action counted for a user on one day.
public struct DailyCount: Hashable, Sendable {
    /// The action's id.
    public var action: String
    /// The day, in days since 1970 (UTC), by issue time.
    public var day: Int64
    /// The user.
    @ByteExact public var userID: String
    /// The count.
    public var count: Int64

    /// Creates a count.
    public init(action: String, day: Int64, userID: String, count: Int64) {
        self.action = action
        self.day = day
        self.count = count
        self.userID = userID
    }
}
