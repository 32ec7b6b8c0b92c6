import Basics
import Signing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension SettingForm where Value == Secret<String>? {
    /// Text of some length, which `NodeConfiguration.validate` checks, also for a secret that the program sets.
    package static func secretText(bytesMin: Int) -> Self {
        SettingForm(
            parse: { text throws(SettingRejection) in Secret(text) },
            render: { $0?.description },
            values: "at least \(bytesMin) bytes",
            edges: SettingEdges(
                accepted: [String(repeating: "x", count: bytesMin)],
                refused: [String(repeating: "x", count: bytesMin - 1)]))
    }

    /// A token in a header field: no spaces, and nothing that could end the field.
    package static var bearerText: Self {
        let limit = 4096
        return SettingForm(
            parse: { text throws(SettingRejection) in
                guard (1...limit).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
                    throw SettingRejection("is not 1 to \(limit) printable ASCII characters without spaces")
                }
                return Secret(text)
            },
            render: { $0?.description },
            values: "1 to \(limit) printable ASCII characters without spaces",
            edges: SettingEdges(
                accepted: ["x", String(repeating: "x", count: limit)],
                refused: [String(repeating: "x", count: limit + 1), "a b"]))
    }

    /// A URL of one of the schemes. `NodeConfiguration.validate` checks what follows the scheme.
    package static func secretURL(schemes: [String]) -> Self {
        SettingForm(
            parse: { text throws(SettingRejection) in
                guard text.utf8.count <= 8_192, urlRest(text, schemes: schemes) != nil else {
                    throw SettingRejection(
                        "is not a URL that begins with \(schemes.map { $0 + "://" }.joined(separator: " or "))")
                }
                return Secret(text)
            },
            render: { $0?.description },
            values: schemes.map { "`\($0)://`" }.joined(separator: ", "),
            edges: SettingEdges(
                accepted: schemes.map { $0 + "://h" },
                refused: ["http://h"] + schemes.map { $0 + "://" + String(repeating: "h", count: 8_192) }))
    }
}

extension SettingForm where Value == [ActionKeySetting] {
    /// `<id>:<base64 key>` (RFC 4648 section 4), separated by commas. Messages count the entries and repeat none of
    /// them: a key may have been written in the place of an id.
    package static var actionKeys: Self {
        SettingForm(
            parse: { text throws(SettingRejection) in
                var keys: [ActionKeySetting] = []
                for (index, entry) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
                    let parts = entry.trimmed().split(separator: ":", omittingEmptySubsequences: false)
                    guard parts.count == 2 else {
                        throw SettingRejection("has no <id>:<base64 key> as entry \(index + 1)")
                    }
                    guard let key = Data(base64Encoded: String(parts[1])), !key.isEmpty else {
                        throw SettingRejection("has a key that is not base64 in entry \(index + 1)")
                    }
                    keys.append(ActionKeySetting(id: String(parts[0]), key: Secret(Array(key))))
                }
                return keys
            },
            render: { $0.isEmpty ? nil : redactionMark },
            values: "`k1:<base64>,k2:<base64>`",
            edges: actionKeyEdges)
    }

    /// `NodeConfiguration.validate` checks ids, lengths and the number of keys.
    private static var actionKeyEdges: SettingEdges {
        func entry(_ id: String, bytes: Int) -> String {
            "\(id):\(Data(repeating: 1, count: bytes).base64EncodedString())"
        }
        func entries(_ count: Int) -> String {
            (1...count).map { entry("k\($0)", bytes: 32) }.joined(separator: ",")
        }
        let bytes = NodeConfiguration.actionKeyBytesMin...NodeConfiguration.actionKeyBytesMax
        return SettingEdges(
            accepted: [
                entry("k", bytes: bytes.lowerBound), entry("k", bytes: bytes.upperBound),
                entry(String(repeating: "k", count: 32), bytes: 32), entries(NodeConfiguration.actionKeysMax),
            ],
            refused: [
                entry("k", bytes: bytes.lowerBound - 1), entry("k", bytes: bytes.upperBound + 1),
                entry(String(repeating: "k", count: 33), bytes: 32), entries(NodeConfiguration.actionKeysMax + 1),
            ])
    }
}

extension SettingForm where Value == [OwnTokenKey] {
    /// `<kid>:<base64 of DER>`, separated by commas; base64 of either alphabet (RFC 4648 sections 4 and 5). Messages
    /// count the entries and repeat none of them.
    package static var tokenKeys: Self {
        SettingForm(
            parse: { text throws(SettingRejection) in
                var keys: [OwnTokenKey] = []
                for (index, entry) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
                    let parts = entry.trimmed().split(separator: ":", omittingEmptySubsequences: false)
                    guard parts.count == 2 else {
                        throw SettingRejection("has no <kid>:<base64 of DER> as entry \(index + 1)")
                    }
                    var base64 = String(parts[1])
                    guard let der = base64.withUTF8({ Base64.decodeAny(UnsafeRawBufferPointer($0)) }) else {
                        throw SettingRejection("has a key that is not base64 in entry \(index + 1)")
                    }
                    do throws(OwnTokenKeyError) {
                        keys.append(try OwnTokenKey(id: String(parts[0]), der: der))
                    } catch {
                        throw SettingRejection("\(error), in entry \(index + 1)")
                    }
                }
                return keys
            },
            render: { $0.isEmpty ? nil : redactionMark },
            values: "`t1:<base64>,t2:<base64>`",
            edges: tokenKeyEdges)
    }

    /// `NodeConfiguration.validate` checks the number of keys, and that no two have one kid.
    private static var tokenKeyEdges: SettingEdges {
        // The public key of RFC 8410 section 10.1.
        func entry(_ id: String) -> String { "\(id):MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=" }
        func entries(_ count: Int) -> String { (1...count).map { entry("t\($0)") }.joined(separator: ",") }
        return SettingEdges(
            accepted: [entry("t"), entry(String(repeating: "t", count: 64)), entries(OwnTokenKey.countMax)],
            refused: [entry(String(repeating: "t", count: 65)), entries(OwnTokenKey.countMax + 1), "t:MCow"])
    }
}
