import Basics

/// The requests and their times, decided before anything is sent: the same scenario and seed give the same plan. Pure.
package struct RequestPlan: Sendable, Equatable {
    /// The kind of a request.
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
        /// The time when it is due, from the beginning of the traffic. Its latency counts from here, even if it goes
        /// out late: a server that makes the harness wait cannot hide that.
        package var due: Duration
        /// Its kind.
        package var kind: Kind
        /// The number of its user, from 0; unused for replays.
        package var user: Int
        /// The seed of all further random choices.
        package var draw: UInt64
    }

    private let updates: Scenario.Updates
    private let seed: UInt64
    /// The number of requests that are due before the traffic ends.
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
