/// One problem of the configuration.
public struct ConfigurationProblem: Hashable, Sendable {
    /// The variable at fault, such as `SCORECAST_HTTP_PORT`, or an unknown key as it was written.
    public let key: String
    /// The reason. Never contains a secret.
    public let reason: String
    /// A valid value, or how to get one.
    public let example: String?
    /// The place of the wrong value; nil if there is no value.
    public let origin: SettingOrigin?

    /// Creates a problem.
    public init(key: String, reason: String, example: String? = nil, origin: SettingOrigin? = nil) {
        self.key = key
        self.reason = reason
        self.example = example
        self.origin = origin
    }
}

extension ConfigurationProblem: CustomStringConvertible {
    /// The problem as one line: key, place, reason, example.
    public var description: String {
        let place = origin.flatMap { $0.source == .file ? " (\($0.key) in the file)" : nil } ?? ""
        let hint = example.map { "; example: \($0)" } ?? ""
        return "\(key)\(place): \(reason)\(hint)"
    }
}
