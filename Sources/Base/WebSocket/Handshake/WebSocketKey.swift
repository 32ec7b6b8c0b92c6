import Basics
import Crypto
import Foundation

/// The key of an opening handshake, and the server's answer to it.
package enum WebSocketKey {
    private static let byteCount = 16
    private static let textCount = 24

    /// Whether `key` is 16 bytes in base64, as RFC 6455, 4.2.1 asks.
    package static func isValid(_ key: String) -> Bool {
        guard key.utf8.count == textCount, let bytes = Data(base64Encoded: key), bytes.count == byteCount else {
            return false
        }
        // Decoding passes over the bits that the last digit does not need.
        return bytes.base64EncodedString() == key
    }

    /// The value of `Sec-WebSocket-Accept` (RFC 6455, 4.2.2): base64 of the SHA-1 of the key and the protocol's GUID.
    /// It proves that the answer comes from a WebSocket server; SHA-1 protects nothing here.
    package static func accept(for key: String) -> String {
        var digest = Insecure.SHA1()
        digest.update(data: Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        return digest.finalize().withUnsafeBytes { Base64.encode($0) }
    }
}
