import Basics
import Gateway
import Glibc
import TestSupport
import Testing

/// Malformed frames on real sockets.
@Suite struct MutatedFramesTests {
    /// The server answers an unmasked first frame by 1002 alone, whatever comes after it, and goes on.
    @Test func servesOnAfterBrokenFrames() async throws {
        let count = getenv("SCORECAST_FULL") == nil ? 300 : 20_000
        try await TestGateway.run {
            $0.settings.closeWait = .milliseconds(200)
        } _: { server in
            var random = SplitMix64(seed: 11)
            for number in 0..<count {
                let isMasked = number % 2 == 0
                var bytes = ClientFrame.bytes(
                    opcode: [1, 2, 8, 9, 10][number % 5], Array(#"{"type":"x"}"#.utf8), masked: isMasked)
                // The bit that says that there is no mask stays; all others may change.
                for _ in 0..<3 {
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    bytes[place] ^= UInt8.random(in: 0..<128, using: &random)
                }
                bytes += [UInt8](repeating: 0, count: 16)
                let socket = try TestWebSocket(port: server.port)
                _ = try socket.receiveStandings()
                try socket.send(raw: bytes)
                if !isMasked {
                    #expect(try socket.receive() == .close(1002), "\(bytes)")
                    #expect(try socket.receive() == .end)
                }
            }
            try waitUntil("no connections") { server.gateway.connections == 0 }
            #expect(try TestWebSocket(port: server.port).receiveStandings().type == "snapshot")
        }
    }
}
