import Basics

/// Whether an action key's id has the form that action ids allow: 1 to 32 characters of `A-Z a-z 0-9 _ -`.
func isActionKeyID(_ id: String) -> Bool {
    (1...32).contains(id.utf8.count) && id.utf8.allSatisfy { $0.isIDByte }
}

/// Whether the text is a URL's scheme (RFC 3986 section 3.1).
func isScheme(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, (0x61...0x7a).contains(first) else { return false }
    return text.utf8.allSatisfy {
        (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || [0x2b, 0x2d, 0x2e].contains($0)
    }
}

/// The part after `<scheme>://`; nil if the scheme is not one of these, if nothing follows it, or if not all of the
/// text is visible ASCII.
func urlRest(_ text: String, schemes: [String]) -> Substring? {
    guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
    let lowercased = text.lowercased()
    for scheme in schemes where lowercased.hasPrefix(scheme + "://") {
        let rest = text.dropFirst(scheme.count + 3)
        return rest.isEmpty ? nil : rest
    }
    return nil
}

/// Whether the text is `host`, `host:port`, `[IPv6]` or `[IPv6]:port` (RFC 3986 section 3.2, without user information).
func isAuthority(_ text: Substring) -> Bool {
    var rest = text
    if rest.first == "[" {
        guard let end = rest.firstIndex(of: "]") else { return false }
        guard AddressBlock(String(rest[rest.index(after: rest.startIndex)..<end]))?.address.count == 16 else {
            return false
        }
        rest = rest[rest.index(after: end)...]
    } else {
        let host = rest.prefix { $0 != ":" }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0.isIDByte || $0 == 0x2e }) else { return false }
        rest = rest[host.endIndex...]
    }
    if rest.isEmpty { return true }
    guard rest.first == ":", let port = wholeNumber(String(rest.dropFirst())) else { return false }
    return (1...65_535).contains(port)
}
