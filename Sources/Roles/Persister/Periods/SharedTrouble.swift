import Leaderboard
import Reporting
import Synchronization

/// A trouble log of several loops: the trouble is over when no loop fails any more.
final class SharedTrouble: Sendable {
    private let log: TroubleLog
    private let failing = Mutex(0)

    /// - Parameter log: the log.
    init(log: TroubleLog) {
        self.log = log
    }

    /// A loop failed.
    ///
    /// - Parameter isFirst: whether it worked before.
    func recordFailure(_ error: StoreError, isFirst: Bool) {
        if isFirst { failing.withLock { $0 += 1 } }
        log.recordFailure(error)
    }

    /// A loop that failed works again.
    func recordEnd() {
        let isOver = failing.withLock { failing in
            failing -= 1
            return failing == 0
        }
        if isOver { log.recordSuccess() }
    }
}
