/// Why a load test could not be run at all.
public struct LoadError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, and what to do.
    public let description: String

    init(_ description: String) { self.description = description }
}
