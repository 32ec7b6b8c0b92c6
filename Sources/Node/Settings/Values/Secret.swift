/// A value that must not reach a log, an error message or a crash report.
///
/// Interpolating, printing, dumping or reflecting it gives `<redacted>`; only ``reveal()`` gives the value, so that a
/// search for that word finds every place where a secret is used. It is deliberately neither `Codable` nor
/// `Hashable`.
public struct Secret<Value: Sendable>: Sendable {
    private let value: Value

    /// Wraps `value`.
    public init(_ value: Value) {
        self.value = value
    }

    /// The value itself. Hand it straight to what needs it, and keep it out of messages.
    public func reveal() -> Value { value }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<redacted>`.
    public var description: String { redactionMark }

    /// Always `<redacted>`.
    public var debugDescription: String { redactionMark }

    /// A mirror without children, so that `dump` and the default description of an enclosing value show no secret
    /// either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The text in a secret's place.
let redactionMark = "<redacted>"
