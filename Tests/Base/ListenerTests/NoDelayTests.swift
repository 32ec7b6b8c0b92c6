import TestSupport
import Testing

/// Nagle's algorithm is off on every accepted connection, so that small responses leave at once.
@Suite struct NoDelayTests {
    @Test func acceptedConnections() async throws {
        try await TestServer.run { server in
            let client = try TestClient(port: server.port)
            try client.send("POST /fast HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")
            #expect(try client.receive().status == 200)
            // Both ends are in this process. This looks at the end whose local port is the server's.
            #expect(SocketOptions.noDelay(local: server.port) == [true])
        }
    }
}
