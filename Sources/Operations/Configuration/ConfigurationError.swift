/// One thing that is wrong with the configuration.
public struct ConfigurationProblem: Hashable, Sendable {
    /// The variable at fault, such as `SCORECAST_HTTP_PORT`, or an unknown key as it was written.
    public let key: String
    /// What is wrong with it. Never holds a secret.
    public let reason: String
    /// A right value, or how to get one.
    public let example: String?
    /// Where the wrong value stands, if somewhere.
    public let origin: SettingOrigin?

    /// A problem with `key`.
    public init(key: String, reason: String, example: String? = nil, origin: SettingOrigin? = nil) {
        self.key = key
        self.reason = reason
        self.example = example
        self.origin = origin
    }
}

extension ConfigurationProblem: CustomStringConvertible {
    /// One line: key, place, what is wrong, an example.
    public var description: String {
        let place = origin.flatMap { $0.source == .file ? " (\($0.key) in the file)" : nil } ?? ""
        let hint = example.map { "; example: \($0)" } ?? ""
        return "\(key)\(place): \(reason)\(hint)"
    }
}

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

/// Where a setting's value comes from.
public enum SettingSource: String, Hashable, Sendable {
    /// Nothing gives it: the built-in default.
    case `default`
    /// An environment variable.
    case environment
    /// The YAML file that `SCORECAST_CONFIG` names.
    case file
    /// The program itself set it, as `scorecast up` does.
    case program
}

/// A source, and the name under which the value stands there.
public struct SettingOrigin: Hashable, Sendable {
    /// The kind of source.
    public let source: SettingSource
    /// The name as written: `SCORECAST_JWT_SECRET_FILE` in the environment, `jwt_secret_file` in a file.
    public let key: String

    /// An origin.
    public init(source: SettingSource, key: String) {
        self.source = source
        self.key = key
    }
}
