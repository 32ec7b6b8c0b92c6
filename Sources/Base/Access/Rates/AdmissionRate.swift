import Basics
import NIOCore

/// Spreads opening handshakes evenly: so many a second are let in, the next ones wait their turn for a short time, and
/// the rest is sent away. After a restart all clients come at once; each costs a handshake and, for the first of a
/// room, a read.
///
/// GCRA in its virtual scheduling form (ITU-T I.371): one number says when the next one may pass, so that who waits
/// needs no queue. Pure; times are nanoseconds of any steady clock. For one event loop, with its share of the rate.
package struct AdmissionRate: Sendable {
    /// How fast, and how long one may wait.
    package struct Settings: Sendable, Equatable {
        /// Between two that are let in, in ns.
        package var intervalNanoseconds: Int64
        /// How far behind the steady rate the arrivals may run and still pass at once, in ns.
        package var toleranceNanoseconds: Int64
        /// The longest wait, in ns.
        package var waitNanosecondsMax: Int64

        /// The share of one of `loops` event loops in a rate.
        ///
        /// - Parameters:
        ///   - rate: handshakes in a period, on all loops together.
        ///   - waitMax: the longest wait.
        package init(_ rate: RateLimit, waitMax: Duration, loops: Int) {
            let period = rate.periodMilliseconds * 1_000_000
            let interval = max(1, period / Int64(rate.count) * Int64(max(1, loops)))
            intervalNanoseconds = interval
            // Half a second's worth may come at once, so that only crowds are made to wait.
            toleranceNanoseconds = max(interval, 500_000_000)
            waitNanosecondsMax = max(0, TimeAmount(waitMax).nanoseconds)
        }
    }

    /// What becomes of one that arrives.
    package enum Verdict: Equatable {
        /// It may pass.
        case now
        /// It may pass after so long.
        case after(nanoseconds: Int64)
        /// Too many wait already; it may try again after so many seconds.
        case refuse(retryAfterSeconds: Int)
    }

    private let settings: Settings
    /// When the next one is due at the steady rate.
    private var due: Int64 = .min

    /// A rate that nobody has used yet.
    package init(_ settings: Settings) {
        self.settings = settings
    }

    /// The spread of the times at which those who are sent away may come back, in seconds.
    private static let retrySpreadSeconds = 10

    /// One arrives.
    ///
    /// - Parameter dice: a random number in 0..<1.
    package mutating func arrive(at now: Int64, dice: Double) -> Verdict {
        let turn = max(due, now)
        let wait = turn - now - settings.toleranceNanoseconds + settings.intervalNanoseconds
        guard wait <= settings.waitNanosecondsMax else {
            return .refuse(retryAfterSeconds: 1 + Int(dice * Double(Self.retrySpreadSeconds)))
        }
        due = turn + settings.intervalNanoseconds
        return wait <= 0 ? .now : .after(nanoseconds: wait)
    }
}
