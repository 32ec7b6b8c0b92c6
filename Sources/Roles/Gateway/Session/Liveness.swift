/// Whether a peer still lives: when to ask it with a ping, when to give it up. Pure; times are ticks of the loop's
/// wheel.
package struct Liveness {
    /// How long to wait, in ticks.
    package struct Settings: Sendable {
        /// Between two pings.
        package var ping: Int
        /// More or less, for a ping.
        package var jitter: Int
        /// From the last sign of life to the end.
        package var silence: Int

        /// Gathers the waits.
        package init(ping: Int, jitter: Int, silence: Int) {
            self.ping = ping
            self.jitter = jitter
            self.silence = silence
        }

        /// The time to the next ping.
        package func nextPing(using random: inout some RandomNumberGenerator) -> UInt32 {
            UInt32(max(1, ping + Int.random(in: -jitter...jitter, using: &random)))
        }
    }

    /// What a visit leads to.
    package enum Verdict: Equatable {
        /// Visit again after so many ticks.
        case alive(again: Int)
        /// Send a ping, visit again after so many ticks.
        case ask(again: Int)
        /// Nothing came for too long.
        case dead
    }

    private var lastHeard: UInt32
    private var nextPing: UInt32

    /// A peer that was heard `now`.
    package init(now: UInt32, settings: Settings, using random: inout some RandomNumberGenerator) {
        lastHeard = now
        nextPing = now &+ settings.nextPing(using: &random)
    }

    /// Something came from the peer, or went out to it.
    package mutating func heard(now: UInt32) { lastHeard = now }

    /// Looks after the peer.
    package mutating func visit(
        now: UInt32, settings: Settings, using random: inout some RandomNumberGenerator
    ) -> Verdict {
        let silentFor = Int(now &- lastHeard)
        guard silentFor < settings.silence else { return .dead }
        let isDue = Int32(bitPattern: now &- nextPing) >= 0
        if isDue { nextPing = now &+ settings.nextPing(using: &random) }
        let again = max(1, min(Int(nextPing &- now), settings.silence - silentFor))
        return isDue ? .ask(again: again) : .alive(again: again)
    }
}
