/// The kinds of sources of a setting's value.
public enum SettingSource: String, Hashable, Sendable {
    /// The built-in default, because nothing else sets the value.
    case `default`
    /// An environment variable.
    case environment
    /// The YAML file that `SCORECAST_CONFIG` names.
    case file
    /// The program itself, such as `scorecast up`.
    case program
}

/// A source, and the name of the value in it.
public struct SettingOrigin: Hashable, Sendable {
    /// The kind of source.
    public let source: SettingSource
    /// The name as written: `SCORECAST_JWT_SECRET_FILE` in the environment, `jwt_secret_file` in a file.
    public let key: String

    /// Creates an origin.
    public init(source: SettingSource, key: String) {
        self.source = source
        self.key = key
    }
}
