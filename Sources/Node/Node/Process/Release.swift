import CBuildInfo

/// The release of this program, for `--version`, `/metrics` and the log.
public enum Release {
    /// The version, according to Semantic Versioning.
    public static let version = "0.1.0"

    /// The abbreviated commit of the build; `unknown` if the build did not get it.
    public static let commit: String = {
        let text = String(cString: scorecast_commit())
        return text.isEmpty ? "unknown" : text
    }()

    /// The compiler's version, major and minor.
    public static let swift: String = {
        #if compiler(>=6.5)
            "6.5 or later"
        #elseif compiler(>=6.4)
            "6.4"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }()

    /// `0.1.0 (abcdef1)`
    public static let description = "\(version) (\(commit))"
}
