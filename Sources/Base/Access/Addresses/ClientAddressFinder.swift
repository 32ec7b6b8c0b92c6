import NIOCore
import NIOHTTP1

/// Finds the client behind proxies: in `X-Forwarded-For`, or in `Forwarded` (RFC 7239).
///
/// A proxy adds the address that it was called from at the end of one of the two fields. So the last entry was written
/// by the proxy that called the node, and each entry before it by the address that the one after it names. Entries
/// count for as long as those who wrote them are trusted.
package struct ClientAddressFinder: Sendable {
    /// Whether an address (4 or 16 bytes) is that of a proxy that is believed; nil if there are none.
    private let isTrustedProxy: (@Sendable ([UInt8]) -> Bool)?

    /// - Parameter isTrustedProxy: see the property.
    package init(isTrustedProxy: (@Sendable ([UInt8]) -> Bool)?) {
        self.isTrustedProxy = isTrustedProxy
    }

    /// The most entries that are read. A longer list would only cost work.
    private static let entriesMax = 16

    /// The client: the socket's address, or, if that is a trusted proxy, the last forwarded address that is not one.
    ///
    /// A proxy writes one of the two fields, and may hand on the other as the client sent it. Nobody can tell which is
    /// which: if both are there and name different clients, neither is believed, and the proxy's own address counts.
    package func client(of headers: HTTPHeaders, socket: SocketAddress?) -> ClientAddress? {
        guard let socket else { return nil }
        let own = ClientAddress(socket)
        guard let isTrustedProxy, let bytes = socket.addressBytes, isTrustedProxy(bytes) else { return own }
        let list = headers["x-forwarded-for"]
        let forwarded = headers["forwarded"]
        guard !forwarded.isEmpty else { return last(of: ForwardedFor.entries(list), isTrustedProxy) ?? own }
        let standard = last(of: Forwarded.entries(forwarded), isTrustedProxy)
        guard !list.isEmpty else { return standard ?? own }
        let usual = last(of: ForwardedFor.entries(list), isTrustedProxy)
        return usual == standard ? usual ?? own : own
    }

    /// The client of a list, whose last entry comes first; nil if that is not an address.
    private func last(of entries: some Sequence<[UInt8]?>, _ isTrusted: ([UInt8]) -> Bool) -> ClientAddress? {
        var client: ClientAddress?
        for entry in entries.prefix(Self.entriesMax) {
            // The proxy before it does not name its own client, so that proxy counts as the client.
            guard let bytes = entry else { break }
            client = ClientAddress(bytes: bytes)
            if !isTrusted(bytes) { break }
        }
        return client
    }
}
