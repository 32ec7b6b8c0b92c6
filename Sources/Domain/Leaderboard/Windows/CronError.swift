/// Why a cron expression cannot be used. The description ends a sentence that names the expression.
public enum CronError: Error, Hashable, CustomStringConvertible {
    /// The expression is longer than `CronSchedule.textBytesMax`.
    case tooLong
    /// It does not have five fields.
    case notFiveFields(Int)
    /// A field cannot be read, or holds a number out of its range.
    case field(CronField.Kind)
    /// It can be read, and no day matches it.
    case neverFires

    /// The reason, as a clause that can follow the expression.
    public var description: String {
        switch self {
        case .tooLong: "must have at most \(CronSchedule.textBytesMax) bytes"
        case .notFiveFields(let count): "must have five fields (minute hour day month weekday), and has \(count)"
        case .field(let kind):
            "has a \(kind.name) that is not within \(kind.range.lowerBound) to \(kind.range.upperBound)"
        case .neverFires: "never fires: no month has such a day"
        }
    }
}
