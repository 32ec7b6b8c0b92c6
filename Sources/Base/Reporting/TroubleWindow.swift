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
    package mutating func recordFailure(at now: Int64) -> Line? {
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
    package mutating func recordSuccess(at now: Int64) -> Line? {
        guard isInTrouble, now - lastFailure >= Self.quietMilliseconds else { return nil }
        isInTrouble = false
        guard isTold else { return nil }
        suppressed = 0
        return .recovered(failures: failures, milliseconds: lastFailure - began)
    }
}
