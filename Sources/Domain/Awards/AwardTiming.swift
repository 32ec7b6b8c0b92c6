import Basics

/// The times of the work on awards.
public enum AwardTiming {
    /// For how long the node that made an award has it to itself: it sends it before it answers.
    public static let makerHold = Duration.seconds(3)
    /// For how long a node has an award that it took. Longer than a turn and its last call together, so that no node
    /// sends an action id after another one took the award.
    public static let lease = Duration.seconds(20)
    /// For how long a node begins calls for an award that it took.
    public static let turn = Duration.seconds(5)
    /// The wait before an award is taken again, by the number of times that it was taken.
    public static let retries = Backoff(base: .milliseconds(200), cap: .seconds(60), jitter: .equal)
}
