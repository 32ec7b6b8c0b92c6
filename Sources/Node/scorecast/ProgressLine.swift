import Foundation
import Synchronization

/// A line on the terminal that is overwritten as the work goes on. If standard error is not a terminal, it shows
/// nothing.
final class ProgressLine: Sendable {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let shownAt = Mutex<ContinuousClock.Instant?>(nil)
    /// The shortest time between two texts.
    private static let interval = Duration.milliseconds(200)

    /// Shows a text, unless another one was shown just before.
    func show(_ text: String) {
        guard isTerminal else { return }
        let isDue = shownAt.withLock { shownAt in
            if let last = shownAt, .now - last < Self.interval { return false }
            shownAt = .now
            return true
        }
        if isDue { write("\r\u{1B}[K" + text) }
    }

    /// Removes the line.
    func end() {
        if isTerminal { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}
