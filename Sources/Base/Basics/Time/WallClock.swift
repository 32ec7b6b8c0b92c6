#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The one place that reads the time of day. Waits and timeouts use a clock that does not jump.
public enum WallClock {
    /// Milliseconds since 1970.
    @Sendable public static func milliseconds() -> Int64 { microseconds() / 1000 }

    /// Seconds since 1970, with their fraction.
    @Sendable public static func seconds() -> Double { Double(microseconds()) / 1_000_000 }

    /// Microseconds since 1970.
    @Sendable public static func microseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000
    }
}
