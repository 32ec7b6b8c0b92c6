/// What is known of one node's clock. Pure.
package struct ClockRange: Sendable, Equatable {
    private var least = -Double.infinity
    private var most = Double.infinity

    /// Nothing known.
    package init() {}

    /// Takes one answer into account. Its `Date` is right at its making, up to a second old, and cached by some servers
    /// for about a second more.
    package mutating func narrow(date: Double, sent: Double, received: Double) {
        let (low, high) = (date - received, date + 2 - sent)
        // A clock that was set meanwhile: what was known before is of no use.
        (least, most) = low > most || high < least ? (low, high) : (max(least, low), min(most, high))
    }

    /// How far it is ahead for sure, in whole seconds; negative when it is behind, 0 when the clocks may agree.
    package var difference: Int {
        guard least.isFinite, most.isFinite, least > 1 || most < -1 else { return 0 }
        return Int(((least + most) / 2).rounded())
    }
}
