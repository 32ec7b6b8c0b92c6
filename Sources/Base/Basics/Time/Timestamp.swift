/// Times as text.
public enum Timestamp {
    /// RFC 3339 in UTC with milliseconds, such as `2026-11-20T22:25:19.000Z`.
    public static func text(milliseconds: Int64) -> String {
        let date = CivilDate(milliseconds: milliseconds)
        let dayMilliseconds: Int64 = 86_400_000
        let time = ((milliseconds % dayMilliseconds) + dayMilliseconds) % dayMilliseconds
        let day = "\(padded(Int64(date.year), 4))-\(padded(Int64(date.month), 2))-\(padded(Int64(date.day), 2))"
        let clock = [time / 3_600_000, time / 60_000 % 60, time / 1000 % 60].map { padded($0, 2) }.joined(
            separator: ":")
        return "\(day)T\(clock).\(padded(time % 1000, 3))Z"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
