/// What a feed of tops tells its watcher.
public enum TopEvent: Sendable {
    /// A new version of the top.
    case changed(Top)
    /// The feed is live (again). Read the current top now: what happened before was not told.
    case live
    /// The feed is cut; versions may be missed until it is live again.
    case cut
}
