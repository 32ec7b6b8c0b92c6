import Logging

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The limit of open files and sockets of this process.
package enum OpenFiles {
    /// Raises the soft limit to the hard limit. The soft limit is usually 1024, for programs that use `select`. A
    /// gateway needs a socket for each watcher.
    package static func raiseLimit(logger: Logger) {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        let before = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        #if canImport(Darwin)
            // Darwin accepts no more than this, even if the hard limit is unlimited.
            limit.rlim_cur = min(limit.rlim_max, rlim_t(OPEN_MAX))
        #endif
        guard setrlimit(resource, &limit) == 0 else { return }
        logger.debug("Open files", metadata: ["limit": "\(limit.rlim_cur)", "before": "\(before)"])
    }

    /// The current limit; nil if it is unknown or unlimited.
    package static var limit: Int? {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return nil }
        return Int(exactly: limit.rlim_cur)
    }

    #if canImport(Glibc)
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let resource = RLIMIT_NOFILE
    #endif
}
