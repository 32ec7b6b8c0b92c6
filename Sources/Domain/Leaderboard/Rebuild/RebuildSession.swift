/// A rebuild of a partition that has begun. Its token makes a rebuild that began earlier stop.
public struct RebuildSession: Hashable, Sendable {
    /// The partition.
    public var partition: Int
    /// The token, which no other rebuild has.
    public var token: String
    /// The store's time at the beginning, in ms since 1970.
    public var storeTime: Int64

    /// Creates one.
    public init(partition: Int, token: String, storeTime: Int64) {
        self.partition = partition
        self.token = token
        self.storeTime = storeTime
    }
}
