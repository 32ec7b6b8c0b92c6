import Access
import NIOCore
import NIOHTTP1
import Testing

/// Finding the client address of a request that came through proxies.
@Suite struct ClientAddressTests {
    private static let proxy: [UInt8] = [10, 0, 0, 1]

    /// The client of a request from 10.0.0.1. The proxies in 10.0.0.0/8 are trusted.
    private static func client(_ fields: [(String, String)], socket: String = "10.0.0.1") throws -> ClientAddress? {
        let finder = ClientAddressFinder { $0.count == 4 && $0[0] == 10 }
        return finder.client(of: HTTPHeaders(fields), socket: try SocketAddress(ipAddress: socket, port: 5000))
    }

    private static func address(_ text: String) throws -> ClientAddress? {
        ClientAddress(try SocketAddress(ipAddress: text, port: 0))
    }

    /// Values of `X-Forwarded-For`, and the client that each leads to. Nil means the proxy itself.
    @Test(arguments: [
        ("203.0.113.9", "203.0.113.9"), ("203.0.113.9:4711", "203.0.113.9"), ("203.0.113.9:1", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::1"), ("[2001:db8::1]", "2001:db8::1"), ("[2001:db8::1]:4711", "2001:db8::1"),
        ("::ffff:203.0.113.9", "203.0.113.9"), ("[::ffff:203.0.113.9]:80", "203.0.113.9"), ("::1", "::1"),
        ("203.0.113.9, 10.0.0.7:99", "203.0.113.9"), (" 203.0.113.9:1 ,\t10.0.0.7 ", "203.0.113.9"),
        // Only entries that trusted proxies wrote count.
        ("6.6.6.6, 203.0.113.9", "203.0.113.9"), ("6.6.6.6:1, 203.0.113.9:2, 10.0.0.7:3", "203.0.113.9"),
        ("203.0.113.9,", "203.0.113.9"), ("6.6.6.6, unknown, 10.0.0.7", "10.0.0.7"),
        ("unknown", nil), ("203.0.113.9:", nil), ("203.0.113.9:port", nil), ("203.0.113.9:123456", nil),
        ("203.0.113.9:+1", nil), ("203.0.113.9:80:80", nil), ("[2001:db8::1", nil), ("[2001:db8::1]4711", nil),
        ("[203.0.113.9]", nil), ("[203.0.113.9]:80", nil), ("2001:db8::1]:80", nil), ("", nil), ("1.2.3", nil),
        ("6.6.6.6, garbage", nil), ("localhost:80", nil),
    ])
    func forwardedFor(_ value: String, _ client: String?) throws {
        #expect(try Self.client([("X-Forwarded-For", value)]) == Self.address(client ?? "10.0.0.1"), "\(value)")
    }

    /// Values of `Forwarded` (RFC 7239), and the client that each leads to.
    @Test(arguments: [
        ("for=203.0.113.9", "203.0.113.9"), ("For=\"203.0.113.9:4711\"", "203.0.113.9"),
        ("for=\"[2001:db8::1]:4711\"", "2001:db8::1"), ("FOR=\"[2001:db8::1]\"", "2001:db8::1"),
        ("for=203.0.113.9:4711", "203.0.113.9"), ("for=\"203.0.113.9:_x\"", "203.0.113.9"),
        ("for=203.0.113.9;proto=https;by=10.0.0.1", "203.0.113.9"), ("by=10.0.0.1;for=203.0.113.9", "203.0.113.9"),
        ("proto=http; for=203.0.113.9 , for=10.0.0.7", "203.0.113.9"), (";for=203.0.113.9;", "203.0.113.9"),
        ("for=6.6.6.6, for=203.0.113.9", "203.0.113.9"), ("for=6.6.6.6,,for=203.0.113.9,", "203.0.113.9"),
        ("for=\"\\2\\03.0.113.9\"", "203.0.113.9"), ("host=\"a,b;for=6.6.6.6\";for=203.0.113.9", "203.0.113.9"),
        ("for=6.6.6.6, for=unknown, for=10.0.0.7", "10.0.0.7"),
        ("for=unknown", nil), ("for=_hidden", nil), ("for=\"_SEVKISEK\"", nil), ("proto=https", nil),
        ("for=6.6.6.6, proto=https", nil), ("for=", nil), ("for", nil), ("", nil), ("for=203.0.113.9 x", nil),
        ("for=6.6.6.6;for=203.0.113.9", nil), ("for =203.0.113.9", nil),
        // A client leaves a quote open, and the proxy appends its element after it.
        ("for=6.6.6.6;x=\", for=203.0.113.9", nil), ("for=6.6.6.6;x=\", for=\"[2001:db8::1]\"", nil),
        ("for=6.6.6.6;x=\"\\, for=203.0.113.9", nil),
    ])
    func forwarded(_ value: String, _ client: String?) throws {
        #expect(try Self.client([("Forwarded", value)]) == Self.address(client ?? "10.0.0.1"), "\(value)")
    }

    @Test func severalFields() throws {
        let nine = try Self.address("203.0.113.9")
        #expect(try Self.client([("X-Forwarded-For", "6.6.6.6"), ("x-forwarded-for", "203.0.113.9:1")]) == nine)
        #expect(try Self.client([("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-For", "10.1.1.1")]) == nine)
        #expect(try Self.client([("Forwarded", "for=6.6.6.6"), ("forwarded", "for=203.0.113.9")]) == nine)
        // A malformed field does not affect the field that a proxy adds.
        #expect(try Self.client([("Forwarded", "for=\"6.6.6.6"), ("Forwarded", "for=203.0.113.9")]) == nine)
        #expect(
            try Self.client([("Forwarded", "for=\"6.6.6.6"), ("Forwarded", "for=10.0.0.7")])
                == Self.address("10.0.0.7"))
    }

    @Test("The one field is the proxy's, and the other the client's, who knows which?")
    func bothFields() throws {
        let nine = try Self.address("203.0.113.9")
        let own = try Self.address("10.0.0.1")
        #expect(try Self.client([("X-Forwarded-For", "203.0.113.9:1"), ("Forwarded", "for=203.0.113.9")]) == nine)
        #expect(try Self.client([("X-Forwarded-For", "203.0.113.9"), ("Forwarded", "for=6.6.6.6")]) == own)
        #expect(try Self.client([("X-Forwarded-For", "6.6.6.6"), ("Forwarded", "for=203.0.113.9")]) == own)
        #expect(try Self.client([("X-Forwarded-For", "203.0.113.9"), ("Forwarded", "for=unknown")]) == own)
        #expect(try Self.client([("X-Forwarded-For", "203.0.113.9"), ("Forwarded", "")]) == own)
    }

    @Test(arguments: [("X-Forwarded-For", "6.6.6.6"), ("Forwarded", "for=6.6.6.6")])
    func othersAreNotBelieved(_ name: String, _ value: String) throws {
        #expect(try Self.client([(name, value)], socket: "203.0.113.9") == Self.address("203.0.113.9"))
        let finder = ClientAddressFinder(isTrustedProxy: nil)
        let socket = try SocketAddress(ipAddress: "10.0.0.1", port: 1)
        #expect(finder.client(of: HTTPHeaders([(name, value)]), socket: socket) == ClientAddress(bytes: Self.proxy))
    }

    /// Only the last 16 entries of a list are read. If all of them are proxies, the first of them counts as client.
    @Test func boundsTheList() throws {
        let proxies = (1...40).map { "10.0.1.\($0)" }.joined(separator: ", ")
        #expect(try Self.client([("X-Forwarded-For", "6.6.6.6, " + proxies)]) == Self.address("10.0.1.25"))
    }
}
