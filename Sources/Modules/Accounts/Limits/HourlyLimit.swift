import Basics

/// What one address or mailbox may do in an hour, on all nodes together.
package struct HourlyLimit: Sendable {
    /// A word for the keys in Redis.
    package let name: String
    /// How often.
    package let count: Int

    /// - Parameters:
    ///   - name: letters.
    ///   - count: how often in an hour; so many may come at once.
    package init(name: String, count: Int) {
        self.name = name
        self.count = count
    }

    /// Attempts to register from an address.
    package static let registrations = HourlyLimit(name: "register", count: 30)

    /// The limit as a rate.
    package var rate: RateLimit { RateLimit(count: count, period: .seconds(3600)) }
}
