/// The progress of Redis in rewriting its append-only file.
public enum FileRewriting: Hashable, Sendable {
    /// Redis has rewritten the file since it started, or has no such file.
    case done
    /// The rewrite is in progress, or has to be asked for again.
    case underway
    /// Redis refuses to rewrite it, for this reason.
    case impossible(String)
}
