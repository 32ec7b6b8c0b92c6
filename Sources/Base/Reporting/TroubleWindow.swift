/// Decides which failures of a store are worth a line in the log, however many requests fail. Pure: moments are ms of
/// any steady clock.
///
/// The first failure is logged at once. After it, one warning is logged in ten seconds at most, with the number of
/// failures since the last one. The end of the trouble is logged once. If trouble begins within ten seconds of the last
/// warning, it is logged when they are over.
package struct TroubleWindow {
    /// A line to log.
    package enum Line: Equatable {
        /// It fails. `suppressed` failures since the last line were not logged.
        case warning(suppressed: Int)
        /// It works again, after `failures` failures within `milliseconds` ms.
        case recovered(failures: Int, milliseconds: Int64)
    }

    /// Between two warnings.
    package static let warningMilliseconds: Int64 = 10_000
    /// How long nothing must have failed before a success counts as the end. If only some requests fail, the others are
    /// not a sign of recovery.
    package static let quietMilliseconds: Int64 = 1_000

    /// Whether failures have not been followed by a recovery yet.
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
