/// The reason why a load test could not run at all.
public struct LoadError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Says what is wrong, and what to do.
    public let description: String

    init(_ description: String) { self.description = description }
}
