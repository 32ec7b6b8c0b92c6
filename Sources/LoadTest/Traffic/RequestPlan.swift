/// What is sent when, decided before anything is sent: the same scenario and seed give the same plan. Pure.
package struct RequestPlan: Sendable, Equatable {
    /// What kind of request it is.
    package enum Kind: Sendable, Equatable {
        /// A new action id.
        case fresh
        /// An action id that was accepted before.
        case replay
        /// A new action id, tampered with.
        case invalid
    }

    /// One request.
    package struct Request: Sendable, Equatable {
        /// From 0.
        package var number: Int
        /// When it is to be sent, from the beginning of the traffic. Its latency counts from here, however late it
        /// really goes out: a server that makes the harness wait cannot hide that.
        package var due: Duration
        /// What kind it is.
        package var kind: Kind
        /// Whose it is, from 0; of no meaning for replays.
        package var user: Int
        /// For all further draws.
        package var draw: UInt64
    }

    private let updates: Scenario.Updates
    private let seed: UInt64
    /// How many requests are due before the traffic ends.
    package let count: Int

    /// The plan of a scenario.
    package init(_ scenario: Scenario) {
        updates = scenario.updates
        seed = scenario.seed
        count = Int((scenario.duration / .seconds(1) * scenario.updates.rate).rounded(.up))
    }

    /// A request by its number.
    package func request(_ number: Int) -> Request {
        var generator = SplitMix64(state: seed &+ UInt64(number) &* 0xD1B5_4A32_D192_ED03)
        let share = Double.random(in: 0..<1, using: &generator)
        let kind: Kind =
            share < updates.invalid ? .invalid : share < updates.invalid + updates.replays ? .replay : .fresh
        return Request(
            number: number, due: .nanoseconds(Int64((Double(number) * 1e9 / updates.rate).rounded())), kind: kind,
            user: Int.random(in: 0..<updates.users, using: &generator), draw: generator.next())
    }
}

/// A small generator that can be started anywhere (Steele, Lea and Flood: Fast splittable pseudorandom number
/// generators, 2014).
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// A generator; equal states give equal numbers.
    package init(state: UInt64) { self.state = state }

    /// The next number.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Whether an update is sent again, and how long to wait before it is. Pure.
package enum RetryWait {
    /// How long one outcome is asked for in a long test: action ids are good for ten minutes unless the deployment says
    /// otherwise, so that a node can be down for minutes and nothing is left unknown.
    package static let askedMax = Duration.seconds(500)
    /// The bound of the first wait.
    package static let base = Duration.milliseconds(50)
    /// The bound of every wait.
    package static let cap = Duration.seconds(2)

    /// A wait drawn evenly from half of the bound to the bound, which doubles with each attempt.
    ///
    /// - Parameters:
    ///   - attempt: how many were made, from 1.
    ///   - draw: 0 to 1.
    package static func wait(afterAttempt attempt: Int, draw: Double) -> Duration {
        let bound = min(base * (1 << min(max(attempt - 1, 0), 10)), cap)
        return bound * (0.5 + draw / 2)
    }

    /// The wait before an outcome is asked for again; nil where it is given up.
    ///
    /// - Parameters:
    ///   - attempt: how many were made, from 1.
    ///   - nodes: how many there are. Each is asked once, however late it is: one that hangs can take all the time that
    ///     others would need.
    ///   - asked: since the first attempt.
    ///   - left: until outcomes have to be known.
    ///   - draw: 0 to 1.
    package static func wait(
        afterAttempt attempt: Int, of nodes: Int, asked: Duration, left: Duration, draw: Double
    ) -> Duration? {
        let wait = wait(afterAttempt: attempt, draw: draw)
        return asked + wait < askedMax && (attempt < nodes || wait < left) ? wait : nil
    }
}
