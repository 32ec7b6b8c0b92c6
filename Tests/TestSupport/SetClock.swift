import Foundation
import LocalServers
import Synchronization

/// A wall clock that a test sets. A Redis that is started with it goes by it, so that a test need not wait for time to
/// pass, and its runs are all the same.
///
/// In such a Redis no command may wait for the wall clock, as `XREAD BLOCK` does for its timeout.
public final class SetClock: Sendable {
    private let path: String
    private let time: Mutex<Int64>

    /// The file names of the library of `Tests/SetClock`. SwiftPM puts it next to the tests.
    private static let library = "libSetClock"

    /// A clock that shows a time, in ms since 1970.
    public init(at time: Int64) throws {
        path = try makeTestFolder("clock") + "/microseconds"
        self.time = Mutex(time)
        try write(time)
    }

    /// The time, in ms since 1970.
    public var now: Int64 { time.withLock { $0 } }

    /// Sets the time, in ms since 1970. A Redis shows it from the next command on.
    public func set(_ time: Int64) throws {
        try self.time.withLock { now in
            try write(time)
            now = time
        }
    }

    private func write(_ time: Int64) throws {
        let file = try Files.open(path, O_WRONLY | O_CREAT)
        var microseconds = time * 1000
        guard pwrite(file.number, &microseconds, MemoryLayout<Int64>.size, 0) == MemoryLayout<Int64>.size else {
            throw LocalServerError.system(call: "pwrite", subject: path, code: errno)
        }
    }

    /// The variables that make a process go by this clock.
    func environment() throws -> [String: String] {
        #if os(macOS)
            let (loader, suffix) = ("DYLD_INSERT_LIBRARIES", ".dylib")
        #else
            let (loader, suffix) = ("LD_PRELOAD", ".so")
        #endif
        let places = [Bundle.main.executablePath] + Bundle.allBundles.map(\.bundlePath)
        let library = try ExecutableSearch(
            folders: places.compactMap { $0 }.map { ($0 as NSString).deletingLastPathComponent }
        ).find(Self.library + suffix, install: "swift build --product SetClock")
        return [loader: library, "SET_CLOCK_FILE": path]
    }
}
