import Leaderboard
import NIOConcurrencyHelpers

/// ``LedgerLines`` for pages that come one after the other, but on different threads.
final class LockedLines: Sendable {
    private let lines: NIOLockedValueBox<LedgerLines>

    init(actions: [String: Action]) {
        lines = NIOLockedValueBox(LedgerLines(actions: actions))
    }

    func take(_ rows: [LedgerLine]) -> [LedgerEvent] { lines.withLockedValue { $0.take(rows) } }

    func end() -> [LedgerEvent] { lines.withLockedValue { $0.end() } }
}
