import Glibc
import Listener
import Logging
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// After some failures to accept a connection, the server waits before it accepts again.
@Suite(.timeLimit(.minutes(1))) struct AcceptPauseTests {
    @Test("If there are no file descriptors, the next connections wait")
    func waitsWhereTheNextTryWouldFail() async throws {
        let server = try await Self.listen()
        server.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
        #expect(try await server.getOption(.autoRead).get() == false)
        try await eventually("it accepts again") { try await server.getOption(.autoRead).get() }
        try await server.close()
    }

    /// Anybody can go before being accepted, and as often as they like.
    @Test("A client that has gone makes nobody wait, however many do so")
    func doesNotWaitForWhoHasGone() async throws {
        let server = try await Self.listen()
        server.pipeline.fireErrorCaught(IOError(errnoCode: ECONNABORTED, reason: "accept"))
        #expect(try await server.getOption(.autoRead).get())
        try await server.close()
    }

    private static func listen() async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelInitializer { server in
                server.eventLoop.makeCompletedFuture {
                    let logger = quietLogger
                    try server.pipeline.syncOperations.addHandler(AcceptPause(logger: logger))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }
}
