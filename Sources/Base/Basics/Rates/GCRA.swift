/// The arithmetic of rate limits: GCRA, the generic cell rate algorithm (ITU-T I.371, the "virtual scheduling" form).
///
/// One number is kept for each client that is limited: its *due time*, at which all its arrivals so far would have
/// passed at the steady rate. So a limit needs no list of past arrivals, and no timer. Pure: the callers keep the due
/// time, and decide what happens to an early arrival. They give all times in one unit of one steady clock.
///
/// `lua/apply.lua` has the same arithmetic for limits that all nodes share. It also cuts a due time that was written
/// while a clock was ahead.
public struct GCRA: Hashable, Sendable {
    /// The time from one arrival to the next at the steady rate.
    public let interval: Int64
    /// How far the due time may be ahead of the clock after an arrival that passes: the size of a burst.
    public let tolerance: Int64

    /// - Parameters:
    ///   - interval: at least 1.
    ///   - tolerance: at least `interval`, or nothing ever passes.
    @inlinable
    public init(interval: Int64, tolerance: Int64) {
        self.interval = interval
        self.tolerance = tolerance
    }

    /// The limit in µs: a burst of `count` passes, the next one does not. A quotient that is not whole is rounded
    /// down, in favor of the client.
    @inlinable
    public init(microsecondsOf limit: RateLimit) { self.init(limit, unitsPerMillisecond: 1_000) }

    /// The limit in ns; see ``init(microsecondsOf:)``.
    @inlinable
    public init(nanosecondsOf limit: RateLimit) { self.init(limit, unitsPerMillisecond: 1_000_000) }

    @inlinable
    init(_ limit: RateLimit, unitsPerMillisecond: Int64) {
        // Never 0, which would let everything pass.
        interval = max(1, limit.periodMilliseconds * unitsPerMillisecond / Int64(limit.count))
        tolerance = interval * Int64(limit.count)
    }

    /// An arrival and what it would lead to.
    public struct Arrival: Hashable, Sendable {
        /// The due time to keep if the arrival is taken.
        public let due: Int64
        /// By how much it comes too early. At most 0 if it keeps to the rate.
        public let early: Int64

        @inlinable
        init(due: Int64, early: Int64) {
            self.due = due
            self.early = early
        }

        /// Whether it keeps to the rate.
        @inlinable
        public var conforms: Bool { early <= 0 }
    }

    /// Judges an arrival. Nothing is counted unless the caller keeps the arrival's due time.
    ///
    /// - Parameters:
    ///   - due: the due time so far; any time that has passed, such as `Int64.min`, if nothing has come yet.
    ///   - now: the time at which it comes.
    @inlinable
    public func arrival(at now: Int64, due: Int64) -> Arrival {
        let next = max(due, now) + interval
        return Arrival(due: next, early: next - now - tolerance)
    }
}
