import HTTPKit
import NIOHTTP1

/// The agreement about compression in an opening handshake (RFC 7692, 5 and 7.1). Pure.
///
/// Neither side keeps a context from message to message. So one compressed message serves all clients, and an idle
/// connection needs no memory for compression.
package enum PerMessageDeflate {
    /// How messages are sent, and the value of `Sec-WebSocket-Extensions` in the response, nil for none.
    package struct Agreement: Equatable {
        package var compression: Compression
        package var answer: String?

        /// No compression.
        package static let none = Agreement(compression: .plain, answer: nil)

        /// The fields to add to the 101 response.
        package var fields: [(name: String, value: String)] {
            answer.map { [("Sec-WebSocket-Extensions", $0)] } ?? []
        }
    }

    /// Takes the first offer of a request that this server can keep.
    package static func agree(to head: HTTPRequestHead) -> Agreement {
        agree(to: head.headers["sec-websocket-extensions"])
    }

    /// Offers that are read. Stops a client from making the server work on a long list.
    private static let offersMax = 16
    private static let name = "permessage-deflate"

    /// Takes the first offer that this server can keep.
    ///
    /// - Parameter fields: the values of the request's `Sec-WebSocket-Extensions`.
    package static func agree(to fields: [String]) -> Agreement {
        let offers = fields.lazy.flatMap { $0.split(separator: ",") }.prefix(offersMax)
        return offers.lazy.compactMap { answer(to: $0) }.first ?? .none
    }

    /// The answer to one offer; nil declines it. A quoted value holds only a token, so no separator is inside quotes.
    private static func answer(to offer: Substring) -> Agreement? {
        var parts = offer.split(separator: ";", omittingEmptySubsequences: false).map(\.withoutSpace)[...]
        guard parts.popFirst()?.lowercased() == name else { return nil }
        var seen: Set<String> = []
        var compression = Compression.deflated
        var answer = "\(name); server_no_context_takeover; client_no_context_takeover"
        for part in parts {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(\.withoutSpace)
            let key = pair[0].lowercased()
            let value = pair.count == 2 ? pair[1] : nil
            guard seen.insert(key).inserted else { return nil }
            switch key {
            case "server_no_context_takeover", "client_no_context_takeover":
                guard value == nil else { return nil }
            case "client_max_window_bits":
                // The inflater takes any window, so the client is not asked for a smaller one.
                guard value == nil || bits(value) != nil else { return nil }
            case "server_max_window_bits":
                // zlib cannot write a raw stream with a window of 8 bits.
                guard let bits = bits(value), bits >= 9 else { return nil }
                compression = bits >= 12 ? .deflated : .deflatedNarrowly
                answer += "; server_max_window_bits=\(compression.windowBits ?? 0)"
            default: return nil
            }
        }
        return Agreement(compression: compression, answer: answer)
    }

    /// 8 to 15, without a leading zero (7.1.2), as a token or quoted.
    private static func bits(_ value: Substring?) -> Int? {
        guard var value else { return nil }
        if value.count >= 2, value.first == "\"", value.last == "\"" { value = value.dropFirst().dropLast() }
        return (8...15).first { String($0) == value }
    }
}
