import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Lines about the progress of a run.
struct Progress {
    let writers: Writers
    let watchers: Watchers
    let clock: RunClock
    let note: @Sendable (String) -> Void

    /// Each second on a terminal. Otherwise somebody will read a file later: every ten.
    private static let interval: Duration = isatty(STDERR_FILENO) == 1 ? .seconds(1) : .seconds(10)

    /// Writes lines until it is cancelled.
    func run() async {
        var before = 0
        while (try? await Task.sleep(for: Self.interval)) != nil {
            let accepted = writers.tally.withLock { $0.accepted }
            note(line(perSecond: Double(accepted - before) / (Self.interval / .seconds(1))))
            before = accepted
        }
    }

    private func line(perSecond: Double) -> String {
        let updates = writers.tally.withLock { $0 }
        let watching = watchers.tally
        let seconds = Int(clock.elapsed / .seconds(1))
        let errors = updates.errors.total
        // Short enough for a line of most terminals.
        return "\(seconds) s: \(Figure.tenths(perSecond))/s accepted, "
            + "p99 \(Figure.milliseconds(updates.latency.percentile(0.99))) ms, \(updates.inFlight) in flight, "
            + "\(errors) errors; \(watchers.showing) watch, \(ScoreboardFrames(watching).all) messages, "
            + "p99 \(Figure.milliseconds(watching.staleness.percentile(0.99))) ms"
    }
}
