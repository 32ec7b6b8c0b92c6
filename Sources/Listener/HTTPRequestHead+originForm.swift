import NIOHTTP1

extension HTTPRequestHead {
    /// The request with the path and query alone as its target. Clients may send a whole URI, as they do to proxies, and
    /// its authority counts instead of `Host` (RFC 9112, 3.2.2). What is no such URI stays as it is.
    var inOriginForm: HTTPRequestHead {
        // The usual form, and the only one for which speed matters.
        guard uri.utf8.first != UInt8(ascii: "/"), let mark = uri.firstRange(of: "://"),
            ["http", "https"].contains(uri[..<mark.lowerBound].lowercased())
        else { return self }
        let rest = uri[mark.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let authority = rest[..<end]
        guard !authority.isEmpty, !authority.contains("@") else { return self }
        var head = self
        head.uri = (rest[end...].first == "/" ? "" : "/") + rest[end...]
        head.headers.replaceOrAdd(name: "Host", value: String(authority))
        return head
    }
}
