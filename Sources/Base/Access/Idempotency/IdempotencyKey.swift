import Basics

/// The value of the field `Idempotency-Key`: 1 to 64 visible ASCII characters.
package struct IdempotencyKey: Sendable, Equatable {
    /// The name of the field.
    package static let field = "Idempotency-Key"
    /// The most characters.
    package static let charactersMax = 64

    /// The key, as it came.
    package let text: String

    /// The key of a request; nil if the request has none.
    ///
    /// - Parameter values: the values of the field.
    package init?(_ values: [String]) throws(FieldProblem) {
        guard let text = values.first else { return nil }
        guard values.count == 1, 1...Self.charactersMax ~= text.utf8.count,
            text.utf8.allSatisfy({ 0x21...0x7e ~= $0 })
        else {
            throw FieldProblem(
                field: Self.field, reason: "must be 1 to \(Self.charactersMax) visible ASCII characters")
        }
        self.text = text
    }
}
