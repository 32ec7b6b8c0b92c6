import Synchronization

/// What was done to whom, and when.
final class FaultTimeline: Sendable {
    private let start = ContinuousClock.now
    private let lines = Mutex<[(milliseconds: Int, text: String)]>([])

    /// The time since the start, in ms.
    var now: Int { Self.milliseconds(start.duration(to: .now)) }

    /// Adds a line.
    func note(_ text: String) {
        let now = now
        lines.withLock { $0.append((now, text)) }
    }

    /// The last lines, with their times.
    var text: String {
        lines.withLock { lines in
            lines.suffix(200).map { "  \($0.milliseconds) ms  \($0.text)" }.joined(separator: "\n")
        }
    }

    static func milliseconds(_ time: Duration) -> Int {
        Int(time.components.seconds * 1000 + time.components.attoseconds / 1_000_000_000_000_000)
    }
}
