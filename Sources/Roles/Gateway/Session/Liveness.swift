/// Whether a peer is still there: when to send it a ping, and when to give it up. Pure; times are ticks of the hub.
package struct Liveness {
    /// How long to wait, in ticks.
    package struct Settings: Sendable {
        /// From one ping to the next.
        package var ping: Int
        /// How much earlier or later a ping may come, so that sessions opened together are not pinged together.
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

    /// The outcome of a visit.
    package enum Verdict: Equatable {
        /// Visit again after this many ticks.
        case alive(again: Int)
        /// Send a ping, and visit again after this many ticks.
        case ask(again: Int)
        /// Nothing came for too long.
        case dead
    }

    private var lastSign: UInt32
    private var nextPing: UInt32

    /// A peer that gave a sign of life `now`.
    package init(now: UInt32, settings: Settings, using random: inout some RandomNumberGenerator) {
        lastSign = now
        nextPing = now &+ settings.nextPing(using: &random)
    }

    /// The peer sent something, or took bytes.
    package mutating func recordSign(now: UInt32) { lastSign = now }

    /// Decides what to do about the peer now.
    package mutating func visit(
        now: UInt32, settings: Settings, using random: inout some RandomNumberGenerator
    ) -> Verdict {
        let silentFor = Int(now &- lastSign)
        guard silentFor < settings.silence else { return .dead }
        let isDue = Int32(bitPattern: now &- nextPing) >= 0
        if isDue { nextPing = now &+ settings.nextPing(using: &random) }
        let again = max(1, min(Int(nextPing &- now), settings.silence - silentFor))
        return isDue ? .ask(again: again) : .alive(again: again)
    }
}
