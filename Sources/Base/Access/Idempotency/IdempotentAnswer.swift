/// An answer that is kept.
package struct IdempotentAnswer: Sendable, Equatable {
    /// The status code.
    package let status: Int
    /// The body.
    package let body: [UInt8]

    /// Gathers the parts.
    package init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}
