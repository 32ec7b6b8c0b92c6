#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The processor time of this process, to distinguish a slow deployment from a slow harness.
enum ProcessorTime {
    /// In user and system mode, of all threads, since the process began.
    static var used: Duration {
        var usage = rusage()
        // Only Glibc's module gives the constant a type of its own.
        #if canImport(Glibc)
            let process = __rusage_who_t(RUSAGE_SELF.rawValue)
        #else
            let process = RUSAGE_SELF
        #endif
        guard getrusage(process, &usage) == 0 else { return .zero }
        return duration(usage.ru_utime) + duration(usage.ru_stime)
    }

    private static func duration(_ time: timeval) -> Duration {
        .seconds(Int64(time.tv_sec)) + .microseconds(Int64(time.tv_usec))
    }
}
