import HTTPKit

/// The entries of `Forwarded` (RFC 7239).
enum Forwarded {
    /// The addresses (4 or 16 bytes) that the elements' `for` names, the last one first; nil for an element that names
    /// none (`unknown`, a made-up name, or nothing), and for a whole field that is malformed. A client can leave a
    /// quote open so that what the proxy adds becomes a part of its own text.
    ///
    /// - Parameter fields: the field's values, in their order.
    static func entries(_ fields: [String]) -> some Sequence<[UInt8]?> {
        fields.reversed().lazy.flatMap { field -> [[UInt8]?] in
            guard let names = clients(of: field) else { return [nil] }
            return names.reversed().map { name in name.flatMap { NodeAddress.bytes(of: $0[...]) } }
        }
    }

    /// The value of `for` in each element, nil for an element without it; nil for a field that is malformed.
    static func clients(of field: String) -> [String?]? {
        var reader = Reader(rest: field.utf8[...])
        var clients: [String?] = []
        reader.skipSpace()
        while !reader.isAtEnd {
            // Elements of a list may be empty (RFC 9110, 5.6.1).
            if reader.take(UInt8(ascii: ",")) {
                reader.skipSpace()
                continue
            }
            guard case .some(let client) = reader.element() else { return nil }
            clients.append(client)
            reader.skipSpace()
            guard reader.isAtEnd || reader.take(UInt8(ascii: ",")) else { return nil }
            reader.skipSpace()
        }
        return clients
    }

    private struct Reader {
        var rest: Substring.UTF8View

        var isAtEnd: Bool { rest.isEmpty }

        mutating func take(_ byte: UInt8) -> Bool {
            guard rest.first == byte else { return false }
            rest.removeFirst()
            return true
        }

        mutating func skipSpace() {
            while take(UInt8(ascii: " ")) || take(UInt8(ascii: "\t")) {}
        }

        /// `forwarded-element = [ forwarded-pair ] *( ";" [ forwarded-pair ] )`: its `for`, or nil if it is malformed.
        mutating func element() -> String?? {
            var client: String?
            var hasClient = false
            repeat {
                skipSpace()
                if isAtEnd || rest.first == UInt8(ascii: ",") || rest.first == UInt8(ascii: ";") { continue }
                guard let name = token(), take(UInt8(ascii: "=")), let value = value() else { return .none }
                skipSpace()
                guard name.lowercased() == "for" else { continue }
                // Each parameter may occur once (RFC 7239, 4).
                guard !hasClient else { return .none }
                (client, hasClient) = (value, true)
            } while take(UInt8(ascii: ";"))
            return .some(client)
        }

        private mutating func value() -> String? {
            take(UInt8(ascii: "\"")) ? quoted() : token()
        }

        private mutating func token() -> String? {
            let token = rest.prefix {
                $0.isTokenByte || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]")
            }
            guard !token.isEmpty else { return nil }
            rest = rest[token.endIndex...]
            return String(Substring(token))
        }

        /// The rest of a quoted string (RFC 9110, 5.6.4).
        private mutating func quoted() -> String? {
            var bytes: [UInt8] = []
            while let byte = rest.popFirst() {
                switch byte {
                case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
                case UInt8(ascii: "\\"):
                    guard let escaped = rest.popFirst() else { return nil }
                    bytes.append(escaped)
                default: bytes.append(byte)
                }
            }
            return nil
        }
    }
}
