import Basics
import Crypto

/// The key of an opening handshake, and the server's answer to it.
package enum WebSocketKey {
    /// Whether `key` is 16 bytes in base64, as RFC 6455, 4.2.1 asks: 22 digits of which the last holds 2 bits, and
    /// `==`.
    package static func isValid(_ key: String) -> Bool {
        let bytes = Array(key.utf8)
        guard bytes.count == 24, bytes[22] == UInt8(ascii: "="), bytes[23] == UInt8(ascii: "=") else { return false }
        return bytes[..<22].allSatisfy(alphabet.contains) && "AQgw".utf8.contains(bytes[21])
    }

    /// The value of `Sec-WebSocket-Accept` (RFC 6455, 4.2.2): base64 of the SHA-1 of the key and the protocol's GUID.
    /// It proves that the answer comes from a WebSocket server; SHA-1 protects nothing here.
    package static func accept(for key: String) -> String {
        var digest = Insecure.SHA1()
        digest.update(data: Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        return digest.finalize().withUnsafeBytes { Base64.encode($0) }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}
