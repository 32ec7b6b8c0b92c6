import Basics

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
        var generator = SplitMix64(seed: seed &+ UInt64(number) &* 0xD1B5_4A32_D192_ED03)
        let share = Double.random(in: 0..<1, using: &generator)
        let kind: Kind =
            share < updates.invalid ? .invalid : share < updates.invalid + updates.replays ? .replay : .fresh
        return Request(
            number: number, due: .nanoseconds(Int64((Double(number) * 1e9 / updates.rate).rounded())), kind: kind,
            user: Int.random(in: 0..<updates.users, using: &generator), draw: generator.next())
    }
}
