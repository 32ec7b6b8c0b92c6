import Foundation

/// The sizes of the fault runs: from the environment, else long ones with `SCORECAST_FULL=1`, else short ones.
enum FaultSettings {
    private static let environment = ProcessInfo.processInfo.environment

    /// Whether a size was asked for, so that the run says how far it is.
    static let isLong =
        EndToEnd.isFull
        || environment.keys.contains { $0.hasPrefix("SCORECAST_FAULT_") && $0 != "SCORECAST_FAULT_SEED" }

    /// The seed of one run, to repeat it.
    static let seed = environment["SCORECAST_FAULT_SEED"].flatMap { UInt64($0) }

    /// A number of the environment, such as `KILLS` for `SCORECAST_FAULT_KILLS`.
    static func number(_ name: String, short: Int, full: Int) -> Int {
        environment["SCORECAST_FAULT_\(name)"].flatMap { Int($0) } ?? (EndToEnd.isFull ? full : short)
    }

    /// The seeds of the rounds of a test, from `SCORECAST_FAULT_FROM` on: a run that was interrupted goes on there.
    static func seeds(_ base: UInt64, rounds: Int) -> [UInt64] {
        if let seed { return [seed] }
        let first = number("FROM", short: 0, full: 0)
        return (first..<max(first, rounds)).map { base + UInt64($0) }
    }

    /// Says how far a long run is.
    static func say(_ text: @autoclosure () -> String) {
        guard isLong else { return }
        FileHandle.standardError.write(Data((text() + "\n").utf8))
    }
}
