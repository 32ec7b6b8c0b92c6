import HTTPKit
import NIOCore

/// An address as proxies write it.
enum NodeAddress {
    /// The 4 or 16 bytes of `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]` and `[2001:db8::1]:4711`; nil
    /// for anything else. A port may also be a made-up name (`_x`, RFC 7239, 6.3).
    static func bytes(of text: Substring) -> [UInt8]? {
        guard text.first == "[" else {
            guard let colon = text.firstIndex(of: ":") else { return parse(text) }
            // A second colon makes it an IPv6 address, which has no port without brackets.
            let port = text[text.index(after: colon)...]
            return isPort(port) ? parse(text[..<colon]) : parse(text)
        }
        guard let end = text.firstIndex(of: "]") else { return nil }
        let rest = text[text.index(after: end)...]
        guard rest.isEmpty || (rest.first == ":" && isPort(rest.dropFirst())),
            let bytes = parse(text[text.index(after: text.startIndex)..<end]), bytes.count == 16
        else { return nil }
        return bytes
    }

    private static func isPort(_ text: Substring) -> Bool {
        guard let first = text.utf8.first else { return false }
        if first == UInt8(ascii: "_") { return text.utf8.count > 1 && text.utf8.allSatisfy { $0.isTokenByte } }
        return text.utf8.count <= 5 && text.utf8.allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
    }

    private static func parse(_ text: Substring) -> [UInt8]? {
        (try? SocketAddress(ipAddress: String(text), port: 0))?.addressBytes
    }
}
