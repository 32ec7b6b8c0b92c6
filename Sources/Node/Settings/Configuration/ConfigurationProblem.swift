/// One thing that is wrong with the configuration.
public struct ConfigurationProblem: Hashable, Sendable {
    /// The variable at fault, such as `SCORECAST_HTTP_PORT`, or an unknown key as it was written.
    public let key: String
    /// The reason, as the rest of a sentence that begins with the key. Never holds a secret.
    public let reason: String
    /// A right value, or how to get one.
    public let example: String?
    /// The place of the wrong value, if there is one.
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
