/// The whole numbers that a score may be: those that a double holds exactly.
///
/// Redis keeps sorted-set scores as doubles, so past these bounds an addition would silently do nothing.
public enum ScoreBounds {
    /// 2^53 − 1.
    public static let max: Int64 = 9_007_199_254_740_991
    /// −(2^53 − 1).
    public static let min: Int64 = -9_007_199_254_740_991
}
