#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The `Date` field (RFC 9110, 5.6.7).
enum HTTPDate {
    /// The current date, such as `Fri, 20 Nov 2026 22:25:19 GMT`.
    static func now() -> String { format(second: time(nil)) }

    /// The date of a second since 1970.
    static func format(second: time_t) -> String {
        var second = second
        var date = tm()
        gmtime_r(&second, &date)
        return
            "\(weekdays[Int(date.tm_wday)]), \(two(date.tm_mday)) \(months[Int(date.tm_mon)]) \(date.tm_year + 1900) "
            + "\(two(date.tm_hour)):\(two(date.tm_min)):\(two(date.tm_sec)) GMT"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : String(number) }
}
