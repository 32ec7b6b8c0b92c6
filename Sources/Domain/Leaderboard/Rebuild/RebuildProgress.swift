/// How far a rebuild is.
public struct RebuildProgress: Hashable, Sendable {
    /// The entries that are written.
    public var done: Int64
    /// All entries.
    public var total: Int64

    /// Creates one.
    public init(done: Int64, total: Int64) {
        self.done = done
        self.total = total
    }
}
