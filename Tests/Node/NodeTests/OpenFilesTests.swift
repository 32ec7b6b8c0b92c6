import Foundation
import Logging
import Node
import TestSupport
import Testing

/// The limit of open files of this process.
@Suite struct OpenFilesTests {
    @Test func theSoftLimitBecomesTheHardOne() throws {
        var limit = try Self.limit()
        // Slightly below the hard limit is enough to see the change, and does not disturb other tests.
        limit.rlim_cur = limit.rlim_max - 1
        try #require(setrlimit(Self.resource, &limit) == 0)
        OpenFiles.raiseLimit(logger: quietLogger)
        let raised = try Self.limit()
        #if canImport(Darwin)
            #expect(raised.rlim_cur >= min(raised.rlim_max, rlim_t(OPEN_MAX)))
        #else
            #expect(raised.rlim_cur == limit.rlim_max)
        #endif
        #expect(raised.rlim_max == limit.rlim_max)
    }

    private static func limit() throws -> rlimit {
        var limit = rlimit()
        try #require(getrlimit(resource, &limit) == 0)
        return limit
    }

    #if canImport(Glibc)
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let resource = RLIMIT_NOFILE
    #endif
}
