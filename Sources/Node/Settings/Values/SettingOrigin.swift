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

/// A source, and the name that the value has there.
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
