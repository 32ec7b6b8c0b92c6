import HTTPKit
import NIOHTTP1

/// What a request's target is (RFC 9112, 3.2), so that every route sees one spelling of a path.
package enum RequestTarget {
    /// A path and a query, as routes see them.
    case resource(HTTPRequestHead)
    /// `*`: the server itself, which only OPTIONS can ask.
    case server
    /// The target is longer than any that is served.
    case tooLong
    /// No target of a request.
    case malformed

    /// - Parameters:
    ///   - head: as it came.
    ///   - bytesMax: of the target.
    ///   - literalPaths: paths that are reached by their plain spelling alone.
    package init(_ head: HTTPRequestHead, bytesMax: Int, literalPaths: [String] = []) {
        guard head.uri.utf8.count <= bytesMax else {
            self = .tooLong
            return
        }
        let form = PathForm(head.uri)
        switch form {
        case .plain: self = .resource(head)
        case .encoded: self = Self.decoded(head, literalPaths)
        case .malformed: self = .malformed
        case .other:
            if head.uri == "*" {
                self = head.method == .OPTIONS ? .server : .malformed
            } else if let inner = head.inOriginForm {
                self = RequestTarget(inner, bytesMax: bytesMax, literalPaths: literalPaths)
            } else {
                self = .malformed
            }
        }
    }

    /// The head with its path's unreserved characters decoded, and the other escapes in capitals: equivalent spellings
    /// are one path (RFC 3986, 6.2.2). A slash that is encoded stays so, and dots are not resolved: no spelling leads
    /// to another place in the tree.
    private static func decoded(_ head: HTTPRequestHead, _ literalPaths: [String]) -> RequestTarget {
        let uri = head.uri.utf8
        let end = uri.firstIndex(of: UInt8(ascii: "?")) ?? uri.endIndex
        guard let path = PercentEncoding.normalized(uri[..<end]) else { return .malformed }
        // Whoever keeps such a path from others may know no spelling but the plain one.
        guard !literalPaths.contains(path) else { return .resource(head) }
        var head = head
        head.uri = path + head.uri[end...]
        return .resource(head)
    }

    /// What one look at the bytes tells.
    private enum PathForm {
        /// A path as it should be spelt; the usual one, and the only one for which speed matters.
        case plain
        /// A path with an escape in it.
        case encoded
        /// Not a path, but perhaps `*` or a whole URI.
        case other
        /// Bytes that no target has: white space, control characters, what is not ASCII, and a fragment (RFC 3986, 2).
        case malformed

        init(_ uri: String) {
            var uri = uri
            self = uri.withUTF8 { bytes in
                var isEncoded = false
                var isInQuery = false
                for byte in bytes {
                    switch byte {
                    case 0x21...0x7e where byte != UInt8(ascii: "#"):
                        if byte == UInt8(ascii: "?") { isInQuery = true }
                        if byte == UInt8(ascii: "%"), !isInQuery { isEncoded = true }
                    default: return .malformed
                    }
                }
                guard bytes.first == UInt8(ascii: "/") else { return .other }
                return isEncoded ? .encoded : .plain
            }
        }
    }
}

extension HTTPRequestHead {
    /// The request with the path and query alone as its target. Clients may send a whole URI, as they do to proxies,
    /// and its authority counts instead of `Host` (RFC 9112, 3.2.2). Nil for what is no such URI: another scheme, no
    /// host, or a name and password in it (RFC 9110, 4.2).
    fileprivate var inOriginForm: HTTPRequestHead? {
        guard let mark = uri.firstRange(of: "://"), ["http", "https"].contains(uri[..<mark.lowerBound].lowercased())
        else { return nil }
        let rest = uri[mark.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let authority = rest[..<end]
        guard let first = authority.first, first != ":", HostField.isValid(authority) else { return nil }
        var head = self
        head.uri = (rest[end...].first == "/" ? "" : "/") + rest[end...]
        head.headers.replaceOrAdd(name: "Host", value: String(authority))
        return head
    }
}
