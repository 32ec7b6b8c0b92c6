/// The range of a score: the integers that a double holds exactly.
///
/// Redis keeps the scores of sorted sets as doubles, so an addition beyond these bounds could silently do nothing.
public enum ScoreBounds {
    /// 2^53 − 1.
    public static let max: Int64 = 9_007_199_254_740_991
    /// −(2^53 − 1).
    public static let min: Int64 = -9_007_199_254_740_991
    /// All of them.
    public static let range = min...max
    /// The reason for a client whose number is out of the range.
    public static let reason = "must lie within ±(2^53 − 1)"
}
