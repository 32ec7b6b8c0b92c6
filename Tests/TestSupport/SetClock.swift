import Synchronization

/// A wall clock that a test sets. A Redis that is started with it goes by it, so that a test need not wait for time to
/// pass, and its runs are all the same.
///
/// In such a Redis no command may wait for the wall clock, as `XREAD BLOCK` does for its timeout.
public final class SetClock: Sendable {
    private let library: PreloadedLibrary
    private let time: Mutex<Int64>

    /// A clock that shows a time, in ms since 1970.
    public init(at time: Int64) throws {
        library = try PreloadedLibrary("SetClock", variable: "SET_CLOCK_FILE")
        self.time = Mutex(time)
        try library.write(time * 1000)
    }

    /// The time, in ms since 1970.
    public var now: Int64 { time.withLock { $0 } }

    /// Sets the time, in ms since 1970. A Redis shows it from the next command on.
    public func set(_ time: Int64) throws {
        try self.time.withLock { now in
            try library.write(time * 1000)
            now = time
        }
    }

    /// The variables that make a process go by this clock.
    public func environment() throws -> [String: String] { try library.environment() }
}
