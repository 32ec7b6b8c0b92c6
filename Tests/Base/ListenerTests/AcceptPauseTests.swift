import Glibc
import Listener
import Logging
import NIOCore
import NIOPosix
import Testing

/// After some failures to accept a connection, the server waits before it accepts again.
@Suite(.timeLimit(.minutes(1))) struct AcceptPauseTests {
    @Test func waitsWhereTheNextTryWouldFail() async throws {
        let server = try await Self.listen()
        server.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
        #expect(try await server.getOption(.autoRead).get() == false)
        while try await !server.getOption(.autoRead).get() { try await Task.sleep(for: .milliseconds(20)) }
        try await server.close()
    }

    /// A client can close its connection before it is accepted, as often as it likes. That must not stop the others.
    @Test func doesNotWaitForWhoHasGone() async throws {
        let server = try await Self.listen()
        server.pipeline.fireErrorCaught(IOError(errnoCode: ECONNABORTED, reason: "accept"))
        #expect(try await server.getOption(.autoRead).get())
        try await server.close()
    }

    private static func listen() async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelInitializer { server in
                server.eventLoop.makeCompletedFuture {
                    let logger = Logger(label: "listener-tests", factory: { _ in SwiftLogNoOpLogHandler() })
                    try server.pipeline.syncOperations.addHandler(AcceptPause(logger: logger))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }
}
