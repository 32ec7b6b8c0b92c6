import Logging

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How many files and sockets this process may have open.
package enum OpenFiles {
    /// Raises the soft limit to the hard one. The soft limit is commonly 1024, for the sake of programs that use
    /// `select`; a gateway has a socket for each watcher.
    package static func raiseLimit(logger: Logger) {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        let before = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        #if canImport(Darwin)
            // Darwin refuses more than this, also where the hard limit is "none".
            limit.rlim_cur = min(limit.rlim_max, rlim_t(OPEN_MAX))
        #endif
        guard setrlimit(resource, &limit) == 0 else { return }
        logger.debug("Open files", metadata: ["limit": "\(limit.rlim_cur)", "before": "\(before)"])
    }

    /// How many there may be now; nil when that is not known, or without bound.
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
