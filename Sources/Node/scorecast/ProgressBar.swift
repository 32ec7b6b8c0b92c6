import Foundation
import Synchronization

/// A bar on standard error that grows in place; nothing if that is not a terminal.
final class ProgressBar: Sendable {
    private let label: String
    private let isShown = isatty(FileHandle.standardError.fileDescriptor) == 1
    /// The percentage that is shown.
    private let shown = Mutex(-1)

    private static let width = 40

    init(label: String) {
        self.label = label
    }

    /// Shows how much is done.
    func show(_ done: Int64, of total: Int64) {
        guard isShown else { return }
        let percent = total > 0 ? Int(min(100, done * 100 / total)) : 0
        let isNew = shown.withLock { shown in
            defer { shown = percent }
            return shown != percent
        }
        guard isNew else { return }
        let filled = percent * Self.width / 100
        let bar = String(repeating: "#", count: filled) + String(repeating: " ", count: Self.width - filled)
        write("\r\(label) [\(bar)] \(percent) %")
    }

    /// Removes the bar.
    func end() {
        guard isShown, shown.withLock({ $0 }) >= 0 else { return }
        write("\r" + String(repeating: " ", count: label.count + Self.width + 10) + "\r")
    }

    private func write(_ text: String) {
        // A closed terminal is not a reason to end.
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
