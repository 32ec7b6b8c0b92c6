import Testing
import WebSocket

/// The key of a handshake (RFC 6455, 4.2.1 and 4.2.2).
@Suite struct WebSocketKeyTests {
    @Test("A key is the base64 of 16 bytes, and the answer is the one of the RFC")
    func keys() {
        #expect(WebSocketKey.isValid("dGhlIHNhbXBsZSBub25jZQ=="))
        #expect(WebSocketKey.accept(for: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        for key in [
            "", "dGhlIHNhbXBsZSBub25jZR==", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQQQ",
            "d-hlIHNhbXBsZSBub25jZQ==",
        ] {
            #expect(!WebSocketKey.isValid(key))
        }
    }
}
