import Leaderboard
import Logging
import NIOConcurrencyHelpers
import NIOCore
import Synchronization

/// Decides which failures of a store are worth a line in the log, however many requests meet them. Pure: moments are ms
/// of any steady clock.
///
/// The first failure is told at once, then at most one in ten seconds with the number of those that were not told, and
/// the end of the trouble once. A trouble that begins within ten seconds of the last line is told when they are over.
package struct TroubleWindow {
    /// What to tell.
    package enum Line: Equatable {
        /// It fails. So many failures since the last line were not told.
        case warning(suppressed: Int)
        /// It works again, after so many failures in so many ms.
        case recovered(failures: Int, milliseconds: Int64)
    }

    /// Between two warnings.
    package static let warningMilliseconds: Int64 = 10_000
    /// How long nothing must have failed before a success counts as the end: where only some requests fail, the others
    /// are no sign of recovery.
    package static let quietMilliseconds: Int64 = 1_000

    /// Whether the last word is a failure.
    package private(set) var isInTrouble = false
    private var isTold = false
    private var began: Int64 = 0
    private var lastFailure: Int64 = 0
    private var lastWarning: Int64?
    private var failures = 0
    private var suppressed = 0

    /// No trouble.
    package init() {}

    /// Something failed.
    package mutating func failed(at now: Int64) -> Line? {
        if !isInTrouble { (isInTrouble, isTold, began, failures) = (true, false, now, 0) }
        failures += 1
        lastFailure = now
        if let lastWarning, now - lastWarning < Self.warningMilliseconds {
            suppressed += 1
            return nil
        }
        defer { (lastWarning, suppressed, isTold) = (now, 0, true) }
        return .warning(suppressed: suppressed)
    }

    /// Something worked.
    package mutating func worked(at now: Int64) -> Line? {
        guard isInTrouble, now - lastFailure >= Self.quietMilliseconds else { return nil }
        isInTrouble = false
        guard isTold else { return nil }
        suppressed = 0
        return .recovered(failures: failures, milliseconds: lastFailure - began)
    }
}

/// Tells operators that something which needs a store fails, and that it works again: see `TroubleWindow`.
///
/// For the hot path: a success costs one look at a flag.
package final class TroubleLog: Sendable {
    private let warning: Logger.Message
    private let notice: Logger.Message
    private let logger: Logger
    private let isInTrouble = Atomic(false)
    private let window = NIOLockedValueBox(TroubleWindow())

    /// - Parameters:
    ///   - warning: says what fails.
    ///   - notice: says that it works again.
    package init(warning: Logger.Message, notice: Logger.Message, logger: Logger) {
        self.warning = warning
        self.notice = notice
        self.logger = logger
    }

    /// Something failed, for this reason.
    package func failed(_ error: StoreError) {
        let line = window.withLockedValue { window in
            isInTrouble.store(true, ordering: .relaxed)
            return window.failed(at: Self.now)
        }
        guard case .warning(let suppressed)? = line else { return }
        logger.warning(warning, metadata: ["error": "\(error)", "suppressed": "\(suppressed)"])
    }

    /// Something worked.
    package func worked() {
        guard isInTrouble.load(ordering: .relaxed) else { return }
        let line = window.withLockedValue { window in
            let line = window.worked(at: Self.now)
            isInTrouble.store(window.isInTrouble, ordering: .relaxed)
            return line
        }
        guard case .recovered(let failures, let milliseconds)? = line else { return }
        logger.notice(notice, metadata: ["failures": "\(failures)", "lasted_ms": "\(milliseconds)"])
    }

    private static var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }
}
