import Basics

/// A rate limit and its name in the `RateLimit` fields.
package struct RatePolicy: Sendable {
    package var name: String
    package var limit: RateLimit

    /// Gathers the parts.
    package init(name: String, limit: RateLimit) {
        self.name = name
        self.limit = limit
    }
}
