/// How far Redis is with writing its append-only file anew.
public enum FileRewriting: Hashable, Sendable {
    /// It has done so since it started, or it has no such file.
    case done
    /// It does so now, or will soon.
    case underway
    /// It cannot be asked, for this reason.
    case impossible(String)
}
