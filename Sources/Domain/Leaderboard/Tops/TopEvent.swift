/// An event that a feed passes to the watcher of a ranking.
public enum TopEvent: Sendable {
    /// A new version of the top.
    case changed(Top)
    /// The feed is live, for the first time or again. Read the current top now: earlier changes were not passed on.
    case live
    /// The feed is interrupted. Versions may be missed until it is live again.
    case cut
}
