/// A slow disk for a Redis that is started with it: each `fsync` takes longer by a time that the test sets.
public struct SlowSync: Sendable {
    private let library: PreloadedLibrary

    /// A disk that is not slow yet.
    public init() throws {
        library = try PreloadedLibrary("SlowSync", variable: "SLOW_SYNC_FILE")
        try set(milliseconds: 0)
    }

    /// Sets how much longer each sync takes that begins from now on.
    public func set(milliseconds: Int64) throws { try library.write(milliseconds) }

    /// The variables that make a process use this disk.
    public func environment() throws -> [String: String] { try library.environment() }
}
