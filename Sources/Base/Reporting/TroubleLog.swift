import Basics
import Logging
import Synchronization

/// Logs that something fails, and that it works again, as `TroubleWindow` decides. Work that can fail as often as it is
/// tried reports through one of these, so that no failure floods the log.
///
/// Fit for the hot path: a success costs one read of a flag.
package final class TroubleLog: Sendable {
    private let warning: Logger.Message
    private let notice: Logger.Message
    private let level: Logger.Level
    private let logger: Logger
    private let source: String
    private let isInTrouble = Atomic(false)
    private let window = Mutex(TroubleWindow())

    /// - Parameters:
    ///   - warning: says what fails.
    ///   - notice: says that it works again.
    ///   - level: of the first message.
    ///   - file: the caller, whose module the lines name as their source.
    package init(
        warning: Logger.Message, notice: Logger.Message, level: Logger.Level = .warning, logger: Logger,
        file: String = #fileID
    ) {
        self.warning = warning
        self.notice = notice
        self.level = level
        self.logger = logger
        source = String(file.prefix { $0 != "/" })
    }

    /// Something failed, for this reason.
    ///
    /// - Parameter facts: further metadata; only evaluated if a line is logged.
    package func recordFailure(_ error: some CustomStringConvertible, _ facts: @autoclosure () -> Logger.Metadata = [:])
    {
        let line = window.withLock { window in
            isInTrouble.store(true, ordering: .relaxed)
            return window.recordFailure(at: Self.now)
        }
        guard case .warning(let suppressed)? = line else { return }
        let metadata: Logger.Metadata = ["error": "\(error)", "suppressed": "\(suppressed)"]
        logger.log(level: level, warning, metadata: metadata.merging(facts()) { first, _ in first }, source: source)
    }

    /// Something worked.
    package func recordSuccess() {
        guard isInTrouble.load(ordering: .relaxed) else { return }
        let line = window.withLock { window in
            let line = window.recordSuccess(at: Self.now)
            isInTrouble.store(window.isInTrouble, ordering: .relaxed)
            return line
        }
        guard case .recovered(let failures, let milliseconds)? = line else { return }
        logger.notice(
            notice, metadata: ["failures": "\(failures)", "lasted_ms": "\(milliseconds)"], source: source)
    }

    private static let start = ContinuousClock.now

    /// Ms of a steady clock.
    private static var now: Int64 { (ContinuousClock.now - start).wholeMilliseconds }
}
