/// Everything that is wrong with the configuration, to be shown to the operator at once.
public struct ConfigurationError: Error, Hashable, Sendable {
    /// The problems, in the order of the settings, unknown keys last; never empty when thrown.
    public let problems: [ConfigurationProblem]

    /// An error of these problems.
    public init(problems: [ConfigurationProblem]) {
        self.problems = problems
    }
}

extension ConfigurationError: CustomStringConvertible {
    /// A heading and one line for each problem.
    public var description: String {
        let heading = problems.count == 1 ? "1 problem" : "\(problems.count) problems"
        let lines = problems.map { "  \($0)" }.joined(separator: "\n")
        return "The configuration has \(heading):\n\(lines)"
    }
}
