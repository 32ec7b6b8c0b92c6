import HTTPKit
import NIOHTTP1

/// The facts about a request's head that the listener needs, from one pass over its fields.
package struct RequestFacts {
    /// The behaviour of the parser after it has read the request.
    package enum ParserAfterwards {
        /// It reads the next one.
        case goesOn
        /// It reads nothing more. The request offers an upgrade, so the bytes after it may be another protocol.
        case stops
        /// It may have stopped: the fields are unusual, and parsers understand them in different ways. The connection
        /// serves no further request.
        case unclear
    }

    /// Why a request is refused before its route is looked for.
    package enum Fault {
        /// It breaks a rule of RFC 9110 or RFC 9112 that a server must enforce.
        case malformed
        /// `Expect` holds something other than `100-continue` (RFC 9110, 10.1.1).
        case expectation
        /// CONNECT asks for a tunnel, which this server does not offer.
        case tunnel
    }

    /// A response to HEAD has no body (RFC 9110, 9.3.2).
    package private(set) var isHead = false
    /// The client speaks HTTP/1.0. It must not get a 1xx or chunks, and has to be told if the connection stays open.
    package private(set) var isHTTP10 = false
    package private(set) var parserAfterwards = ParserAfterwards.goesOn
    /// Whether the connection can serve no further request.
    package private(set) var isLast = false
    /// Whether the client waits for a 100 before it sends the body. HTTP/1.0 does not have that (RFC 9110, 10.1.1).
    package private(set) var expectsContinue = false
    /// The declared length of the body; 0 if none is declared.
    package private(set) var contentLength = 0
    /// Whether the body is in a content coding (RFC 9110, 8.4) other than `identity`.
    package private(set) var hasContentCoding = false
    /// Why the request is refused; nil if it can be served.
    package private(set) var fault: Fault?

    /// No request.
    init() {}

    package init(_ head: HTTPRequestHead) {
        isHead = head.method == .HEAD
        isHTTP10 = head.version.major == 1 && head.version.minor == 0
        var hosts = 0
        var tokens = 0
        var apiKeys = 0
        var isCoded = false
        var isUnderstood = true
        var offersUpgrade = false
        for (name, value) in head.headers {
            // The length of the name rules out nearly all fields.
            switch name.utf8.count {
            case 4:
                guard name.isField("host") else { break }
                hosts += 1
                isUnderstood = isUnderstood && HostField.isValid(value.withoutTrailingSpace)
            case 6: if name.isField("expect") { expect(value) }
            case 7: if name.isField("upgrade") { offersUpgrade = true }
            case 9: if name.isField("x-api-key") { apiKeys += 1 }
            case 13: if name.isField("authorization") { tokens += 1 }
            case 14: if name.isField("content-length") { contentLength = Int(value.withoutTrailingSpace) ?? .max }
            case 16: if name.isField("content-encoding") { hasContentCoding = hasContentCoding || !value.isIdentity }
            case 17:
                guard name.isField("transfer-encoding") else { break }
                // Two fields form a list, which is never `chunked` alone.
                isUnderstood = isUnderstood && !isCoded && value.withoutTrailingSpace.isField("chunked")
                isCoded = true
            default: break
            }
        }
        if offersUpgrade { parserAfterwards = Self.afterUpgradeOffer(head.headers) }
        isLast = parserAfterwards == .unclear || !head.isKeepAlive
        // RFC 9112, 3.2: a request has one `Host`, which HTTP/1.0 may leave out. 6.1: HTTP/1.0 has no transfer codings.
        // Others than `chunked` are refused: a proxy that understands them would see another end of the request. Of two
        // `Authorization` or `X-API-Key` fields, a proxy might have checked the other one.
        let hostIsRight = isHTTP10 ? hosts <= 1 && !isCoded : hosts == 1
        if !hostIsRight || !isUnderstood || tokens > 1 || apiKeys > 1 {
            fault = .malformed
        } else if head.method == .CONNECT {
            (fault, isLast) = (.tunnel, true)
        }
    }

    /// A new parser reads the bytes after the request.
    package mutating func renewParser() { parserAfterwards = .goesOn }

    private mutating func expect(_ value: String) {
        guard !isHTTP10 else { return }
        if value.withoutTrailingSpace.isField("100-continue") {
            expectsContinue = true
        } else if !value.withoutTrailingSpace.isEmpty {
            fault = .expectation
        }
    }

    /// The behaviour of the parser after a request with an `Upgrade` field. It stops if `Connection` names that field.
    /// It treats white space and `Proxy-Connection` in its own way, so these cases are `unclear`.
    private static func afterUpgradeOffer(_ headers: HTTPHeaders) -> ParserAfterwards {
        if headers["proxy-connection"].contains(where: { $0.lowercased().contains("upgrade") }) { return .unclear }
        var result = ParserAfterwards.goesOn
        for list in headers["connection"] {
            let list = list.lowercased()
            guard list.contains("upgrade") else { continue }
            let options = list.split(separator: ",").map { $0.drop { $0 == " " } }
            guard options.contains(where: { $0.trimmingSpaces == "upgrade" }) else { return .unclear }
            result = .stops
        }
        return result
    }
}
