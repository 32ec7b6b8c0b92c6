/// The error with all problems of the configuration, so that the operator sees them at once.
public struct ConfigurationError: Error, Hashable, Sendable {
    /// The problems, in the order of the settings, unknown keys last; never empty when thrown.
    public let problems: [ConfigurationProblem]

    /// Creates an error.
    public init(problems: [ConfigurationProblem]) {
        self.problems = problems
    }
}

extension ConfigurationError: CustomStringConvertible {
    /// A heading, followed by one line for each problem.
    public var description: String {
        let heading = problems.count == 1 ? "1 problem" : "\(problems.count) problems"
        let lines = problems.map { "  \($0)" }.joined(separator: "\n")
        return "The configuration has \(heading):\n\(lines)"
    }
}
