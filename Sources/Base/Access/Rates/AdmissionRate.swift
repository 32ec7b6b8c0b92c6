import Basics
import NIOCore

/// Spreads opening handshakes evenly: a number of them are let in each second, the next ones wait their turn for a
/// short time, and the rest is sent away. After a restart all clients come at once; each costs a handshake and, for the
/// first of a room, a read.
///
/// ``GCRA`` says how early an arrival is; it waits that long. The due time says when the next one may pass,
/// so those who wait need no queue. Pure; times are nanoseconds of any steady clock. For one event loop, with its share
/// of the rate.
package struct AdmissionRate: Sendable {
    /// The rate, and the longest wait.
    package struct Settings: Sendable, Equatable {
        /// The steady rate, and the number that may come at once, in ns.
        package let gcra: GCRA
        /// The longest wait, in ns.
        package let waitNanosecondsMax: Int64

        /// The share of one of `loops` event loops in a rate.
        ///
        /// - Parameters:
        ///   - rate: handshakes in a period, on all loops together.
        ///   - waitMax: the longest wait.
        ///   - loops: how many loops share the rate.
        package init(_ rate: RateLimit, waitMax: Duration, loops: Int) {
            let period = rate.periodMilliseconds * 1_000_000
            let interval = max(1, period / Int64(rate.count) * Int64(max(1, loops)))
            // Half a second's worth may come at once, so that only crowds are made to wait.
            gcra = GCRA(interval: interval, tolerance: max(interval, 500_000_000))
            waitNanosecondsMax = max(0, TimeAmount(waitMax).nanoseconds)
        }
    }

    /// The decision about one that arrives.
    package enum Verdict: Equatable {
        /// It may pass.
        case now
        /// It may pass after this time.
        case after(nanoseconds: Int64)
        /// Too many wait already; it may try again after this number of seconds.
        case refuse(retryAfterSeconds: Int)
    }

    private let settings: Settings
    private var due: Int64 = .min

    /// A rate that nobody has used yet.
    package init(_ settings: Settings) {
        self.settings = settings
    }

    /// The spread of the times at which those who are sent away may come back, in seconds.
    private static let retrySpreadSeconds = 10

    /// One arrives.
    ///
    /// - Parameters:
    ///   - now: the time of the arrival.
    ///   - dice: a random number in 0..<1.
    package mutating func arrive(at now: Int64, dice: Double) -> Verdict {
        let arrival = settings.gcra.arrival(at: now, due: due)
        guard arrival.early <= settings.waitNanosecondsMax else {
            return .refuse(retryAfterSeconds: 1 + Int(dice * Double(Self.retrySpreadSeconds)))
        }
        due = arrival.due
        return arrival.conforms ? .now : .after(nanoseconds: arrival.early)
    }
}
