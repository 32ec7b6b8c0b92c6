/// The range in which the clock of one node lies. Pure.
package struct ClockRange: Sendable, Equatable {
    private var least = -Double.infinity
    private var most = Double.infinity

    /// No answers yet.
    package init() {}

    /// Takes one answer into account. Its `Date` is correct when it is made, up to a second old, and some servers cache
    /// it for about a second more.
    package mutating func narrow(date: Double, sent: Double, received: Double) {
        let (low, high) = (date - received, date + 2 - sent)
        // The clock was set meanwhile: earlier answers are useless.
        (least, most) = low > most || high < least ? (low, high) : (max(least, low), min(most, high))
    }

    /// The certain difference in whole seconds: positive if the clock is ahead, negative if it is slow, 0 if the clocks
    /// may agree.
    package var difference: Int {
        guard least.isFinite, most.isFinite, least > 1 || most < -1 else { return 0 }
        return Int(((least + most) / 2).rounded())
    }
}
